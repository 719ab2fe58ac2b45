"""Counting uses of programs with limits, sale by sale, and telling the registers how often an account used one.

A use that a member had no right to any more is counted and costs nobody anything: the customer has left (sync.md).
"""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Callable, Iterable
from typing import Final

from django.db import connection

from agent.domain.errors import LoyaltyError
from agent.domain.limit_period import first_day
from agent.domain.program_set import ProgramSet
from agent.domain.uses import limited_uses
from hq.columns import key, slots
from hq.feed.writer import FeedWriter, store_scope
from hq.limits.models import ProgramUse
from hq.members import aliases, roll
from sync.wire.entries import SaleEntry
from sync.wire.feed import UsesRow

# Dates that travel; a use before these is only counted. A year of daily uses.
MAX_DAYS_TOLD: Final = 366


def note(chain_id: uuid.UUID, seq: int, sale: SaleEntry, program_set: ProgramSet) -> dict[str, int]:
    """Count what the sale used, once: program id -> minor units, of those that were new here."""
    try:
        uses = limited_uses(program_set, sale.quote_input, sale)
    except LoyaltyError:
        # A quote_input that the engine refuses: its sale waits for a person already.
        return {}
    member = sale.quote_input.member
    account_id = member.account_id if member is not None else None
    found = {}
    for program_id, given in uses.items():
        program = program_set.program(program_id)
        limit = program.limits.member_uses if program is not None else 0
        exceeded = False
        if limit and program is not None and account_id is not None:
            since = first_day(program.limits.member_period, sale.stamp.business_date)
            exceeded = _count(account_id, program_id, since, sale.stamp.business_date) >= limit
        _use, new = ProgramUse.objects.get_or_create(
            chain_id=chain_id,
            seq=seq,
            program_id=program_id,
            defaults={
                "account_id": account_id,
                "business_date": sale.stamp.business_date,
                "given_minor": given,
                "exceeded": exceeded,
            },
        )
        if new:
            found[program_id] = given
    return found


def take_back(
    sale: tuple[uuid.UUID, int], void: tuple[uuid.UUID, int]
) -> list[tuple[str, uuid.UUID | None, int]]:
    """The sale was voided, so it used nothing: (program id, account, minor units) of each use that this undoes."""
    uses = ProgramUse.objects.filter(chain_id=sale[0], seq=sale[1], void_chain_id=None)
    found = [(use.program_id, use.account_id, use.given_minor) for use in uses]
    uses.update(void_chain_id=void[0], void_seq=void[1])
    return found


def take_along(
    origin: uuid.UUID, next_seq: Callable[[], int], member_id: uuid.UUID, account_id: uuid.UUID
) -> None:
    """What this member used themselves is used on their new account too, so that nothing is had twice.

    The uses stand there as HQ's own, `origin` and a new number each; they count for no program's total.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT u.program_id, u.business_date FROM program_use u"
            " JOIN sale s ON s.chain_id = u.chain_id AND s.seq = u.seq"
            " WHERE s.member_id = %s AND u.account_id IS NOT NULL AND u.void_chain_id IS NULL ORDER BY 2, 1",
            [key(member_id)],
        )
        used = cursor.fetchall()
    ProgramUse.objects.bulk_create(
        ProgramUse(
            chain_id=origin,
            seq=next_seq(),
            program_id=program_id,
            account_id=account_id,
            business_date=business_date,
            given_minor=0,
            exceeded=False,
        )
        for program_id, business_date in used
    )


def tell(feed: FeedWriter, account_id: uuid.UUID, program_id: str, stores: Iterable[str]) -> None:
    """How often the account, and those that became part of it, used the program."""
    owner = aliases.owner_of(account_id)
    row = _row(owner, aliases.of(owner), program_id)
    for store_id in stores:
        feed.add(store_scope(store_id), f"{owner}/{program_id}", row)


def tell_all(feed: FeedWriter, account_id: uuid.UUID, stores: Iterable[str]) -> None:
    """Every limited program that the account used, to stores that did not know it, or know it by another id."""
    accounts = aliases.of(aliases.owner_of(account_id))
    stores = list(stores)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT program_id FROM program_use"  # noqa: S608 - only placeholders are put in
            f" WHERE account_id IN ({slots(len(accounts))}) ORDER BY program_id",
            [key(one) for one in accounts],
        )
        programs = [row[0] for row in cursor.fetchall()]
    for program_id in programs:
        tell(feed, account_id, program_id, stores)


def tell_used(feed: FeedWriter, account_id: uuid.UUID, program_ids: Iterable[str]) -> None:
    """What a sale or a void changed, to every store that knows the account's owner."""
    stores = roll.stores_of(aliases.owner_of(account_id))
    for program_id in program_ids:
        tell(feed, account_id, program_id, stores)


def _row(owner: uuid.UUID, accounts: list[uuid.UUID], program_id: str) -> UsesRow:
    days: list[datetime.date] = []
    includes: dict[str, int] = {}
    uses = ProgramUse.objects.filter(account_id__in=accounts, program_id=program_id)
    for use in uses.order_by("business_date", "chain_id", "seq"):
        places = [(use.chain_id, use.seq)]
        if use.void_chain_id is None or use.void_seq is None:
            days.append(use.business_date)
        else:
            places.append((use.void_chain_id, use.void_seq))
        for chain_id, seq in places:
            includes[str(chain_id)] = max(seq, includes.get(str(chain_id), 0))
    told = days[-MAX_DAYS_TOLD:]
    return UsesRow(
        account_id=owner,
        program_id=program_id,
        days=tuple(told),
        before=len(days) - len(told),
        includes_seq=dict(sorted(includes.items())),
    )


def _count(account_id: uuid.UUID, program_id: str, since: datetime.date, until: datetime.date) -> int:
    accounts = aliases.of(aliases.owner_of(account_id))
    return ProgramUse.objects.filter(
        account_id__in=accounts,
        program_id=program_id,
        business_date__gte=since,
        business_date__lte=until,
        void_chain_id=None,
    ).count()
