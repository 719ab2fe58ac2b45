"""Leases: what HQ grants to a chain, and how spends and releases bring it down.

HQ posts `available` -> `lease:<chain>` before it answers with the grant, and repeats the grant in every answer
until the chain's `grant_received` was projected. Nothing comes back by a clock, only by the chain's own entries.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Final

from django.db import connection

from agent.domain.ledger import AVAILABLE, lease_bucket, move
from hq.columns import as_uuid, key
from hq.ledger import lots
from hq.ledger.books import Books, Origin, Step
from hq.members import aliases
from sync.wire.entries import LotPart
from sync.wire.messages import MAX_WANTS, Grant

# In one answer: four PUSHes' worth of wants. A register that journals what it gets never has so many open.
MAX_GRANTS: Final = 4 * MAX_WANTS


@dataclass(frozen=True, slots=True)
class OpenGrant:
    """A grant as HQ knows it. `remaining` is neither spent nor released yet."""

    account_id: uuid.UUID
    grant_id: uuid.UUID
    chain_id: uuid.UUID
    unit: str
    amount: int
    remaining: int


def held_by(chain_id: uuid.UUID, account_id: uuid.UUID, unit: str) -> int:
    """What the chain may still spend of the unit, of the account and of those that turned out to be its."""
    held = 0
    with connection.cursor() as cursor:
        for each in aliases.of(account_id):
            cursor.execute(
                "SELECT COALESCE(SUM(remaining), 0) FROM lease_grant"
                " WHERE account_id = %s AND chain_id = %s AND unit = %s",
                [key(each), key(chain_id), unit],
            )
            held += int(cursor.fetchone()[0])
    return held


def grant(
    books: Books,
    origin: Origin,
    grant_id: uuid.UUID,
    to_chain: uuid.UUID,
    account_id: uuid.UUID,
    unit: str,
    amount: int,
) -> None:
    """Move `amount` from available into the chain's lease. The caller has checked that it is there."""
    books.post(origin, Step.GRANTED, move(account_id, unit, amount, AVAILABLE, lease_bucket(to_chain)))
    parts = lots.take(account_id, unit, amount)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO lease_grant (account_id, grant_id, chain_id, unit, amount, remaining, received, granted_ms)"
            " VALUES (%s, %s, %s, %s, %s, %s, %s, %s)",
            [key(account_id), key(grant_id), key(to_chain), unit, amount, amount, False, origin.at_ms],
        )
        cursor.executemany(
            "INSERT INTO grant_lot (account_id, grant_id, position, lot_id, amount, remaining, expires_on)"
            " VALUES (%s, %s, %s, %s, %s, %s, %s)",
            [
                (
                    key(account_id),
                    key(grant_id),
                    position,
                    part.lot_id,
                    part.amount,
                    part.amount,
                    part.expires_on,
                )
                for position, part in enumerate(parts)
            ],
        )


def find(grant_id: uuid.UUID) -> OpenGrant | None:
    """The grant, or None when HQ never made it."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT account_id, grant_id, chain_id, unit, amount, remaining FROM lease_grant WHERE grant_id = %s",
            [key(grant_id)],
        )
        row = cursor.fetchone()
    if row is None:
        return None
    account_id, found_id, chain_id, unit, amount, remaining = row
    return OpenGrant(as_uuid(account_id), as_uuid(found_id), as_uuid(chain_id), unit, amount, remaining)


def set_received(grant: OpenGrant) -> None:
    """The chain has it in its journal; HQ need not repeat it."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE lease_grant SET received = %s WHERE account_id = %s AND grant_id = %s",
            [True, key(grant.account_id), key(grant.grant_id)],
        )


def spend(grant: OpenGrant, amount: int) -> int:
    """Bring a grant down by a spend, its lots first out first. Returns what the grant did not cover."""
    covered = min(amount, grant.remaining)
    _bring_down(grant, covered)
    for position, remaining in _lots_of(grant):
        part = min(remaining, covered)
        covered -= part
        _bring_lot_down(grant, position, part)
    return amount - min(amount, grant.remaining)


def release(books: Books, origin: Origin, grant: OpenGrant, amount: int) -> int:
    """Move what the chain gives back to available and into its lots. Returns what the grant did not hold."""
    covered = min(amount, grant.remaining)
    if covered > 0 and books.post(
        origin,
        Step.RELEASED,
        move(grant.account_id, grant.unit, covered, lease_bucket(grant.chain_id), AVAILABLE),
    ):
        _bring_down(grant, covered)
        left = covered
        # Spends took the lots from the front, so what is left goes back from the end.
        for position, remaining in reversed(_lots_of(grant)):
            part = min(remaining, left)
            left -= part
            _bring_lot_down(grant, position, part)
            _put_back(grant, position, part)
    return amount - covered


def unreceived(chain_id: uuid.UUID) -> tuple[Grant, ...]:
    """The chain's grants that it has not journalled yet, oldest first; the next ones come when these are."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT account_id, grant_id, unit, amount FROM lease_grant"
            " WHERE chain_id = %s AND received = %s ORDER BY granted_ms, grant_id LIMIT %s",
            [key(chain_id), False, MAX_GRANTS],
        )
        found = [
            (as_uuid(account), as_uuid(grant), unit, amount)
            for account, grant, unit, amount in cursor.fetchall()
        ]
    return tuple(
        Grant(
            grant_id=grant_id,
            account_id=account_id,
            unit=unit,
            amount=amount,
            lots=_parts(account_id, grant_id),
        )
        for account_id, grant_id, unit, amount in found
    )


def _parts(account_id: uuid.UUID, grant_id: uuid.UUID) -> tuple[LotPart, ...]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT lot_id, amount, expires_on FROM grant_lot WHERE account_id = %s AND grant_id = %s"
            " ORDER BY position",
            [key(account_id), key(grant_id)],
        )
        return tuple(LotPart(lot_id, amount, expires_on) for lot_id, amount, expires_on in cursor.fetchall())


def _bring_down(grant: OpenGrant, amount: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE lease_grant SET remaining = remaining - %s WHERE account_id = %s AND grant_id = %s",
            [amount, key(grant.account_id), key(grant.grant_id)],
        )


def _lots_of(grant: OpenGrant) -> list[tuple[int, int]]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT position, remaining FROM grant_lot WHERE account_id = %s AND grant_id = %s ORDER BY position",
            [key(grant.account_id), key(grant.grant_id)],
        )
        return list(cursor.fetchall())


def _bring_lot_down(grant: OpenGrant, position: int, amount: int) -> None:
    if amount:
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE grant_lot SET remaining = remaining - %s"
                " WHERE account_id = %s AND grant_id = %s AND position = %s",
                [amount, key(grant.account_id), key(grant.grant_id), position],
            )


def _put_back(grant: OpenGrant, position: int, amount: int) -> None:
    if amount:
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE lot SET amount = amount + %s WHERE account_id = %s AND unit = %s AND lot_id ="
                " (SELECT lot_id FROM grant_lot WHERE account_id = %s AND grant_id = %s AND position = %s)",
                [
                    amount,
                    key(grant.account_id),
                    grant.unit,
                    key(grant.account_id),
                    key(grant.grant_id),
                    position,
                ],
            )
