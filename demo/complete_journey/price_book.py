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

from collections.abc import Callable, Iterable, Iterator, Sequence
from decimal import ROUND_HALF_UP, Decimal
from math import gcd
from typing import Final, Literal, NamedTuple

from demo.complete_journey.goods import THOUSANDTHS, is_measured_fuel, is_weighed
from demo.complete_journey.source import Product, SourceLine

Verdict = Literal["list", "card", "override"]

TENTHS_OF_A_CENT: Final = 10
_SHOWN: Final = Decimal("0.0001")


class Ratio(NamedTuple):
    """An exact fraction in lowest terms (a plain pair: two and a half million of them are made and compared)."""

    amount: int
    base: int


class Price(NamedTuple):
    """A shelf price with the card's, in cents for one unit of the data; or what the card takes off as a share.

    `regular` is None for weighed goods, `card` and `card_share` are None where no card was rewarded that week.
    """

    regular: Ratio | None
    card: Ratio | None = None
    card_share: Ratio | None = None


class PriceBook:
    """The prices of one store in one week, from all the lines that it sold then, in time order."""

    def __init__(self, lines: Iterable[SourceLine], product: Callable[[int], Product]) -> None:
        self._product = product
        self._prices: dict[int, Price] = {}
        self._sold: dict[int, list[SourceLine]] = {}
        for line in lines:
            if line.quantity:
                self._sold.setdefault(line.product_id, []).append(line)

    def price(self, product_id: int) -> Price:
        """What a product cost. Raises KeyError where no unit of it was sold."""
        found = self._prices.get(product_id)
        if found is None:
            found = self._prices[product_id] = _price(self._product(product_id), self._sold[product_id])
        return found

    def verdict(self, line: SourceLine) -> Verdict:
        """Where the line's price came from. A line of quantity 0 has no unit to price: it is an override as soon as it
        has a value."""
        if not line.quantity:
            return "override" if line.sales_minor else "list"
        if not _agrees_with(self.price(line.product_id), line):
            return "override"
        return "card" if line.retail_minor else "list"

    def companions(self) -> Iterator[list[SourceLine]]:
        """The lines of every product that was sold on two lines or more: a line alone made its price itself, so it
        never differs from it."""
        return (lines for lines in self._sold.values() if len(lines) > 1)


def unit_price(line: SourceLine, product: Product) -> Decimal | None:
    """What one unit cost with the card, in cents per unit of measure; None where nothing was counted."""
    if not line.quantity:
        return None
    per_unit = Decimal(line.card_minor) / line.quantity
    if is_measured_fuel(product, line):
        per_unit *= THOUSANDTHS
    return per_unit.quantize(_SHOWN, rounding=ROUND_HALF_UP)


def _agrees_with(price: Price, line: SourceLine) -> bool:
    if price.regular is None:
        return not line.retail_minor or _agrees(price.card_share, line.regular_minor, line.retail_minor)
    return _agrees(price.regular, line.quantity, line.regular_minor) and (
        not line.retail_minor or _agrees(price.card, line.quantity, line.card_minor)
    )


def _price(product: Product, lines: Sequence[SourceLine]) -> Price:
    with_card = [line for line in lines if line.retail_minor]
    if is_weighed(product):
        return Price(None, card_share=_best([(line.regular_minor, line.retail_minor) for line in with_card]))
    step = THOUSANDTHS * TENTHS_OF_A_CENT if is_measured_fuel(product, lines[0]) else None
    return Price(
        _best([(line.quantity, line.regular_minor) for line in lines], step),
        _best([(line.quantity, line.card_minor) for line in with_card], step),
    )


def _best(paid: Sequence[tuple[int, int]], step: int | None = None) -> Ratio | None:
    """The ratio of second to first that explains the most pairs; of equals the simplest, then the earliest.

    With `step`, ratios are rounded to that fraction of a cent.
    """
    if len(paid) < 2:
        return _ratio(*paid[0], None) if paid and paid[0][0] else None
    ratios = dict.fromkeys(_ratio(base, amount, step) for base, amount in paid if base)
    if len(ratios) < 2:
        return next(iter(ratios), None)
    return max(
        ratios, key=lambda ratio: (sum(_agrees(ratio, base, amount) for base, amount in paid), -ratio.base)
    )


def _ratio(base: int, amount: int, step: int | None) -> Ratio:
    if step is not None:
        amount, base = (2 * amount * step + base) // (2 * base), step
    divisor = gcd(amount, base)
    return Ratio(amount // divisor, base // divisor)


def _agrees(ratio: Ratio | None, base: int, amount: int) -> bool:
    """Is `amount` the ratio's part of `base`, but for the cent that rounding may give or take?"""
    return ratio is not None and abs(base * ratio.amount - amount * ratio.base) < ratio.base
