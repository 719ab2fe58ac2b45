"""Following every choice of sets that may still be worth enough: branch and bound over a stack.

At each step the prices of units are lowered as far as the sets that are still possible allow, which often ends the
matter at once. Otherwise one resource is picked, and each set that uses it is tried, and leaving the rest of it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final

Uses = Sequence[tuple[int, int]]
# In the place of a column: what is left of a resource stays unused.
_NONE: Final = -1
# A node that looks through more columns than this counts for more steps.
COLUMNS_A_STEP: Final = 64
# The sets chosen so far: the last one, and how those before it were chosen.
_Chosen = tuple[int, "_Chosen"] | None
# What is left, the value so far, a bound, prices, what each column wastes, columns that are out, sets chosen.
_State = tuple[int, int, int, list[int], Mapping[int, int], Sequence[int], _Chosen]


class Stock:
    """How much there is of each resource, and what each column uses, each as one number.

    The number has a field for each resource. The bit above a field stays set while no more is taken than there is.
    """

    def __init__(self, capacities: Sequence[int], uses: Sequence[Uses]) -> None:
        self.capacities = capacities
        self.uses = uses
        self.shifts: list[int] = []
        self.fields: list[int] = []
        self.all = self.guards = shift = 0
        for capacity in capacities:
            width = capacity.bit_length()
            self.shifts.append(shift)
            self.fields.append(((1 << width) - 1) << shift)
            self.all |= capacity << shift
            self.guards |= 1 << (shift + width)
            shift += width + 1
        shifts = self.shifts
        self.packed = [sum([count << shifts[each] for each, count in used]) for used in uses]

    def holds(self, number: int) -> bool:
        """Whether column `number` can be made at all."""
        if any(count > self.capacities[each] for each, count in self.uses[number]):
            return False
        return bool(self.uses[number])

    def filled(self, ranked: Sequence[int], begun: Sequence[int] = ()) -> tuple[int, ...]:
        """Each column in turn, as often as it can be made."""
        room, guards = self.all | self.guards, self.guards
        chosen = list(begun)
        for number in chosen:
            room -= self.packed[number]
        for number in ranked:
            packed = self.packed[number]
            while (room - packed) & guards == guards:
                room -= packed
                chosen.append(number)
        return tuple(sorted(chosen))


class Search:
    """The packings of some columns. `prices` are such that no column has a waste below zero.

    With `only_best`, what leaves the same as something of no less value is not followed.
    """

    def __init__(
        self,
        stock: Stock,
        values: Sequence[int],
        prices: list[int],
        wastes: Mapping[int, int],
        *,
        only_best: bool,
    ) -> None:
        self._stock = stock
        self._values = values
        self._prices = prices
        self._wastes = wastes
        self._only_best = only_best
        self._rows = [[each for each, _count in used] for used in stock.uses]
        self._single = [capacity == 1 for capacity in stock.capacities]
        self._all_single = all(self._single)
        # Resources of which some column uses more than one at once.
        self._heavy = {each for number in wastes for each, count in stock.uses[number] if count > 1}
        self._seen: dict[tuple[int, tuple[int, ...]], int] = {}

    def run(
        self,
        floor: Callable[[], int],
        found: Callable[[int, tuple[int, ...]], None],
        take_steps: Callable[[int], bool],
    ) -> bool:
        """Tell every packing worth at least `floor()`, which may rise; false where there are no more steps."""
        stock = self._stock
        bound = sum([count * price for count, price in zip(stock.capacities, self._prices, strict=True)])
        stack: list[_State] = [(stock.all, 0, bound, self._prices, self._wastes, (), None)]
        while stack:
            state = stack.pop()
            lowest = floor()
            if state[2] < lowest:
                continue
            # To look through many columns is more than a step.
            if not take_steps(1 + len(state[4]) // COLUMNS_A_STEP):
                return False
            live = self._live(state, state[2] - lowest)
            if live:
                stack += self._next(state, live, lowest)
            elif state[1] >= lowest:
                found(state[1], _in_order(state[6]))
        return True

    def _live(self, state: _State, slack: int) -> dict[int, int]:
        """The columns that can still be made and do not waste too much."""
        room, _value, _bound, _prices, wastes, out, _chosen = state
        packed, guards = self._stock.packed, self._stock.guards
        room |= guards
        live = {
            number: waste
            for number, waste in wastes.items()
            if waste <= slack and (room - packed[number]) & guards == guards
        }
        for number in out:
            live.pop(number, None)
        return live

    def _next(self, state: _State, live: dict[int, int], lowest: int) -> list[_State]:
        """What may follow, the most promising last."""
        room, value, _bound, prices, _wastes, _out, chosen = state
        at = self._at(live)
        units = self._units(room, at)
        # What no column needs any more is worth nothing.
        slack = value - lowest + sum([prices[each] * count for each, count in units.items()])
        if slack < 0:
            return []
        prices = prices[:]
        slack -= self._lower(prices, live, at, units)
        if slack < 0:
            return []
        if self._only_best:
            fields = self._stock.fields
            left = room & sum([fields[each] for each in at])
            # Not the room alone: columns tried before are out, although there may be room for them.
            key = (left, tuple(live))
            if self._seen.get(key, -1) >= value:
                return []
            self._seen[key] = value
        row = _row(prices, live, at, units, slack)
        choices = [(live[number], number) for number in at[row]]
        choices.append((prices[row] * units[row], _NONE))
        bound, packed, values = slack + lowest, self._stock.packed, self._values
        following: list[_State] = []
        tried: list[int] = []
        for waste, number in sorted(choices):
            if waste > slack:
                break
            if number == _NONE:
                rest = room & ~self._stock.fields[row]
                following.append((rest, value, bound - waste, prices, live, (), chosen))
                continue
            rest, after, chain = room - packed[number], value + values[number], (number, chosen)
            following.append((rest, after, bound - waste, prices, live, tuple(tried), chain))
            if units[row] > 1:
                # A packing with both of two columns is met when the first one is tried.
                tried.append(number)
        following.reverse()
        return following

    def _at(self, live: Mapping[int, int]) -> dict[int, list[int]]:
        """The columns at each resource that some column uses."""
        rows = self._rows
        at: dict[int, list[int]] = {}
        for number in live:
            for each in rows[number]:
                if each in at:
                    at[each].append(number)
                else:
                    at[each] = [number]
        return at

    def _units(self, room: int, at: Mapping[int, object]) -> dict[int, int]:
        """How much is left of these resources, of which something is left."""
        if self._all_single:
            return dict.fromkeys(at, 1)
        fields, shifts, single = self._stock.fields, self._stock.shifts, self._single
        return {each: 1 if single[each] else (room & fields[each]) >> shifts[each] for each in at}

    def _lower(
        self,
        prices: list[int],
        live: dict[int, int],
        at: Mapping[int, list[int]],
        units: Mapping[int, int],
    ) -> int:
        """Lower each price as far as its columns allow; what the bound falls by."""
        fallen = 0
        for each, numbers in at.items():
            price = prices[each]
            if not price:
                continue
            fall = min([live[number] for number in numbers])
            if not fall:
                continue
            if each in self._heavy:
                counts = [dict(self._stock.uses[number])[each] for number in numbers]
                fall = min([live[number] // count for number, count in zip(numbers, counts, strict=True)])
                fall = min(fall, price)
                for number, count in zip(numbers, counts, strict=True):
                    live[number] -= fall * count
            else:
                fall = min(fall, price)
                for number in numbers:
                    live[number] -= fall
            prices[each] = price - fall
            fallen += fall * units[each]
        return fallen


def _row(
    prices: Sequence[int],
    live: Mapping[int, int],
    at: Mapping[int, Sequence[int]],
    units: Mapping[int, int],
    slack: int,
) -> int:
    """The resource with few choices that waste much."""
    row = most = -1
    for each, numbers in at.items():
        wasted = sum([live[number] for number in numbers]) + min(prices[each] * units[each], slack)
        size = len(numbers) + 1
        wasted = (wasted << 20) // (size * size)
        if wasted > most:
            row, most = each, wasted
    return row


def _in_order(chosen: _Chosen) -> tuple[int, ...]:
    numbers: list[int] = []
    while chosen is not None:
        number, chosen = chosen
        numbers.append(number)
    return tuple(sorted(numbers))
