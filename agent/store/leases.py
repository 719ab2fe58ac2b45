"""Grants that this chain holds: the parts of members' balances that may be spent here.

A spend takes from the grant whose lots expire first, and never from a lot past its date. A grant's row stays when it
is used up, since HQ repeats a grant until it has our `grant_received`.
"""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import msgspec

from agent.store.sqlite import Connection
from sync.wire.entries import LotPart

_LOTS: Final = msgspec.json.Decoder(tuple[LotPart, ...])
_NEVER: Final = datetime.date.max


@dataclass(frozen=True, slots=True)
class Lease:
    """What is left of one grant. `lots` are what is left of each, first to expire first."""

    grant_id: uuid.UUID
    account_id: uuid.UUID
    unit: str
    remaining: int
    lots: tuple[LotPart, ...]

    def usable(self, on: datetime.date) -> int:
        """How much may be spent on a business date."""
        return sum(lot.amount for lot in self.lots if expiry(lot) >= on)

    @property
    def first_expiry(self) -> datetime.date:
        return min((expiry(lot) for lot in self.lots), default=_NEVER)


def expiry(lot: LotPart) -> datetime.date:
    """The lot's last day; far away where it has none."""
    return lot.expires_on or _NEVER


def add_grant(
    db: Connection,
    grant_id: uuid.UUID,
    account_id: uuid.UUID,
    unit: str,
    amount: int,
    lots: Iterable[LotPart],
) -> bool:
    """Keep a grant. False when it is known already, whatever is left of it."""
    parts = tuple(sorted(lots, key=expiry)) or (LotPart("", amount),)
    added = db.execute(
        "insert into lease (grant_id, account_id, unit, remaining, lots) values (?, ?, ?, ?, ?)"
        " on conflict (grant_id) do nothing",
        (grant_id.bytes, account_id.bytes, unit, amount, msgspec.json.encode(parts).decode()),
    )
    return added.rowcount == 1


def set_left(db: Connection, grant_id: uuid.UUID, lots: tuple[LotPart, ...]) -> None:
    """What is left of a grant after a spend or a release, in the unit of work that journals it."""
    db.execute(
        "update lease set remaining = ?, lots = ? where grant_id = ?",
        (sum(lot.amount for lot in lots), msgspec.json.encode(lots).decode(), grant_id.bytes),
    )


def forget_leases(db: Connection) -> None:
    """A new chain begins with no lease. Their rows stay: a grant that comes again is not taken twice."""
    db.execute("update lease set remaining = 0, lots = '[]' where remaining > 0")


def read_lease(db: Connection, grant_id: uuid.UUID) -> Lease | None:
    """One grant, or None when it never came."""
    row = db.execute(
        "select grant_id, account_id, unit, remaining, lots from lease where grant_id = ?", (grant_id.bytes,)
    ).fetchone()
    return _lease(row) if row else None


def open_leases(db: Connection, account_id: uuid.UUID) -> tuple[Lease, ...]:
    """Grants of an account, and of those that turned out to be its, with something left, as they are spent."""
    rows = db.execute(
        "select grant_id, account_id, unit, remaining, lots from lease where remaining > 0 and (account_id = ?1"
        " or account_id in (select provisional_id from alias where account_id = ?1))",
        (account_id.bytes,),
    )
    return tuple(sorted((_lease(row) for row in rows), key=lambda one: (one.first_expiry, one.grant_id)))


def all_open_leases(db: Connection) -> tuple[Lease, ...]:
    """Every grant with something left."""
    rows = db.execute("select grant_id, account_id, unit, remaining, lots from lease where remaining > 0")
    return tuple(_lease(row) for row in rows)


def _lease(row: tuple[bytes, bytes, str, int, str]) -> Lease:
    return Lease(uuid.UUID(bytes=row[0]), uuid.UUID(bytes=row[1]), row[2], row[3], _LOTS.decode(row[4]))
