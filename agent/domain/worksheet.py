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

# A line's place, what was taken off it, and by which of its units.
Taken = tuple[int, int, tuple[UnitRun, ...]]
# What was taken off altogether and, on a recording sheet, line by line; untouched lines are left out.
Took = tuple[int, list[Taken]]


class Worksheet:
    """The lines of one basket, in canonical order, with what is left of them.

    A recording sheet keeps the share of every unit; a search does without.
    """

    def __init__(self, lines: Sequence[Line]) -> None:
        self._begin = [line_runs(line) for line in lines]
        self._record = False
        self.runs: list[list[Run]] = self._begin

    def fresh(self, *, record: bool) -> Worksheet:
        """The same basket with nothing taken off yet."""
        sheet = Worksheet.__new__(Worksheet)
        sheet._begin = self._begin
        sheet._record = record
        sheet.runs = [[run[:] for run in line] for line in self._begin]
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

    def take_percent(self, places: Sequence[int], rate: tuple[int, int]) -> Took:
        """Take a percentage off these lines."""
        runs = self._left_runs(places)
        if rate[0] == rate[1]:
            return self._take(places, runs, [(run[LEFT], 0) for run in runs])
        bottom = _common_bottom(runs)
        weights = [run[TOP] * (bottom // run[BOTTOM]) for run in runs]
        caps = [run[LEFT] for run in runs]
        parts = apportion(_percent(runs, rate, bottom), [run[COUNT] for run in runs], weights, caps)
        keep, whole = rate[1] - rate[0], rate[1]
        for run in runs:
            run[TOP], run[BOTTOM] = _bounded(run[TOP] * keep, run[BOTTOM] * whole)
        return self._take(places, runs, parts)

    def take_amount(self, places: Sequence[int], amount_minor: int) -> Took:
        """Take an amount off these lines together, never more than is left of them."""
        runs = self._left_runs(places)
        left = [run[LEFT] for run in runs]
        parts = apportion(amount_minor, [run[COUNT] for run in runs], left, left)
        return self._take(places, runs, parts, also_exact=True)

    def _left_runs(self, places: Iterable[int]) -> list[Run]:
        runs = self.runs
        return [run for place in places for run in runs[place] if run[1]]

    def _take(
        self, places: Sequence[int], runs: Sequence[Run], parts: Sequence[Part], *, also_exact: bool = False
    ) -> Took:
        """Write down the parts of `runs`, which are all of `places` with something left.

        `also_exact` takes the same off the exact remainders.
        """
        taken = self._shares(places, parts) if self._record else []
        amount = 0
        for run, (share, extra) in zip(runs, parts, strict=True):
            count = run[COUNT]
            amount += share * count + extra
            if extra and extra != count:
                # The first units of the run pay one more; the others follow as a run of their own.
                rest = [count - extra, *run[1:]]
                _reduce(rest, share, also_exact)
                line = next(
                    self.runs[place] for place in places if any(each is run for each in self.runs[place])
                )
                line.insert(next(at for at, each in enumerate(line) if each is run) + 1, rest)
                run[COUNT] = extra
            _reduce(run, share + 1 if extra else share, also_exact)
        return amount, taken

    def _shares(self, places: Sequence[int], parts: Sequence[Part]) -> list[Taken]:
        """What each line gives, unit by unit, before it is taken off."""
        taken: list[Taken] = []
        number = 0
        for place in places:
            shares: list[tuple[int, int]] = []
            for run in self.runs[place]:
                share = extra = 0
                if run[LEFT]:
                    share, extra = parts[number]
                    number += 1
                shares += ((extra, share + 1), (run[COUNT] - extra, share))
            amount = sum(count * share for count, share in shares)
            if amount:
                taken.append((place, amount, merged(shares)))
        return taken


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
        if not count:
            continue
        if found and found[-1][1] == share:
            found[-1] = (found[-1][0] + count, share)
        else:
            found.append((count, share))
    return tuple([UnitRun(count, share) for count, share in found])


def _reduce(run: Run, share: int, also_exact: bool) -> None:
    run[LEFT] -= share
    if also_exact:
        run[TOP] = max(run[TOP] - share * run[BOTTOM], 0)


def _bounded(top: int, bottom: int) -> tuple[int, int]:
    if bottom > _MAX_BOTTOM:
        return (top * _FINE + bottom // 2) // bottom, _FINE
    return top, bottom


def _common_bottom(runs: Iterable[Run]) -> int:
    return lcm(*{run[BOTTOM] for run in runs})


def _percent(runs: Sequence[Run], rate: tuple[int, int], bottom: int) -> int:
    if rate[0] == rate[1]:
        return sum([run[COUNT] * run[LEFT] for run in runs])
    top = sum([run[COUNT] * run[TOP] * (bottom // run[BOTTOM]) for run in runs]) * rate[0]
    whole = bottom * rate[1]
    return min((2 * top + whole) // (2 * whole), sum([run[COUNT] * run[LEFT] for run in runs]))
