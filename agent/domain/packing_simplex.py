"""The linear program of a packing, solved by the simplex method in whole numbers.

All figures of the tableau are whole multiples of one over a common divisor, which each pivot changes (J. Edmonds,
"Systems of distinct representatives and linear algebra", 1967), so nothing is ever rounded.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

Uses = Sequence[tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Optimum:
    """Prices (rounded up), what no packing exceeds, and how often each column is made, rounded down."""

    prices: list[int]
    bound: int
    made: dict[int, int]


def linear_optimum(
    capacities: Sequence[int], uses: Sequence[Uses], values: Sequence[int], pivots: int
) -> Optimum | None:
    """The best prices and the packing in fractions that belongs to them; None where `pivots` are not enough."""
    needed = sorted({each for used in uses for each, _count in used})
    place = {each: at for at, each in enumerate(needed)}
    size = len(needed)
    uses = [[(place[each], count) for each, count in used] for used in uses]
    # Each row: what its basic variable is made of in terms of the resources' rest, and how much of it there is.
    rows = [[0] * size + [capacities[each]] for each in needed]
    for at in range(size):
        rows[at][at] = 1
    prices = [0] * (size + 1)
    basis = [-1] * size
    divisor = 1
    flat = [[each for each, count in used for _unit in range(count)] for used in uses]
    sizes = [len(each) for each in flat]
    for _pivot in range(pivots):
        # The column that gains most for each of its units; else a price below zero.
        gains = [
            -((sum([prices[each] for each in units]) - value * divisor) // count)
            for units, value, count in zip(flat, values, sizes, strict=True)
        ]
        best = max(gains, default=0)
        lowest = min(prices[:size], default=0)
        if best <= 0 and lowest >= 0:
            made = {
                number: row[size] // divisor for number, row in zip(basis, rows, strict=True) if number >= 0
            }
            rounded = [0] * len(capacities)
            for each, price in zip(needed, prices, strict=False):
                rounded[each] = -(-price // divisor)
            return Optimum(rounded, prices[size] // divisor, made)
        if best > -lowest:
            entering = gains.index(best)
            weights = [sum([row[each] * count for each, count in uses[entering]]) for row in rows]
            waste = sum([prices[each] for each in flat[entering]]) - values[entering] * divisor
        else:
            entering = -1
            at = prices.index(lowest)
            weights = [row[at] for row in rows]
            waste = lowest
        leaving = _leaving(rows, weights)
        pivot, key = weights[leaving], rows[leaving]
        for at, weight in enumerate(weights):
            if at == leaving or (not weight and pivot == divisor):
                continue
            rows[at] = _less(rows[at], pivot, key, weight, divisor)
        prices = _less(prices, pivot, key, waste, divisor)
        basis[leaving] = entering
        divisor = pivot
    return None


def _leaving(rows: Sequence[Sequence[int]], weights: Sequence[int]) -> int:
    """The row that runs out first; of several the one with the largest weight, which keeps figures small."""
    best, rest, weight = -1, 0, 1
    for at, other in enumerate(weights):
        if other > 0:
            amount = rows[at][-1]
            ahead = amount * weight - rest * other
            if best < 0 or ahead < 0 or (not ahead and other > weight):
                best, rest, weight = at, amount, other
    return best


def _less(row: list[int], pivot: int, key: list[int], weight: int, divisor: int) -> list[int]:
    """The row without its part of the entering variable."""
    if pivot == divisor == 1:
        return [one - weight * other for one, other in zip(row, key, strict=True)]
    return [(one * pivot - weight * other) // divisor for one, other in zip(row, key, strict=True)]
