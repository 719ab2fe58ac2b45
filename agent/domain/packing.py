"""Choosing sets so that no unit is used twice and the value is largest: weighted set packing, exactly.

A column is a possible set: which classes of equal units it uses, how many of each, and its value. Each class has a
price such that no set is worth more than the units it uses; all capacities at their prices are a bound that no
packing exceeds. What a set is worth less than its units, and the price of every unit left unused, is waste, and the
search only follows choices that waste no more than the bound is above what must be reached (branch and bound:
E. Lawler and D. Wood, "Branch-and-bound methods: a survey", 1966).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import gcd
from typing import Final

from agent.domain.packing_prices import Prices
from agent.domain.packing_search import Search, Stock
from agent.domain.packing_simplex import linear_optimum

# The linear program is solved exactly up to so many resources times columns, in so many pivots.
_SMALL: Final = 5_000
_PIVOTS: Final = 200
# Otherwise: rounds of price finding before the search begins, and where it then turns out to be hard.
_FIRST_ROUNDS: Final = 8
_MORE_ROUNDS: Final = 120
# Uses looked at while prices are found: with very many columns there are fewer rounds.
_MOST_LOOKS: Final = 200_000
# So many of them are as much work as a step.
_LOOKS_A_STEP: Final = 1024
# A search that ends within so many steps is not worth better prices.
_EASY_STEPS: Final = 40
# Steps spent on a good packing before the search for the best one.
_DIVE_STEPS: Final = 60

# (class, how many units of it)
Use = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Column:
    """A possible set of the offer `owner`, worth `value`; `uses` are in the order of classes."""

    owner: int
    uses: tuple[Use, ...]
    value: int


# Column numbers, ascending; a number stands as often as its set is made.
Packing = tuple[int, ...]


class Steps:
    """A budget of steps that a search may take; shared by all searches of one quote."""

    def __init__(self, limit: int) -> None:
        self.left = limit

    def take(self, count: int = 1) -> bool:
        """Whether there are still so many steps; they are gone then."""
        self.left -= count
        return self.left >= 0


class Packer:
    """All packings of some columns. `most` is how many sets each offer may make (0: no limit)."""

    def __init__(self, capacities: Sequence[int], columns: Sequence[Column], most: Sequence[int]) -> None:
        self._values = [column.value for column in columns]
        # A limit is one more resource, of which each set of its offer uses one.
        limits = _limits(capacities, columns, most)
        place = {owner: len(capacities) + at for at, owner in enumerate(limits)}
        self._stock = stock = Stock(
            [*capacities, *limits.values()],
            [
                (*column.uses, (place[column.owner], 1)) if column.owner in place else column.uses
                for column in columns
            ],
        )
        self._possible = [
            number for number, value in enumerate(self._values) if value > 0 and stock.holds(number)
        ]
        # Every value is so many of these.
        self._grain = gcd(*[self._values[number] for number in self._possible]) or 1
        uses = [stock.uses[number] for number in self._possible]
        values = [self._values[number] for number in self._possible]
        self._known = self._filled(self._by_share(), [])
        optimum = None
        if len(stock.capacities) * len(uses) <= _SMALL:
            optimum = linear_optimum(stock.capacities, uses, values, _PIVOTS)
        if optimum is None:
            self._prices = Prices(stock.capacities, uses, values)
            self._ceiling = self._prices.bound
            self._refine(_FIRST_ROUNDS)
        else:
            self._prices = Prices(stock.capacities, uses, values, optimum.prices)
            self._ceiling = optimum.bound
            whole = [self._possible[at] for at, times in optimum.made.items() for _time in range(times)]
            self._known = max(self._known, self._filled(self._by_waste(), whole))
        self._exact = optimum is not None

    @property
    def bound(self) -> int:
        """What no packing exceeds; a search for the best one lowers it."""
        return self._ceiling // self._grain * self._grain

    def search(self, floor: Callable[[], int], found: Callable[[int, Packing], None], steps: Steps) -> bool:
        """Tell every packing worth at least `floor()`, which may rise; false where steps ran out.

        Each is told once, with its value, and no set in it is worth nothing.
        """
        return self._search(self._possible, only_best=False).run(floor, found, steps.take)

    def best(self, steps: Steps) -> tuple[int, Packing, bool]:
        """The most valuable packing, and whether it is proven to be."""
        if self.bound > self._known[0]:
            columns = self._undominated()
            if not self._improve(columns, 0, steps, _EASY_STEPS) and steps.left > 0:
                if not self._exact:
                    # Prices that leave no steps to use them would be for nothing.
                    steps.take(min(self._refine(_MORE_ROUNDS) // _LOOKS_A_STEP, steps.left // 2))
                    self._improve(columns, 0, steps, _DIVE_STEPS)
                self._close(columns, steps)
        return *self._known, self.bound <= self._known[0]

    def _close(self, columns: Sequence[int], steps: Steps) -> None:
        """Ask for a little below the bound, then for less and less: to ask for much less is much more work."""
        top = self.bound
        gap = max(top // 100, self._grain)
        while self.bound > self._known[0] and self._improve(columns, top - gap, steps, steps.left):
            gap += (gap + 1) // 2

    def _refine(self, rounds: int) -> int:
        """Find better prices; how many uses were looked at."""
        looks = 1 + sum([len(self._stock.uses[number]) for number in self._possible])
        rounds = min(rounds, 1 + _MOST_LOOKS // looks)
        self._prices.refine(rounds, self._known[0])
        self._ceiling = min(self._ceiling, self._prices.bound)
        return rounds * looks

    def _improve(self, columns: Sequence[int], target: int, steps: Steps, limit: int) -> bool:
        """Look for a better packing that is worth at least `target`; false where steps ran out."""

        def floor() -> int:
            return max(self._known[0] + self._grain, target)

        def found(value: int, packing: Packing) -> None:
            self._known = (value, packing)

        limit = max(min(limit, steps.left), 0)
        own = Steps(limit)
        complete = self._search(columns, only_best=True).run(floor, found, own.take)
        steps.take(limit - max(own.left, 0))
        if complete:
            self._ceiling = min(self._ceiling, floor() - 1)
        return complete

    def _search(self, columns: Sequence[int], *, only_best: bool) -> Search:
        wastes = dict(zip(self._possible, self._prices.wastes(), strict=True))
        return Search(
            self._stock,
            self._values,
            self._prices.each,
            {number: wastes[number] for number in columns},
            only_best=only_best,
        )

    def _by_share(self) -> list[int]:
        """The columns with the most value for each unit first."""
        values, uses = self._values, self._stock.uses
        return sorted(
            self._possible,
            key=lambda number: -values[number] // sum([count for _each, count in uses[number]]),
        )

    def _by_waste(self) -> list[int]:
        wastes = dict(zip(self._possible, self._prices.wastes(), strict=True))
        return sorted(self._possible, key=wastes.__getitem__)

    def _filled(self, ranked: Sequence[int], begun: Sequence[int]) -> tuple[int, Packing]:
        chosen = self._stock.filled(ranked, begun)
        return sum([self._values[number] for number in chosen]), chosen

    def _undominated(self) -> list[int]:
        """The columns without those that use the same as another that is worth as much."""
        best: dict[int, int] = {}
        for number in self._possible:
            packed = self._stock.packed[number]
            if packed not in best or self._values[number] > self._values[best[packed]]:
                best[packed] = number
        return sorted(best.values())


def _limits(capacities: Sequence[int], columns: Sequence[Column], most: Sequence[int]) -> dict[int, int]:
    """How many sets each offer may make, or can make where its units do not divide by what a set needs."""
    classes: dict[int, set[int]] = {}
    least: dict[int, int] = {}
    for column in columns:
        units = sum([count for _each, count in column.uses])
        classes.setdefault(column.owner, set()).update([each for each, _count in column.uses])
        least[column.owner] = min(least.get(column.owner, units), units)
    limits: dict[int, int] = {}
    for owner, used in classes.items():
        units = sum([capacities[each] for each in used])
        sets, rest = divmod(units, least[owner] or 1)
        allowed = most[owner]
        if allowed and allowed < sets:
            limits[owner] = allowed
        elif rest:
            # A price for whole sets alone makes the bound sharper (V. Chvátal, "Edmonds polytopes", 1973).
            limits[owner] = sets
    return limits
