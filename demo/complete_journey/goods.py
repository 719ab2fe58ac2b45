"""What the data's odd goods are: fuel in thousandths of a gallon, weighed goods, products without a name.

Nothing of these may stop a replay, and each is counted.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from agent.domain.basket import PriceSource
from agent.service.basket_lines import LineFacts
from demo.complete_journey.source import Product, SourceLine

THOUSANDTHS: Final = 1000
# Fuel of quantity 1 is an amount paid at the pump; from 0.010 gallons on the quantity is what was measured.
LEAST_MEASURED: Final = 10
# Weighed: in at most one of five pairs of single pieces, of at least five pairs, both cost the same.
LEAST_PAIRS: Final = 5
ALIKE_AT_MOST: Final = 5

_FUEL: Final = "GASOLINE"
_NO_REWARDS: Final = (
    "CIGARETTES",
    "CIGARS",
    "TOBACCO OTHER",
    "FUEL",
    "COUPON/MISC ITEMS",
    "COUPONS/STORE & MFG",
)
_ADULTS_ONLY: Final = (
    "CIGARETTES",
    "CIGARS",
    "TOBACCO OTHER",
    "BEERS/ALES",
    "DOMESTIC WINE",
    "IMPORTED WINE",
    "MISC WINE",
    "LIQUOR",
)


def is_measured_fuel(product: Product, line: SourceLine) -> bool:
    return product.type.startswith(_FUEL) and line.quantity >= LEAST_MEASURED


def is_weighed(product: Product) -> bool:
    """Does a scale's label (or a pump) carry the amount, so that no two pieces cost the same?"""
    return product.pairs >= LEAST_PAIRS and product.alike * ALIKE_AT_MOST <= product.pairs


def line_facts(
    line: SourceLine, product: Product, source: PriceSource, unit_price: Decimal | None
) -> LineFacts:
    """The line as the till is told it: `extended_minor` is the data's sales value, to the cent."""
    fuel = is_measured_fuel(product, line)
    quantity = Decimal(line.quantity)
    return LineFacts(
        item_code=str(product.product_id),
        name=name_of(product),
        quantity=quantity / THOUSANDTHS if fuel else quantity,
        uom="gal" if fuel else "each",
        unit_price=unit_price,
        extended_minor=line.sales_minor,
        category=category_of(product),
        discountable=product.category not in _NO_REWARDS,
        earns=product.category not in _NO_REWARDS,
        age_restricted=product.category in _ADULTS_ONLY,
        price_source=source,
    )


def name_of(product: Product) -> str:
    """The most telling text that the catalog has, with the package's size."""
    text = product.type or product.category or product.department
    if not text:
        return f"Item {product.product_id}"
    name = " ".join(text.split()).capitalize()
    return f"{name}, {product.size}" if product.size else name


def category_of(product: Product) -> tuple[str, ...]:
    """Department, category and type, as far as the catalog knows them."""
    path = (product.department, product.category, product.type)
    return tuple(" ".join(part.split()).lower() for part in path if part)
