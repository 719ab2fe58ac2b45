"""Every packing worth at least so much, for the few cases in which roundings or thresholds decide between them."""

from __future__ import annotations

from collections.abc import Sequence

from agent.domain.packing import Column, Packing, Steps


def packings_from(
    capacities: Sequence[int],
    columns: Sequence[Column],
    most: Sequence[int],
    lowest: int,
    steps: Steps,
    at_most: int,
) -> tuple[list[tuple[int, Packing]], bool]:
    """The packings worth at least `lowest`, best first, and whether that is all of them.

    Two packings that differ in nothing but interchangeable columns are both told.
    """
    listing = _Listing(capacities, columns, most, lowest, steps, at_most)
    complete = listing.run()
    listing.found.sort(key=lambda each: (-each[0], each[1]))
    return listing.found, complete


class _Listing:
    """Depth first, class after class: its columns in order, then leaving the rest of it unused."""

    def __init__(
        self,
        capacities: Sequence[int],
        columns: Sequence[Column],
        most: Sequence[int],
        lowest: int,
        steps: Steps,
        at_most: int,
    ) -> None:
        self.found: list[tuple[int, Packing]] = []
        self._room = list(capacities)
        self._columns = columns
        self._most = most
        self._made = [0] * len(most)
        self._lowest = lowest
        self._steps = steps
        self._at_most = at_most
        self._chosen: list[int] = []
        # A unit is worth at most its share of the best set that it could be in.
        self._worth = [0] * len(self._room)
        self._first: list[list[int]] = [[] for _ in self._room]
        for number, column in enumerate(columns):
            share = -(-column.value // sum(count for _, count in column.uses))
            for each, _count in column.uses:
                self._worth[each] = max(self._worth[each], share)
            self._first[column.uses[0][0]].append(number)

    def run(self) -> bool:
        bound = sum(room * worth for room, worth in zip(self._room, self._worth, strict=True))
        return self._class(0, 0, bound, 0)

    def _class(self, at: int, first: int, rest: int, value: int) -> bool:
        """`rest` is what the units still open may bring; columns are made at the first class that they use."""
        if value + rest < self._lowest:
            return True
        if not self._steps.take() or len(self.found) > self._at_most:
            return False
        if at == len(self._room):
            self.found.append((value, tuple(sorted(self._chosen))))
            return True
        numbers = self._first[at]
        for position in range(first, len(numbers)):
            number = numbers[position]
            column = self._columns[number]
            if not self._fits(column):
                continue
            used = sum(count * self._worth[each] for each, count in column.uses)
            self._make(number, 1)
            on = self._class(at, position, rest - used, value + column.value)
            self._make(number, -1)
            if not on:
                return False
        return self._class(at + 1, 0, rest - self._room[at] * self._worth[at], value)

    def _fits(self, column: Column) -> bool:
        most = self._most[column.owner]
        if most and self._made[column.owner] >= most:
            return False
        return all(self._room[each] >= count for each, count in column.uses)

    def _make(self, number: int, times: int) -> None:
        column = self._columns[number]
        self._made[column.owner] += times
        for each, count in column.uses:
            self._room[each] -= times * count
        if times > 0:
            self._chosen.append(number)
        else:
            self._chosen.pop()
