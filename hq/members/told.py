"""What registers are told of a member beside the roll: segments, referral code, badges, and what was done at a till."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field

from django.db import connection

from agent.domain.occasions.activity import Activity
from hq.columns import as_uuid, key, slots
from hq.programs import publishing


@dataclass(slots=True)
class Told:
    """Facts of one member, from the tables of the programs that HQ runs."""

    segments: list[str] = field(default_factory=list)
    referral_code: str = ""
    badges: list[str] = field(default_factory=list)
    done: dict[str, str] = field(default_factory=dict)


def told_of(member_ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, Told]:
    """What there is of each of these members."""
    found = {member_id: Told() for member_id in member_ids}
    if not found:
        return found
    for member_id, segment in _rows("segment", "member_segment", "segment", found):
        found[member_id].segments.append(segment)
    for member_id, code in _rows("code", "referral_code", "code", found):
        found[member_id].referral_code = code
    for member_id, program_id in _rows("program_id", "member_badge", "program_id", found):
        found[member_id].badges.append(program_id)
    at_till = _done_at_tills()
    if at_till:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT member_id, program_id, occasion FROM occasion_grant"  # noqa: S608 - only placeholders are put in
                f" WHERE member_id IN ({slots(len(found))}) AND program_id IN ({slots(len(at_till))})"
                " AND taken_ms IS NULL ORDER BY at_ms, seq",
                [*(key(one) for one in found), *at_till],
            )
            for member_id, program_id, occasion in cursor.fetchall():
                found[as_uuid(member_id)].done[program_id] = occasion
    return found


def _rows(column: str, table: str, order: str, members: dict[uuid.UUID, Told]) -> list[tuple[uuid.UUID, str]]:
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT member_id, {column} FROM {table}"  # noqa: S608 - names of ours and placeholders
            f" WHERE member_id IN ({slots(len(members))}) ORDER BY {order}",
            [key(one) for one in members],
        )
        return [(as_uuid(member_id), value) for member_id, value in cursor.fetchall()]


def _done_at_tills() -> list[str]:
    program_set = publishing.active()
    if program_set is None:
        return []
    return [
        one.id for one in program_set.programs if isinstance(one.occasion, Activity) and one.occasion.at_till
    ]
