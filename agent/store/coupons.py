"""Serialised coupons of this store: who holds each, and whether it is spent."""

from __future__ import annotations

import datetime
import uuid
from dataclasses import dataclass
from typing import Literal

from agent.domain.coupon import serial
from agent.store.sqlite import Connection
from sync.wire.feed import CouponRow

CouponState = Literal["held", "free", "redeemed", "void"]

_COLUMNS = "coupon_id, program_id, valid_from, valid_until, chain_id, state, value_minor, owner"


@dataclass(frozen=True, slots=True, kw_only=True)
class Coupon:
    """`held` by `chain_id`: only that chain may redeem it. `free`: any lane may, with a lease from HQ.

    `value_minor` is what a redeemed one took off, where that is known. Only the account `owner` may use an electronic one.
    """

    coupon_id: uuid.UUID
    program_id: str
    valid_from: datetime.date
    valid_until: datetime.date
    chain_id: uuid.UUID
    state: CouponState
    value_minor: int = 0
    owner: uuid.UUID | None = None


def add_coupon(db: Connection, coupon: Coupon) -> None:
    """Keep a coupon that this register issues, in the sale's unit of work."""
    db.execute(
        "insert into coupon (coupon_id, serial, program_id, valid_from, valid_until, chain_id, state)"
        " values (?, ?, ?, ?, ?, ?, ?)",
        (
            coupon.coupon_id.bytes,
            serial(coupon.coupon_id).replace(" ", ""),
            coupon.program_id,
            coupon.valid_from.isoformat(),
            coupon.valid_until.isoformat(),
            coupon.chain_id.bytes,
            coupon.state,
        ),
    )


def put_coupon(db: Connection, row: CouponRow) -> None:
    """Keep HQ's row of a coupon that this register's own journal says nothing newer of."""
    db.execute(
        "insert into coupon (coupon_id, serial, program_id, valid_from, valid_until, chain_id, state, value_minor,"
        " owner) values (?, ?, ?, ?, ?, ?, ?, ?, ?)"
        " on conflict (coupon_id) do update set program_id = excluded.program_id,"
        " valid_from = excluded.valid_from, valid_until = excluded.valid_until,"
        " chain_id = excluded.chain_id, state = excluded.state, value_minor = excluded.value_minor,"
        " owner = excluded.owner",
        (
            row.coupon_id.bytes,
            serial(row.coupon_id).replace(" ", ""),
            row.program_id,
            row.valid_from.isoformat(),
            row.valid_until.isoformat(),
            row.chain_id.bytes,
            row.state,
            row.value_minor,
            row.owner.bytes if row.owner is not None else None,
        ),
    )


def set_coupon_state(db: Connection, coupon_id: uuid.UUID, state: CouponState) -> None:
    """Move a coupon on, in the unit of work that journals why."""
    db.execute("update coupon set state = ? where coupon_id = ?", (state, coupon_id.bytes))


def redeem_own(db: Connection, coupon_id: uuid.UUID, chain_id: uuid.UUID) -> bool:
    """Redeem a coupon that this chain holds, in the sale's unit of work.

    False when it does not hold it, or was stopped by HQ: a copy of it may redeem the same one.
    """
    changed = db.execute(
        "update coupon set state = 'redeemed' where coupon_id = ? and chain_id = ? and state = 'held'"
        " and exists (select 1 from chain where chain.chain_id = coupon.chain_id and chain.state = 'ok')",
        (coupon_id.bytes, chain_id.bytes),
    )
    return changed.rowcount == 1


def set_redeemed(db: Connection, coupon_id: uuid.UUID, chain_id: uuid.UUID, value_minor: int) -> None:
    """This chain redeemed the coupon, and it took off so much; in the sale's unit of work."""
    db.execute(
        "update coupon set state = 'redeemed', chain_id = ?, value_minor = ? where coupon_id = ?",
        (chain_id.bytes, value_minor, coupon_id.bytes),
    )


def bring_back(db: Connection, coupon_id: uuid.UUID, chain_id: uuid.UUID) -> None:
    """The sale that used the coupon came back: this chain holds it, unspent, in the return's unit of work."""
    db.execute(
        "update coupon set state = 'held', chain_id = ?, value_minor = 0 where coupon_id = ?",
        (chain_id.bytes, coupon_id.bytes),
    )


def void_own(db: Connection, coupon_id: uuid.UUID, chain_id: uuid.UUID) -> bool:
    """Make a coupon void that this chain holds, in the return's unit of work; False when it does not hold it."""
    changed = db.execute(
        "update coupon set state = 'void' where coupon_id = ? and chain_id = ? and state = 'held'",
        (coupon_id.bytes, chain_id.bytes),
    )
    return changed.rowcount == 1


def read_coupon(db: Connection, coupon_id: uuid.UUID) -> Coupon | None:
    """One coupon, or None."""
    row = db.execute(f"select {_COLUMNS} from coupon where coupon_id = ?", (coupon_id.bytes,)).fetchone()
    return _coupon(row) if row else None


def find_by_serial(db: Connection, letters: str) -> Coupon | None:
    """The coupon with these twelve letters, without spaces."""
    row = db.execute(f"select {_COLUMNS} from coupon where serial = ?", (letters,)).fetchone()
    return _coupon(row) if row else None


def held_with_later_start(
    db: Connection, chain_id: uuid.UUID, after: datetime.date, limit: int
) -> tuple[Coupon, ...]:
    """Coupons that this chain holds and that are valid only from a day after `after`."""
    rows = db.execute(
        f"select {_COLUMNS} from coupon where chain_id = ? and state = 'held' and valid_from > ?"
        " order by valid_from limit ?",
        (chain_id.bytes, after.isoformat(), limit),
    )
    return tuple(_coupon(row) for row in rows)


def held_since_an_earlier_day(
    db: Connection, chain_id: uuid.UUID, today: datetime.date, limit: int
) -> tuple[Coupon, ...]:
    """Coupons that count today, that counted on an earlier day already, and that this chain holds without HQ's lease."""
    rows = db.execute(
        f"select {_COLUMNS} from coupon where chain_id = ?1 and state = 'held' and valid_from < ?2"
        " and valid_until >= ?2 and not exists"
        " (select 1 from lease where lease.account_id = coupon.coupon_id and lease.remaining > 0)"
        " order by valid_from limit ?3",
        (chain_id.bytes, today.isoformat(), limit),
    )
    return tuple(_coupon(row) for row in rows)


def usable_of(db: Connection, account_id: uuid.UUID, on: datetime.date, limit: int) -> tuple[Coupon, ...]:
    """The electronic coupons that this account, or one that turned out to be its, may use on a business date."""
    rows = db.execute(
        f"select {_COLUMNS} from coupon where owner in (select ?1 union select provisional_id from alias"
        " where account_id = ?1) and state in ('held', 'free') and valid_from <= ?2 and valid_until >= ?2"
        " order by valid_until, coupon_id limit ?3",
        (account_id.bytes, on.isoformat(), limit),
    )
    return tuple(_coupon(row) for row in rows)


def _coupon(row: tuple[bytes, str, str, str, bytes, CouponState, int, bytes | None]) -> Coupon:
    coupon_id, program_id, valid_from, valid_until, chain_id, state, value_minor, owner = row
    return Coupon(
        coupon_id=uuid.UUID(bytes=coupon_id),
        program_id=program_id,
        valid_from=datetime.date.fromisoformat(valid_from),
        valid_until=datetime.date.fromisoformat(valid_until),
        chain_id=uuid.UUID(bytes=chain_id),
        state=state,
        value_minor=value_minor,
        owner=uuid.UUID(bytes=owner) if owner is not None else None,
    )
