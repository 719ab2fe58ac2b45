"""Prices of units such that no set is worth more than the units it uses: a bound on every packing.

They come from the dual of the linear program: subgradient steps with a memory of earlier ones (P. Camerini, L. Fratta
and F. Maffioli, "On improving relaxation methods by modified gradient techniques", 1975), then every price is
lowered as far as the sets allow. All in whole numbers, so that every machine takes the same steps.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

# After so many rounds without a better bound the steps shrink by half, from the best prices on.
_PATIENCE: Final = 6
_PACE: Final = 1 << 9

Uses = Sequence[tuple[int, int]]


class Prices:
    """The price of each resource, of which columns use up some, and the bound: what all there is comes to.

    Prices given must be such that no column is worth more than what it uses.
    """

    def __init__(
        self,
        capacities: Sequence[int],
        uses: Sequence[Uses],
        values: Sequence[int],
        given: list[int] | None = None,
    ) -> None:
        self._capacities = capacities
        self._uses = uses
        self._values = values
        # A resource stands as often as it is used.
        self._flat = [[each for each, count in used for _unit in range(count)] for used in uses]
        self._memory = [0] * len(capacities)
        self._pace = _PACE
        self.each = self._tightened(self._shares()) if given is None else given
        self.bound = self._bound(self.each)

    def wastes(self) -> list[int]:
        """What each set is worth less than the units that it uses."""
        return self._wastes(self.each)

    def _wastes(self, prices: list[int]) -> list[int]:
        return [
            sum([prices[each] for each in flat]) - value
            for flat, value in zip(self._flat, self._values, strict=True)
        ]

    def refine(self, rounds: int, floor: int) -> None:
        """Lower the bound by so many rounds of subgradient steps; `floor` is what some packing is worth."""
        if self.bound <= floor:
            return
        capacities = self._capacities
        shares = [max(capacity, 1) for capacity in capacities]
        most = [min(capacities[each] // count for each, count in uses) for uses in self._uses]
        prices, best, best_bound, since = self.each, self.each, self.bound, 0
        for _round in range(rounds):
            bound = self._bound(prices)
            slope = list(capacities)
            for number, (flat, value) in enumerate(zip(self._flat, self._values, strict=True)):
                waste = sum([prices[each] for each in flat]) - value
                if waste < 0:
                    bound -= waste * most[number]
                    for each in flat:
                        slope[each] -= most[number]
            if bound < best_bound:
                best, best_bound, since = prices, bound, 0
            else:
                since += 1
                if since >= _PATIENCE:
                    self._pace, since, prices = self._pace >> 1, 0, best
            # In shares of the capacity, so that plentiful resources do not drown the others.
            self._memory = memory = [
                old * 7 // 10 + (new << 10) // share
                for old, new, share in zip(self._memory, slope, shares, strict=True)
            ]
            norm = sum([each * each for each in memory])
            step = (bound - floor) * self._pace // norm if norm else 0
            if step <= 0:
                break
            moved = [
                price - step * each // share
                for price, each, share in zip(prices, memory, shares, strict=True)
            ]
            prices = [max(0, price) for price in moved]
        found = self._tightened(best[:])
        bound = self._bound(found)
        if bound < self.bound:
            self.each, self.bound = found, bound

    def _bound(self, prices: list[int]) -> int:
        return sum([count * price for count, price in zip(self._capacities, prices, strict=True)])

    def _shares(self) -> list[int]:
        """Every unit at its share of the most valuable set that it may be in."""
        prices = [0] * len(self._capacities)
        for flat, value in zip(self._flat, self._values, strict=True):
            share = -(-value // len(flat))
            for each in flat:
                if prices[each] < share:
                    prices[each] = share
        return prices

    def _tightened(self, prices: list[int]) -> list[int]:
        """Prices that no set beats: raised where one does, then lowered in turns until no single one can fall."""
        at: list[list[tuple[int, int]]] = [[] for _ in prices]
        for number, used in enumerate(self._uses):
            for each, count in used:
                at[each].append((number, count))
        wastes = self._wastes(prices)
        for number, flat in enumerate(self._flat):
            if wastes[number] < 0:
                rise = -(wastes[number] // len(flat))
                for each, _count in self._uses[number]:
                    prices[each] += rise
                    for other, times in at[each]:
                        wastes[other] += times * rise
        for each, users in enumerate(at):
            fall = min([wastes[number] // count for number, count in users], default=prices[each])
            fall = min(fall, prices[each])
            if fall > 0:
                prices[each] -= fall
                for number, count in users:
                    wastes[number] -= count * fall
        return prices
