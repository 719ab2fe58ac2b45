"""The goods before payment: lines as formats.md freezes them.

`extended_minor` is authoritative; the unit price is information (minor units per unit of measure, exact: fuel is
sold at 219.9). Only `each` with a whole quantity up to 999
has units; any other line counts as one unit.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Literal

import msgspec

MAX_UNITS = 999
MAX_LINES = 2_000

PriceSource = Literal["list", "card", "override", "host"]


class Tax(msgspec.Struct, frozen=True, omit_defaults=True):
    """One tax on a line. `rate` is a fraction (0.11 for 11 %); `included` when the price contains it."""

    code: str
    rate: Decimal
    included: bool = True
    compound: bool = False


class Line(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """One row of a basket.

    `extended_minor` is the line's price in minor units before Regulars' own rewards, never negative.
    `category` is a path from the widest to the narrowest. `price_source` says where the price came from.
    """

    line_id: int
    item_code: str
    name: str
    quantity: Decimal
    uom: str = "each"
    unit_price: Decimal | None = None
    extended_minor: int
    taxes: tuple[Tax, ...] = ()
    category: tuple[str, ...] = ()
    discountable: bool = True
    earns: bool = True
    deposit: bool = False
    age_restricted: bool = False
    price_source: PriceSource = "list"

    @property
    def units(self) -> int:
        """How many units offers may count: the quantity of whole `each` goods up to 999, else 1."""
        if self.uom != "each":
            return 1
        quantity = self.quantity
        if not 1 <= quantity <= MAX_UNITS:
            return 1
        count = int(quantity)
        return count if count == quantity else 1


class Basket(msgspec.Struct, frozen=True, omit_defaults=True):
    """Lines in the order in which they were added; that order never changes a result."""

    lines: tuple[Line, ...] = ()

    @property
    def total_minor(self) -> int:
        """What the goods cost before Regulars' own rewards."""
        return sum(line.extended_minor for line in self.lines)
