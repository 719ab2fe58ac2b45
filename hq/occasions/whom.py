"""A member as HQ's own programs see one, and whether a program is for them on that day."""

from __future__ import annotations

import datetime
import uuid
import zoneinfo
from dataclasses import dataclass

from django.db import connection

from agent.domain import refusal_codes
from agent.domain.business_date import business_date
from agent.domain.conditions.at_store import check_store
from agent.domain.member import MemberFacts
from agent.domain.program import Program
from agent.domain.quote import Refusal
from agent.domain.quote_input import Context
from hq.columns import as_uuid, key
from hq.devices.models import Store
from hq.members import aliases, roll

# A merge of a merge of a merge; more is a defect.
_MAX_MERGES = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Whom:
    """A member who is nobody else's double; `account_id` is the account that their points go to now."""

    member_id: uuid.UUID
    account_id: uuid.UUID
    tier: str
    segments: tuple[str, ...]
    birthday: datetime.date | None
    blocked: bool
    enrolled_ms: int
    home_store: str


@dataclass(frozen=True, slots=True)
class When:
    """A moment in a store: UTC in ms, the store's offset, and its business date."""

    at_ms: int
    offset_min: int
    on: datetime.date


def find(member_id: uuid.UUID) -> Whom | None:
    """The member, or the one whom they were merged into; None for nobody on the roll."""
    for _step in range(_MAX_MERGES):
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT account_id, tier, birthday, blocked, enrolled_ms, enrolled_store, merged_into"
                " FROM member WHERE member_id = %s",
                [key(member_id)],
            )
            row = cursor.fetchone()
        if row is None:
            return None
        account_id, tier, birthday, blocked, enrolled_ms, store_id, merged_into = row
        if merged_into is None:
            return Whom(
                member_id=member_id,
                account_id=aliases.owner_of(as_uuid(account_id)),
                tier=tier,
                segments=roll.segments_of(member_id),
                birthday=birthday,
                blocked=bool(blocked),
                enrolled_ms=enrolled_ms,
                home_store=store_id,
            )
        member_id = as_uuid(merged_into)
    raise AssertionError(f"more than {_MAX_MERGES} merges lead from {member_id}")


def when_in(store: Store, at_ms: int) -> When:
    """The moment as the store's wall clock and business day have it."""
    local = datetime.datetime.fromtimestamp(at_ms / 1000, zoneinfo.ZoneInfo(store.zone))
    offset_min = int((local.utcoffset() or datetime.timedelta(0)).total_seconds()) // 60
    return When(at_ms, offset_min, business_date(at_ms, offset_min, store.day_cutoff_min))


def refusal(program: Program, whom: Whom, store: Store, when: When) -> Refusal | None:
    """Why the program gives this member nothing at that moment; None where it does."""
    if whom.blocked:
        return Refusal(refusal_codes.NOT_INVITED)
    context = Context(
        store_id=store.pk,
        register_id="",
        currency=store.currency,
        currency_exponent=store.currency_exponent,
        offer_time_ms=when.at_ms,
        offset_min=when.offset_min,
        business_date=when.on,
    )
    facts = MemberFacts(
        member_id=whom.member_id, account_id=whom.account_id, tier=whom.tier, segments=whom.segments
    )
    found = check_store(frozenset(program.stores), context)
    if found is None and program.active is not None:
        found = program.active.check(context)
    return found or program.audience.check(facts, known=True)
