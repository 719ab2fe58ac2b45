"""Money off single units, the plain way: every unit an object, every amount a Decimal in whole money."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

from agent.domain.basket import Line
from agent.domain.goods import Goods

ZERO: Final = Decimal(0)
CENT: Final = Decimal("0.01")
FINEST: Final = Decimal("1e-14")


class Unit:
    """One piece of a line: its price, what is left of it, and that without the roundings of percentages.

    `begin` is the exact remainder with which the phase began.
    """

    __slots__ = ("begin", "exact", "left", "line", "number", "price_minor")

    def __init__(self, line: Line, number: int, price_minor: int) -> None:
        self.line = line
        self.number = number
        self.price_minor = price_minor
        self.left = self.exact = self.begin = Decimal(price_minor) / 100


def is_among(line: Line, goods: Goods) -> bool:
    """Whether a line is one of these goods."""
    if goods.everything or line.item_code in goods.items:
        return True
    return any(line.category[: len(path)] == path for path in goods.categories)


def units_of(lines: Sequence[Line]) -> list[Unit]:
    """The units of all lines, a line's first units dearer by a cent where its price does not divide."""
    units: list[Unit] = []
    for line in lines:
        count = line.units
        each, odd = divmod(line.extended_minor, count)
        for at in range(count):
            units.append(Unit(line, len(units), each + (at < odd)))
    return units


def left_of(units: Iterable[Unit]) -> Decimal:
    """What is left to pay for these units."""
    return sum((unit.left for unit in units), ZERO)


def paid_for(units: Iterable[Unit], goods: Goods) -> Decimal:
    """What is left to pay for these goods."""
    return left_of(unit for unit in units if is_among(unit.line, goods))


def less_percent(units: Sequence[Unit], rate: Decimal, cap: Decimal | None) -> Decimal:
    """A percentage off these units, rounded once; the answer is what was taken off."""
    off = (sum((unit.exact for unit in units), ZERO) * rate).quantize(CENT, rounding=ROUND_HALF_UP)
    if cap is not None and off > cap:
        return less_amount(units, cap)
    off = min(off, left_of(units))
    _divide(off, units, [unit.exact for unit in units])
    for unit in units:
        unit.exact -= (unit.exact * rate).quantize(FINEST, rounding=ROUND_HALF_UP)
    return off


def less_amount(units: Sequence[Unit], amount: Decimal) -> Decimal:
    """An amount off these units, at most what is left of them; the answer is what was taken off."""
    amount = min(amount, left_of(units))
    before = [unit.left for unit in units]
    _divide(amount, units, before)
    for unit, left in zip(units, before, strict=True):
        unit.exact -= left - unit.left
    return amount


def _divide(amount: Decimal, units: Sequence[Unit], weights: Sequence[Decimal]) -> None:
    """By largest remainder, to the cent."""
    whole = sum(weights, ZERO)
    if not amount or not whole:
        return
    rests: list[tuple[Decimal, int]] = []
    left = amount
    for at, weight in enumerate(weights):
        quota = amount * weight / whole
        share = quota.quantize(CENT, rounding="ROUND_DOWN")
        units[at].left -= share
        left -= share
        rests.append((share - quota, at))
    rests.sort()
    for _rest, at in rests[: int(left / CENT)]:
        units[at].left -= CENT
