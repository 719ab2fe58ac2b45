"""Serials of coupons: each means one coupon in all of HQ, since a batch may count in several stores.

The table's key keeps two imports apart that run at the same moment. A coupon that a register printed has the random end
of its id for a serial, and was handed out before HQ hears of it: it is noted, never refused.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from gettext import gettext as _
from typing import Final

from django.db import IntegrityError, connection, transaction

from agent.domain.coupon import serial
from agent.domain.errors import LoyaltyError
from hq.columns import key, slots

_ASKED_AT_ONCE: Final = 500


def letters_of(coupon_id: uuid.UUID) -> str:
    """The coupon's serial as twelve letters without spaces."""
    return serial(coupon_id).replace(" ", "")


@dataclass(frozen=True, slots=True)
class Claim:
    """Serials with their coupons, as the table holds them; put together before the write lock is taken."""

    rows: tuple[tuple[str, uuid.UUID | str], ...]


def claim_of(coupon_ids: Iterable[uuid.UUID]) -> Claim:
    """The serials of these coupons, in one order: two who claim the same ones wait for each other, not both in vain."""
    return Claim(tuple(sorted((letters_of(one), key(one)) for one in coupon_ids)))


def take(claim: Claim) -> None:
    """These serials are these coupons', in the caller's transaction.

    Raises LoyaltyError where one of them is another coupon's already; the caller's transaction goes on without any.
    """
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.executemany("INSERT INTO coupon_serial (serial, coupon_id) VALUES (%s, %s)", claim.rows)
    except IntegrityError as error:
        raise LoyaltyError(
            _("HQ has a coupon with one of these serials already."),
            _("Somebody else may just have imported it. Check the file again."),
            code="serial_taken",
        ) from error


def note(coupon_id: uuid.UUID) -> None:
    """A register printed this coupon, in the caller's transaction."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO coupon_serial (serial, coupon_id) VALUES (%s, %s) ON CONFLICT (serial) DO NOTHING",
            [letters_of(coupon_id), key(coupon_id)],
        )


def taken(letters: Sequence[str]) -> set[str]:
    """Which of these serials, twelve letters each, are a coupon's already."""
    found: set[str] = set()
    with connection.cursor() as cursor:
        for first in range(0, len(letters), _ASKED_AT_ONCE):
            some = letters[first : first + _ASKED_AT_ONCE]
            cursor.execute(
                f"SELECT serial FROM coupon_serial WHERE serial IN ({slots(len(some))})",  # noqa: S608 - only placeholders are put in
                list(some),
            )
            found.update(row[0] for row in cursor.fetchall())
    return found
