"""Lots: points earned together that expire together. First out is what expires first, then what came first.

A balance below zero is a lot below zero, DEBT: what comes in pays it first, so that the lots always add up to what is
available.
"""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Iterable
from typing import Final

from django.db import connection

from hq.columns import key
from sync.wire.entries import LotPart

DEBT: Final = "debt"


def add(
    account_id: uuid.UUID,
    unit: str,
    lot_id: str,
    amount: int,
    earned_ms: int,
    expires_on: datetime.date | None,
) -> None:
    """Put `amount` into a lot, which is made if it is new, less what the account owes."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT amount FROM lot WHERE account_id = %s AND unit = %s AND lot_id = %s AND amount < 0",
            [key(account_id), unit, DEBT],
        )
        row = cursor.fetchone()
        paid = min(-row[0], amount) if row else 0
        if paid:
            _change(account_id, unit, DEBT, paid)
            amount -= paid
        cursor.execute(
            "INSERT INTO lot (account_id, unit, lot_id, amount, expires_on, earned_ms)"
            " VALUES (%s, %s, %s, %s, %s, %s)"
            " ON CONFLICT (account_id, unit, lot_id) DO UPDATE SET amount = lot.amount + excluded.amount",
            [key(account_id), unit, lot_id, amount, expires_on, earned_ms],
        )


def take(account_id: uuid.UUID, unit: str, amount: int) -> tuple[LotPart, ...]:
    """Take `amount` out of the account's lots, first out first; less when they hold less."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT lot_id, amount, expires_on FROM lot WHERE account_id = %s AND unit = %s AND amount > 0"
            " ORDER BY CASE WHEN expires_on IS NULL THEN 1 ELSE 0 END, expires_on, earned_ms, lot_id",
            [key(account_id), unit],
        )
        parts = []
        for lot_id, held, expires_on in cursor.fetchall():
            if amount <= 0:
                break
            part = min(held, amount)
            amount -= part
            cursor.execute(
                "UPDATE lot SET amount = amount - %s WHERE account_id = %s AND unit = %s AND lot_id = %s",
                [part, key(account_id), unit, lot_id],
            )
            parts.append(LotPart(lot_id, part, expires_on))
    return tuple(parts)


def take_back(account_id: uuid.UUID, unit: str, amount: int, lot_id: str) -> None:
    """Take `amount` away: out of its own lot first, then of the others, and what none of them holds is owed."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT amount FROM lot WHERE account_id = %s AND unit = %s AND lot_id = %s AND amount > 0",
            [key(account_id), unit, lot_id],
        )
        row = cursor.fetchone()
    own = min(row[0], amount) if row else 0
    if own:
        _change(account_id, unit, lot_id, -own)
    left = amount - own
    left -= sum(part.amount for part in take(account_id, unit, left))
    if left:
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO lot (account_id, unit, lot_id, amount, expires_on, earned_ms)"
                " VALUES (%s, %s, %s, %s, NULL, 0)"
                " ON CONFLICT (account_id, unit, lot_id) DO UPDATE SET amount = lot.amount + excluded.amount",
                [key(account_id), unit, DEBT, -left],
            )


def pay_debt(account_id: uuid.UUID, unit: str, amount: int) -> None:
    """The account owes `amount` less: it was paid from elsewhere."""
    _change(account_id, unit, DEBT, amount)


def latest_expiry(account_id: uuid.UUID, grant_ids: Iterable[uuid.UUID]) -> datetime.date | None:
    """The last day of the longest-lived lot that these grants were taken from; None where one never expires."""
    latest: datetime.date | None = None
    with connection.cursor() as cursor:
        for grant_id in grant_ids:
            cursor.execute(
                "SELECT expires_on FROM grant_lot WHERE account_id = %s AND grant_id = %s",
                [key(account_id), key(grant_id)],
            )
            for (expires_on,) in cursor.fetchall():
                if expires_on is None:
                    return None
                latest = max(latest, expires_on) if latest is not None else expires_on
    return latest


def _change(account_id: uuid.UUID, unit: str, lot_id: str, amount: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE lot SET amount = amount + %s WHERE account_id = %s AND unit = %s AND lot_id = %s",
            [amount, key(account_id), unit, lot_id],
        )
