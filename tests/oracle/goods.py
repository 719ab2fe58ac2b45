"""One object for each unit of a basket, and which units a rule is about."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Context, Decimal
from typing import Final, NamedTuple

from agent.domain.basket import Line
from agent.domain.goods import Goods

# Enough digits for every product of money, rates and 10^-12: nothing but `finely` ever rounds.
EXACTLY: Final = Context(prec=200)
FINEST: Final = Decimal("1e-12")
MAX_COUNTED: Final = 999


class Unit(NamedTuple):
    """One piece: the number of its line in canonical order, its list price, what is left of it, and its exact
    remainder, all in minor units."""

    line: int
    price: int
    left: int
    exact: Decimal


Units = tuple[Unit, ...]


def finely(amount: Decimal) -> Decimal:
    """An exact remainder: to 10^-12 of a minor unit, half up."""
    return amount.quantize(FINEST, rounding=ROUND_HALF_UP, context=EXACTLY)


def in_canonical_order(lines: Sequence[Line]) -> list[Line]:
    """By what a line is: its item and price first; its id, which says when it was scanned, last."""
    return sorted(
        lines,
        key=lambda line: (
            line.item_code,
            line.extended_minor,
            line.quantity,
            line.uom,
            line.category,
            line.discountable,
            line.earns,
            line.deposit,
            [(tax.code, str(tax.rate), tax.included, tax.compound) for tax in line.taxes],
            line.line_id,
        ),
    )


def units_of(lines: Sequence[Line]) -> Units:
    """The units of lines that may be discounted: a line's price over them to the minor unit, the first ones dearer."""
    return tuple(
        Unit(number, price, price, finely(Decimal(price)))
        for number, line in enumerate(lines)
        if line.discountable and not line.deposit
        for price in prices_of(line)
    )


def prices_of(line: Line) -> list[int]:
    """What each unit of a line costs."""
    count = 1
    if line.uom == "each" and line.quantity % 1 == 0 and 1 <= line.quantity <= MAX_COUNTED:
        count = int(line.quantity)
    each, odd = divmod(line.extended_minor, count)
    return [each + 1] * odd + [each] * (count - odd)


def is_among(line: Line, goods: Goods) -> bool:
    """Whether a line is of these items, or its category begins with one of these paths; empty is everything."""
    if not goods.items and not goods.categories:
        return True
    return line.item_code in goods.items or any(
        line.category[: len(path)] == tuple(path) for path in goods.categories
    )


class Shelf:
    """The lines of one basket in canonical order, and which of them each rule is about."""

    def __init__(self, lines: Sequence[Line]) -> None:
        self.lines = in_canonical_order(lines)
        self._among: dict[Goods, frozenset[int]] = {}

    def among(self, goods: Goods) -> frozenset[int]:
        """The numbers of the lines that are of these goods."""
        if goods not in self._among:
            self._among[goods] = frozenset(
                number for number, line in enumerate(self.lines) if is_among(line, goods)
            )
        return self._among[goods]

    def left_of(self, goods: Goods, units: Units) -> int:
        """What is left to pay for these goods."""
        lines = self.among(goods)
        return sum(unit.left for unit in units if unit.line in lines)

    def bought_of(self, goods: Goods, units: Units) -> int:
        """How many units of these goods there are, on lines that cost something."""
        lines = self.among(goods)
        return sum(1 for unit in units if unit.line in lines and self.lines[unit.line].extended_minor > 0)
