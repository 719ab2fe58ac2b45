"""Who brought whom: decided once, when the friend's enrolment is posted, and refused with a reason."""

from __future__ import annotations

import uuid
from typing import Final

from django.db import connection

from agent.domain.occasions.referral import Referral, normal_code
from hq.columns import as_uuid, key
from hq.devices.models import Store
from hq.occasions import whom
from hq.occasions.office import Office
from hq.occasions.whom import When, Whom
from hq.programs import publishing
from hq.referrals import codes

UNKNOWN_CODE: Final = "unknown_code"
NO_PROGRAM: Final = "no_program"
ALREADY_MEMBER: Final = "already_member"
OWN_CODE: Final = "own_code"
HOUSEHOLD: Final = "household"
LOOP: Final = "loop"
BLOCKED: Final = "blocked"
MOST_FRIENDS: Final = "most_friends"
# A longer row of friends who brought friends is not looked at further.
_MAX_STEPS: Final = 100


def link(
    office: Office, friend_id: uuid.UUID, text: str, store: Store, joined: When, *, is_new: bool
) -> None:
    """Keep with whose code the friend joined, or why that counts for nothing. Told again, the first one stands.

    `is_new`: nobody had the friend's identifier before.
    """
    code = normal_code(text)
    owner = codes.member_with(code) if code else None
    referrer = whom.find(owner) if owner is not None else None
    friend = whom.find(friend_id)
    program_id, reason = "", ""
    if friend is None or not is_new:
        reason = ALREADY_MEMBER
    elif referrer is None:
        reason = UNKNOWN_CODE
    else:
        program_id = _program_for(friend, store, joined)
        reason = refusal_of(friend, referrer) or ("" if program_id else NO_PROGRAM)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO referral (friend_id, referrer_id, code, program_id, state, reason, attempt, linked_ms)"
            " VALUES (%s, %s, %s, %s, %s, %s, 0, %s) ON CONFLICT (friend_id) DO NOTHING",
            [
                key(friend_id),
                key(referrer.member_id) if referrer is not None else None,
                (code or text)[:32],
                program_id,
                "refused" if reason else "waiting",
                reason,
                joined.at_ms,
            ],
        )


def refusal_of(friend: Whom, referrer: Whom) -> str:
    """Why this referrer cannot be rewarded for this friend; "" where they can."""
    if referrer.member_id == friend.member_id:
        return OWN_CODE
    if referrer.account_id == friend.account_id:
        return HOUSEHOLD
    if referrer.blocked or friend.blocked:
        return BLOCKED
    return LOOP if _is_loop(friend.member_id, referrer.member_id) else ""


def _program_for(friend: Whom, store: Store, joined: When) -> str:
    """The first referral program that ran where and when the friend joined."""
    program_set = publishing.active()
    for program in program_set.programs if program_set is not None else ():
        if isinstance(program.occasion, Referral) and whom.refusal(program, friend, store, joined) is None:
            return program.id
    return ""


def _is_loop(friend_id: uuid.UUID, referrer_id: uuid.UUID) -> bool:
    """Whether the referrer was brought by the friend, or by somebody whom the friend brought, and so on."""
    with connection.cursor() as cursor:
        for _step in range(_MAX_STEPS):
            cursor.execute(
                "SELECT referrer_id FROM referral WHERE friend_id = %s AND state <> 'refused'",
                [key(referrer_id)],
            )
            row = cursor.fetchone()
            if row is None or row[0] is None:
                return False
            referrer_id = as_uuid(row[0])
            if referrer_id == friend_id:
                return True
    return False
