"""Lots: points earned together that expire together. First out is what expires first, then what came first."""

from __future__ import annotations

import datetime
import uuid

from django.db import connection

from hq.columns import key
from sync.wire.entries import LotPart


def add(
    account_id: uuid.UUID,
    unit: str,
    lot_id: str,
    amount: int,
    earned_ms: int,
    expires_on: datetime.date | None,
) -> None:
    """Put `amount` into a lot, which is made if it is new."""
    with connection.cursor() as cursor:
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
