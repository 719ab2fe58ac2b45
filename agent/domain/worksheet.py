"""What is left of each unit's price while a quote is being priced.

A line of 12 bottles is a few runs of units with equal figures, never 12 objects. Beside the whole minor units
that are left, a run carries the exact remainder for the next percentage: each program's discount is rounded once,
and rounding never leaks into the next program's base.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import lcm
from typing import Final

from agent.domain.apportion import Part, apportion
from agent.domain.basket import Line
from agent.domain.quote import UnitRun

# A run is [units, minor units left each, numerator and denominator of the exact remainder each].
Run = list[int]
COUNT: Final = 0
LEFT: Final = 1
TOP: Final = 2
BOTTOM: Final = 3

# Beyond this, the exact remainder is kept to a millionth of a millionth of a minor unit.
_MAX_BOTTOM: Final = 1 << 96
_FINE: Final = 10**12

# A line's place, what was taken off it, and by which of its runs.
Taken = tuple[int, int, tuple[UnitRun, ...]]


class Worksheet:
    """The lines of one basket, in canonical order, with what is left of them.

    `record` keeps the share of every unit run beside the amounts; a search does without.
    """

    def __init__(self, lines: Sequence[Line]) -> None:
        self._begin = [line_runs(line) for line in lines]
        self.runs: list[list[Run]] = self._begin
        self.record = False

    def fresh(self, *, record: bool) -> Worksheet:
        """The same basket with nothing taken off yet."""
        sheet = Worksheet.__new__(Worksheet)
        sheet._begin = self._begin
        sheet.runs = [[run[:] for run in line] for line in self._begin]
        sheet.record = record
        return sheet

    def left_minor(self, places: Iterable[int]) -> int:
        """What is left to pay of these lines."""
        runs = self.runs
        return sum([run[0] * run[1] for place in places for run in runs[place]])

    def percent_of(self, places: Iterable[int], rate: tuple[int, int]) -> int:
        """What a percentage of these lines is, rounded once, half up; `rate` is a fraction (1, 5).

        All of it (1, 1) is what is really left, so that nothing stays over.
        """
        runs = self._left_runs(places)
        return _percent(runs, rate, _common_bottom(runs))

    def take_percent(self, places: Sequence[int], rate: tuple[int, int]) -> list[Taken]:
        """Take a percentage off these lines; what was taken from each line, lines with nothing left out."""
        runs = self._left_runs(places)
        bottom = _common_bottom(runs)
        amount = _percent(runs, rate, bottom)
        if rate[0] == rate[1]:
            return self._take(places, runs, apportion_left(amount, runs))
        weights = [run[TOP] * (bottom // run[BOTTOM]) for run in runs]
        parts = apportion(amount, [run[COUNT] for run in runs], weights, [run[LEFT] for run in runs])
        keep, whole = rate[1] - rate[0], rate[1]
        carried = [_bounded(run[TOP] * keep, run[BOTTOM] * whole) for run in runs]
        return self._take(places, runs, parts, carried)

    def take_amount(self, places: Sequence[int], amount_minor: int) -> list[Taken]:
        """Take an amount off these lines, never more than is left of them."""
        runs = self._left_runs(places)
        return self._take(places, runs, apportion_left(amount_minor, runs))

    def _left_runs(self, places: Iterable[int]) -> list[Run]:
        runs = self.runs
        return [run for place in places for run in runs[place] if run[1]]

    def _take(
        self,
        places: Sequence[int],
        runs: Sequence[Run],
        parts: Sequence[Part],
        carried: Sequence[tuple[int, int]] | None = None,
    ) -> list[Taken]:
        """Write the parts down. `runs` are those of `places` with something left; `carried` their new exact
        remainders, which otherwise become smaller by what is taken."""
        splits = False
        for number, (run, (share, extra)) in enumerate(zip(runs, parts, strict=True)):
            if extra and extra != run[COUNT]:
                splits = True
                run.append(extra)
            elif extra:
                share += 1
            run[LEFT] -= share
            if carried is not None:
                run[TOP], run[BOTTOM] = carried[number]
            else:
                run[TOP] = max(run[TOP] - share * run[BOTTOM], 0)
        if splits:
            self._split(places, carried is not None)
        return _taken(places, self.runs, runs, parts) if self.record else _ANYTHING if any(parts_sum(parts)) else []


def line_runs(line: Line) -> list[Run]:
    """A line's price over its units, to the minor unit: 10.00 for three is 3.34, 3.33, 3.33."""
    count = line.units
    each, extra = divmod(line.extended_minor, count)
    runs = [[extra, each + 1, each + 1, 1], [count - extra, each, each, 1]]
    return [run for run in runs if run[COUNT]]


def merged(shares: Iterable[tuple[int, int]]) -> tuple[UnitRun, ...]:
    """(units, share) pairs in the order of a line's units, neighbours with equal shares as one run."""
    found: list[tuple[int, int]] = []
    for count, share in shares:
        if found and found[-1][1] == share:
            found[-1] = (found[-1][0] + count, share)
        else:
            found.append((count, share))
    return tuple(UnitRun(count, share) for count, share in found)


def _reduced(run: Run, count: int, share: int, exact: tuple[int, int] | None) -> Run:
    top, bottom = exact if exact is not None else (max(run[TOP] - share * run[BOTTOM], 0), run[BOTTOM])
    if bottom > _MAX_BOTTOM:
        top, bottom = (top * _FINE + bottom // 2) // bottom, _FINE
    return [count, run[LEFT] - share, top, bottom]


def _common_bottom(runs: Iterable[Run]) -> int:
    return lcm(*{run[BOTTOM] for run in runs})


def _percent(runs: Sequence[Run], rate: tuple[int, int], bottom: int) -> int:
    if rate[0] == rate[1]:
        return sum(run[COUNT] * run[LEFT] for run in runs)
    top = sum(run[COUNT] * run[TOP] * (bottom // run[BOTTOM]) for run in runs) * rate[0]
    whole = bottom * rate[1]
    return min((2 * top + whole) // (2 * whole), sum(run[COUNT] * run[LEFT] for run in runs))
