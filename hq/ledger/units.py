"""Which ledger units points and stored value have (formats.md, Ledger); a coupon's unit is checked by its id."""

from __future__ import annotations

from typing import Final

# The column's length; program ids are shorter.
MAX_UNIT: Final = 120
# More of anything in one posting is no balance of a shop; sums of these stay far below 64 bits.
MAX_AMOUNT: Final = 2**40
_KINDS: Final = frozenset({"points", "stamp", "money"})


def is_sound(unit: str, amount: int) -> bool:
    """Whether a register may earn or spend `amount` of this unit at once."""
    kind, _colon, name = unit.partition(":")
    named = kind in _KINDS and bool(name) and name.isprintable()
    return named and len(unit) <= MAX_UNIT and 0 <= amount <= MAX_AMOUNT
