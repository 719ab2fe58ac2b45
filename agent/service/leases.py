"""Receiving, spending and giving back what HQ lets this chain spend.

What is left of a grant goes back only by a `release` entry; a spend is part of its sale's entry.
"""

from __future__ import annotations

import datetime
import uuid
from collections import Counter
from collections.abc import Iterable
from gettext import gettext as _

from agent.domain.errors import LoyaltyError
from agent.service.coupons import release_coupon
from agent.service.lane import may_spend, this_register
from agent.service.moment import stamp_at
from agent.store import coupons, leases
from agent.store.database import Store
from agent.store.journal import append
from agent.store.leases import Lease, expiry
from agent.store.sqlite import Connection
from sync.wire.entries import GrantReceived, LotPart, Release
from sync.wire.messages import Grant, LeaseRecall


def receive_grants(db: Connection, grants: Iterable[Grant], at_ms: int) -> tuple[uuid.UUID, ...]:
    """Keep HQ's grants and journal `grant_received` for each new one, in the caller's unit of work.

    Returns the new ones' ids: a grant that HQ repeats is known by its id and changes nothing.
    """
    new: list[uuid.UUID] = []
    for grant in grants:
        if not leases.add_grant(db, grant.grant_id, grant.account_id, grant.unit, grant.amount, grant.lots):
            continue
        new.append(grant.grant_id)
        entry = GrantReceived(
            grant_id=grant.grant_id,
            account_id=grant.account_id,
            unit=grant.unit,
            amount=grant.amount,
            lots=grant.lots,
            stamp=stamp_at(db, at_ms),
        )
        append(db, this_register(db).chain_id, entry)
    return tuple(new)


def release_grant(db: Connection, grant_id: uuid.UUID, reason: str, at_ms: int) -> int:
    """Give back what is left of a grant, in the caller's unit of work. Returns how much."""
    lease = leases.read_lease(db, grant_id)
    return _release(db, lease, lease.lots, reason, at_ms) if lease else 0


def release_unused(db: Connection, account_id: uuid.UUID, unit: str, reason: str, at_ms: int) -> int:
    """Give back all that is left of an account's unit, in the caller's unit of work. Returns how much."""
    return sum(
        _release(db, lease, lease.lots, reason, at_ms)
        for lease in leases.open_leases(db, account_id)
        if lease.unit == unit
    )


def release_left_over(store: Store, at_ms: int) -> int:
    """At start: give back grants that the program held when it ended. Returns how many."""
    with store.unit_of_work() as db:
        left = leases.all_open_leases(db)
        for lease in left:
            _release(db, lease, lease.lots, "not_used", at_ms)
    return len(left)


def release_expired(db: Connection, today: datetime.date, at_ms: int) -> int:
    """Give back lots whose last day has passed, in the caller's unit of work. Returns how much."""
    amount = 0
    for lease in leases.all_open_leases(db):
        past = tuple(lot for lot in lease.lots if expiry(lot) < today)
        amount += _release(db, lease, past, "expired", at_ms)
    return amount


def answer_recall(db: Connection, recall: LeaseRecall, at_ms: int) -> int:
    """HQ asks for part of a grant, or for a coupon of this chain, back: give what is left of it."""
    lease = leases.read_lease(db, recall.grant_id)
    if lease is not None:
        return _release(db, lease, _first(lease.lots, recall.amount), "recalled", at_ms)
    coupon = coupons.read_coupon(db, recall.grant_id)
    if coupon is not None and coupon.state == "held" and coupon.chain_id == this_register(db).chain_id:
        release_coupon(db, coupon, "recalled", at_ms)
        return 1
    return 0


def take(db: Connection, grant_id: uuid.UUID, amount: int, on: datetime.date) -> None:
    """Take `amount` from a grant, its lots first to expire first, in the sale's unit of work.

    Raises LoyaltyError when it no longer covers that: then nothing of the sale is written.
    """
    lease = leases.read_lease(db, grant_id)
    if lease is None or lease.usable(on) < amount or not may_spend(db):
        raise not_covered()
    current = tuple(lot for lot in lease.lots if expiry(lot) >= on)
    past = tuple(lot for lot in lease.lots if expiry(lot) < on)
    leases.set_left(db, grant_id, past + _without(current, amount))


def not_covered() -> LoyaltyError:
    """The register holds less than this sale was to spend."""
    return LoyaltyError(
        _("Points can be used when the connection is back."),
        _("This sale earns points as usual."),
        code="lease_not_covered",
    )


def _release(db: Connection, lease: Lease, lots: tuple[LotPart, ...], reason: str, at_ms: int) -> int:
    amount = sum(lot.amount for lot in lots)
    if not amount:
        return 0
    leases.set_left(db, lease.grant_id, _subtract(lease.lots, lots))
    entry = Release(
        grant_id=lease.grant_id,
        account_id=lease.account_id,
        unit=lease.unit,
        amount=amount,
        reason=reason,
        stamp=stamp_at(db, at_ms),
    )
    append(db, this_register(db).chain_id, entry)
    return amount


def _first(lots: tuple[LotPart, ...], amount: int) -> tuple[LotPart, ...]:
    """The lots that make up the first `amount`, at most all."""
    taken: list[LotPart] = []
    for lot in lots:
        part = min(lot.amount, amount)
        if part:
            taken.append(LotPart(lot.lot_id, part, lot.expires_on))
            amount -= part
    return tuple(taken)


def _without(lots: tuple[LotPart, ...], amount: int) -> tuple[LotPart, ...]:
    """What is left of the lots after taking the first `amount`."""
    return _subtract(lots, _first(lots, amount))


def _subtract(lots: tuple[LotPart, ...], taken: tuple[LotPart, ...]) -> tuple[LotPart, ...]:
    gone: Counter[tuple[str, datetime.date | None]] = Counter()
    for lot in taken:
        gone[lot.lot_id, lot.expires_on] += lot.amount
    left: list[LotPart] = []
    for lot in lots:
        key = (lot.lot_id, lot.expires_on)
        part = min(lot.amount, gone[key])
        gone[key] -= part
        if lot.amount > part:
            left.append(LotPart(lot.lot_id, lot.amount - part, lot.expires_on))
    return tuple(left)
