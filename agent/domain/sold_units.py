"""The units of a sold line, one by one: what each cost, what was taken off it, and its part of anything shared.

Units are numbered from 0 in the order in which the sale's runs tell of them. A line that has no units of its own
(weighed goods, more than 999) is one unit, so it is returned whole.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import msgspec

from agent.domain.basket import Basket, Line
from agent.domain.quote import Discount, LineShare, UnitRun
from agent.domain.worksheet import COUNT, LEFT, line_runs


class UnitSpan(msgspec.Struct, frozen=True, array_like=True):
    """`count` units from number `first` on."""

    first: int
    count: int


# line_id -> the numbers of some of its units.
Units = Mapping[int, frozenset[int]]


def shares_of(runs: Iterable[UnitRun], units: int) -> list[int]:
    """The share of each unit; runs of several pieces begin again at the first unit."""
    found = [0] * units
    at = 0
    for run in runs:
        for _unit in range(run.count):
            found[at % units] += run.share
            at += 1
    return found


def prices_of(line: Line) -> list[int]:
    """What each unit cost before anything was taken off, in minor units."""
    return [run[LEFT] for run in line_runs(line) for _unit in range(run[COUNT])]


def paid_of(line: Line, discounts: Iterable[Discount]) -> list[int]:
    """What was paid for each unit, never below zero."""
    paid = prices_of(line)
    for discount in discounts:
        if discount.line_id == line.line_id:
            for unit, share in enumerate(shares_of(discount.runs, line.units)):
                paid[unit] -= share
    return [max(0, amount) for amount in paid]


def share_left(lines: Iterable[LineShare], basket: Basket, gone: Units) -> int:
    """What of some shares belongs to units that are not `gone`."""
    units = {line.line_id: line.units for line in basket.lines}
    left = 0
    for share in lines:
        if share.line_id in units:
            each = shares_of(share.runs, units[share.line_id])
            left += sum(each) - sum(each[unit] for unit in gone.get(share.line_id, ()))
    return left


def all_units(basket: Basket) -> dict[int, frozenset[int]]:
    """Every unit of every line."""
    return {line.line_id: frozenset(range(line.units)) for line in basket.lines}


def together(*parts: Units) -> dict[int, frozenset[int]]:
    """The units that are in any of them."""
    found: dict[int, frozenset[int]] = {}
    for part in parts:
        for line_id, units in part.items():
            found[line_id] = found.get(line_id, frozenset()) | units
    return found


def spans_of(units: Iterable[int]) -> tuple[UnitSpan, ...]:
    """Unit numbers as few spans, in order."""
    found: list[tuple[int, int]] = []
    for unit in sorted(units):
        if found and sum(found[-1]) == unit:
            found[-1] = (found[-1][0], found[-1][1] + 1)
        else:
            found.append((unit, 1))
    return tuple(UnitSpan(first, count) for first, count in found)


def units_of(spans: Iterable[UnitSpan]) -> frozenset[int]:
    """The unit numbers in these spans."""
    return frozenset(unit for span in spans for unit in range(span.first, span.first + span.count))


def first_to_return(
    line: Line, discounts: Sequence[Discount], gone: frozenset[int], count: int
) -> frozenset[int]:
    """Which units come back when `count` of a line do: those that cost least, of equal ones the last.

    Of two coffees, the second at half price, the cheap one comes back first: else it would have been the only one.
    """
    paid = paid_of(line, discounts)
    still = sorted(
        (unit for unit in range(line.units) if unit not in gone), key=lambda unit: (paid[unit], -unit)
    )
    return frozenset(still[:count])


def basket_without(basket: Basket, gone: Units) -> Basket:
    """What is left of a basket when these units have come back; lines that are gone whole are left out."""
    lines = []
    for line in basket.lines:
        away = gone.get(line.line_id, frozenset())
        if not away:
            lines.append(line)
        elif len(away) < line.units:
            left = sum(price for unit, price in enumerate(prices_of(line)) if unit not in away)
            quantity = type(line.quantity)(line.units - len(away))
            lines.append(msgspec.structs.replace(line, quantity=quantity, extended_minor=left))
    return Basket(tuple(lines))
