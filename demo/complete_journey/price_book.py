"""The weekly price book of a store, rebuilt from what was paid, and the lines that differ from it.

The data has no shelf prices. What a line would have cost without a card is sales_value + retail_disc +
coupon_match_disc; the retail discount makes the card price. For each store, week and product the book takes the price
that explains the most lines to the cent (exact: 3 for 5.00 is 500/3 cents; fuel goes by tenths of a cent a gallon).

Weighed goods have no price of a piece: the scale's label carries the amount, and the data has no weights. For them the
book holds what the card takes off, as a share. Which goods these are is in the data too: two single pieces sold in one
store and week nearly never cost the same (217 products, hardly any in between; docs/decisions has the figures).

A line that differs from the book is an override.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Final, Literal

from demo.complete_journey.goods import THOUSANDTHS, is_measured_fuel, is_weighed
from demo.complete_journey.source import Product, SourceLine

Verdict = Literal["list", "card", "override"]

TENTHS_OF_A_CENT: Final = 10
_SHOWN: Final = Decimal("0.0001")


@dataclass(frozen=True, slots=True)
class Price:
    """A shelf price with the card's, in cents for one unit of the data; or what the card takes off as a share.

    `regular` is None for weighed goods, `card` and `card_share` are None where no card was rewarded that week.
    """

    regular: Fraction | None
    card: Fraction | None = None
    card_share: Fraction | None = None


@dataclass(slots=True)
class PriceBook:
    """Prices by (week, product id) of one store."""

    prices: dict[tuple[int, int], Price] = field(default_factory=dict)

    def verdict(self, week: int, line: SourceLine) -> Verdict:
        """Where the line's price came from. A line of quantity 0 has no unit to price: it is an override as soon as it
        has a value."""
        price = self.prices.get((week, line.product_id))
        discounted = line.retail_minor > 0
        if line.quantity == 0 or price is None:
            return "override" if line.sales_minor else "list"
        if price.regular is None:
            if not discounted:
                return "list"
            agrees = _agrees(price.card_share, line.regular_minor, line.retail_minor)
        else:
            agrees = _agrees(price.regular, line.quantity, line.regular_minor) and (
                not discounted or _agrees(price.card, line.quantity, line.card_minor)
            )
        if not agrees:
            return "override"
        return "card" if discounted else "list"


def rebuild(lines: Iterable[tuple[int, SourceLine]], products: Mapping[int, Product]) -> PriceBook:
    """The book of a store from all its lines, each with its week, in time order."""
    sold: defaultdict[tuple[int, int], list[SourceLine]] = defaultdict(list)
    for week, line in lines:
        if line.quantity:
            sold[week, line.product_id].append(line)
    return PriceBook({key: _price(products[key[1]], of_week) for key, of_week in sold.items()})


def unit_price(line: SourceLine, product: Product) -> Decimal | None:
    """What one unit cost with the card, in cents per unit of measure; None where nothing was counted."""
    if not line.quantity:
        return None
    per_unit = Decimal(line.card_minor) / line.quantity
    if is_measured_fuel(product, line):
        per_unit *= THOUSANDTHS
    return per_unit.quantize(_SHOWN, rounding=ROUND_HALF_UP)


def _price(product: Product, lines: Sequence[SourceLine]) -> Price:
    with_card = [line for line in lines if line.retail_minor]
    if is_weighed(product):
        return Price(None, card_share=_best([(line.regular_minor, line.retail_minor) for line in with_card]))
    step = THOUSANDTHS * TENTHS_OF_A_CENT if is_measured_fuel(product, lines[0]) else None
    return Price(
        _best([(line.quantity, line.regular_minor) for line in lines], step),
        _best([(line.quantity, line.card_minor) for line in with_card], step),
    )


def _best(paid: Sequence[tuple[int, int]], step: int | None = None) -> Fraction | None:
    """The factor from first to second that explains the most pairs; of equals the simplest, then the earliest.

    With `step`, factors are rounded to that fraction of a cent.
    """
    factors = dict.fromkeys(_factor(base, amount, step) for base, amount in paid if base)
    if len(factors) < 2:
        return next(iter(factors), None)
    return max(
        factors,
        key=lambda factor: (sum(_agrees(factor, base, amount) for base, amount in paid), -factor.denominator),
    )


def _factor(base: int, amount: int, step: int | None) -> Fraction:
    return Fraction(amount, base) if step is None else Fraction(round(Fraction(amount * step, base)), step)


def _agrees(factor: Fraction | None, base: int, amount: int) -> bool:
    """Is `amount` the product, but for the cent that rounding may give or take?"""
    if factor is None:
        return False
    return abs(base * factor.numerator - amount * factor.denominator) < factor.denominator
