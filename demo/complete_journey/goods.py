"""What the data's odd goods are: fuel in thousandths of a gallon, weighed goods, products without a name.

Nothing of these may stop a replay, and each is counted.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from agent.domain.basket import Line, PriceSource
from demo.complete_journey.source import Product, SourceLine

THOUSANDTHS: Final = 1000
# Fuel of quantity 1 is an amount paid at the pump; from 0.010 gallons on the quantity is what was measured.
LEAST_MEASURED: Final = 10
# Weighed: in at most one of five pairs of single pieces, of at least five pairs, both cost the same.
LEAST_PAIRS: Final = 5
ALIKE_AT_MOST: Final = 5

_FUEL: Final = "GASOLINE"
_NO_REWARDS: Final = ("CIGARETTES", "TOBACCO OTHER", "FUEL", "COUPON/MISC ITEMS", "COUPON")
_ADULTS_ONLY: Final = ("CIGARETTES", "TOBACCO OTHER", "BEERS/ALES", "DOMESTIC WINE", "IMPORTED WINE", "LIQUOR")


def is_measured_fuel(product: Product, line: SourceLine) -> bool:
    return product.type.startswith(_FUEL) and line.quantity >= LEAST_MEASURED


def is_weighed(product: Product) -> bool:
    """Does a scale's label (or a pump) carry the amount, so that no two pieces cost the same?"""
    return product.pairs >= LEAST_PAIRS and product.alike * ALIKE_AT_MOST <= product.pairs
