"""The households of the data as members: everything about them follows from their number.

The data names nobody, so nobody is invented: a household is called by its number, as one word, so
that a receipt does not take the number for a surname. Phones are in the 555-01 range that is
kept for fiction, cards in an EAN-13 range that every shop may use for itself.
"""

from __future__ import annotations

import uuid
from typing import Any, Final

CARD_PREFIX: Final = "2990000"
_AREA_CODES: Final = (
    201,
    202,
    203,
    205,
    206,
    207,
    208,
    209,
    210,
    212,
    213,
    214,
    215,
    216,
    217,
    218,
    219,
    224,
    225,
    228,
    229,
    231,
    234,
    239,
    240,
    248,
)
_NAMESPACE: Final = uuid.UUID("6f1f7c1e-7c3b-5d0a-9a54-0c1f3c8a2f10")


def card_number(household_id: int) -> str:
    """The household's card: an EAN-13 with its check digit."""
    body = f"{CARD_PREFIX}{household_id:05d}"
    weighted = sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(body))
    return f"{body}{-weighted % 10}"


def phone_number(household_id: int) -> str:
    """The household's phone, E.164: a hundred households to an area code that is in use."""
    return f"+1{_AREA_CODES[household_id // 100]}55501{household_id % 100:02d}"


def member_id(household_id: int) -> uuid.UUID:
    """The id under which HQ is given the household."""
    return uuid.uuid5(_NAMESPACE, str(household_id))


def name_of(household_id: int) -> str:
    return f"Household-{household_id}"


def opening_points(household_id: int) -> int:
    """What the household brings along from before the data begins: 0 to 900 points, by its number."""
    return household_id % 10 * 100


def member_of(household_id: int, points_unit: str) -> dict[str, Any]:
    """The household as a member in HQ's load format."""
    points = opening_points(household_id)
    return {
        "member_id": str(member_id(household_id)),
        "name": name_of(household_id),
        "card": card_number(household_id),
        "phone": phone_number(household_id),
        **({"balances": {points_unit: points}} if points else {}),
    }
