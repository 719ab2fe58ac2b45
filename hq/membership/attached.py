"""Forgotten cards at HQ: a finished sale of nobody goes to a member, once, whoever says so first.

A register's adjustment entry and a person at the console end in the same steps: the sale is claimed, its points are
posted, and every register of the store hears of it. When its goods come back later, HQ takes the points back itself:
the register that took the goods may never have heard of the member.
"""

from __future__ import annotations

import datetime
import uuid
from dataclasses import dataclass

import msgspec
from django.db import connection

from agent.domain.ledger import AVAILABLE, PENDING, Posting, is_points, issued_bucket, move
from agent.domain.member import MemberFacts
from agent.domain.quote import Earned
from agent.domain.rewards.milli_points import MILLI
from agent.domain.sold_units import Units, all_units, share_left
from hq.columns import as_uuid, key
from hq.feed.writer import store_scope
from hq.ledger import lots
from hq.ledger.books import Origin, Step
from hq.members import aliases, first_purchase
from hq.membership.accounts import Accounts
from sync.wire.entries import SaleEntry, SaleRef
from sync.wire.feed import AttachedRow

_EARNED = msgspec.json.Decoder(tuple[Earned, ...])


@dataclass(frozen=True, slots=True)
class Attached:
    """Whose an attached sale is, and what it earned."""

    account_id: uuid.UUID
    member_id: uuid.UUID
    by: tuple[uuid.UUID, int]
    by_name: str
    at_ms: int
    earned: tuple[Earned, ...]


def find(chain_id: uuid.UUID, seq: int) -> Attached | None:
    """What is attached to the sale in this entry, or None."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT account_id, member_id, by_chain_id, by_seq, by_name, at_ms, earned FROM attached_sale"
            " WHERE chain_id = %s AND seq = %s",
            [key(chain_id), seq],
        )
        row = cursor.fetchone()
    if row is None:
        return None
    account_id, member_id, by_chain_id, by_seq, by_name, at_ms, earned = row
    return Attached(
        as_uuid(account_id),
        as_uuid(member_id),
        (as_uuid(by_chain_id), by_seq),
        by_name,
        at_ms,
        _EARNED.decode(bytes(earned)),
    )


def count_since(account_id: uuid.UUID, since: datetime.date) -> int:
    """How many sales were attached to the owner of this account on or after a day."""
    found = 0
    with connection.cursor() as cursor:
        for each in aliases.of(aliases.owner_of(account_id)):
            cursor.execute(
                "SELECT COUNT(*) FROM attached_sale WHERE account_id = %s AND business_date >= %s",
                [key(each), since],
            )
            found += cursor.fetchone()[0]
    return found


def attach(
    accounts: Accounts,
    origin: Origin,
    ref: SaleRef,
    member: MemberFacts,
    earned: tuple[Earned, ...],
    by_name: str,
    business_date: datetime.date,
) -> bool:
    """Claim the sale and post what it earns; False, and nothing posted, where another was first."""
    if not _claim(origin, ref, member, earned, by_name, business_date):
        return False
    account_id, issued = member.account_id, issued_bucket(origin.store_id)
    legs = [leg for one in earned for leg in move(account_id, one.unit, one.points, issued, PENDING)]
    if accounts.books.post(origin, Step.EARNED, legs):
        ready = [leg for one in earned for leg in move(account_id, one.unit, one.points, PENDING, AVAILABLE)]
        accounts.books.post(origin, Step.AVAILABLE, ready)
        for one in earned:
            lots.add(
                account_id, one.unit, _lot_of(origin.chain_id, origin.seq), one.points, origin.at_ms, None
            )
    accounts.sweep(account_id, origin)
    _tell_sale(ref, member, earned)
    first_purchase.tell(accounts.feed, account_id)
    row = AttachedRow(sale_id=ref.sale_id, account_id=account_id, business_date=business_date)
    accounts.feed.add(store_scope(origin.store_id), str(ref.sale_id), row)
    return True


def take_back(
    accounts: Accounts, origin: Origin, ref: SaleRef, sale: SaleEntry, gone_before: Units, gone: Units
) -> None:
    """Goods of an attached sale came back: their points leave the member's balance, below zero if they are spent."""
    found = find(ref.chain_id, ref.seq)
    if found is None:
        return
    basket = sale.quote_input.basket
    whole = gone == all_units(basket)
    lost: dict[str, int] = {}
    for one in found.earned:
        had = share_left(one.lines, basket, gone_before) // MILLI if any(gone_before.values()) else one.points
        kept = 0 if whole else share_left(one.lines, basket, gone) // MILLI
        if had > kept:
            lost[one.unit] = lost.get(one.unit, 0) + had - kept
    if not lost:
        return
    account_id, issued = found.account_id, issued_bucket(origin.store_id)
    owner = aliases.owner_of(account_id)
    legs = [leg for unit, points in lost.items() for leg in move(account_id, unit, points, PENDING, issued)]
    if not accounts.books.post(origin, Step.REVERSED, legs):
        return
    back = [
        leg
        for unit, points in lost.items()
        for leg in (Posting(account_id, unit, PENDING, points), Posting(owner, unit, AVAILABLE, -points))
    ]
    accounts.books.post(origin, Step.TAKEN_BACK, back)
    for unit, points in lost.items():
        lots.take_back(owner, unit, points, _lot_of(*found.by))


def _claim(
    origin: Origin,
    ref: SaleRef,
    member: MemberFacts,
    earned: tuple[Earned, ...],
    by_name: str,
    business_date: datetime.date,
) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO attached_sale (chain_id, seq, sale_id, account_id, member_id, by_chain_id, by_seq, earned,"
            " business_date, at_ms, by_name) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)"
            " ON CONFLICT (chain_id, seq) DO NOTHING",
            [
                key(ref.chain_id),
                ref.seq,
                key(ref.sale_id),
                key(member.account_id),
                key(member.member_id),
                key(origin.chain_id),
                origin.seq,
                msgspec.json.encode(earned),
                business_date,
                origin.at_ms,
                by_name[:150],
            ],
        )
    found = find(ref.chain_id, ref.seq)
    return found is not None and found.by == (origin.chain_id, origin.seq)


def _tell_sale(ref: SaleRef, member: MemberFacts, earned: tuple[Earned, ...]) -> None:
    """The sale stands in the member's list from now on, with its points; its entry stays as it was written."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE sale SET member_id = %s, account_id = %s, points_earned = %s WHERE chain_id = %s AND seq = %s",
            [
                key(member.member_id),
                key(member.account_id),
                sum(one.points for one in earned if is_points(one.unit)),
                key(ref.chain_id),
                ref.seq,
            ],
        )


def _lot_of(chain_id: uuid.UUID, seq: int) -> str:
    return f"{chain_id}:{seq}"
