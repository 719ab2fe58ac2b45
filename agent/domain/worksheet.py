"""What is left of each unit's price while a quote is being priced.

A line of 12 bottles is a few runs of units with equal figures, never 12 objects. Beside the whole minor units
that are left, a run carries the exact remainder for the next percentage: each program's discount is rounded once,
and rounding never leaks into the next program's base.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from agent.domain.apportion import Part, apportion
from agent.domain.basket import Line
from agent.domain.quote import UnitRun

# A run is [units, minor units left each, exact remainder each, list price each].
Run = list[int]
COUNT: Final = 0
LEFT: Final = 1
EXACT: Final = 2
LIST: Final = 3

# Exact remainders are kept to a millionth of a millionth of a minor unit.
FINE: Final = 10**12
# Rates are whole millionths: a percentage has at most six decimals.
WHOLE: Final = 1_000_000

# A run with the place of its line.
Chosen = tuple[int, Run]
# A line's place, what was taken off it, and by which of its units.
Taken = tuple[int, int, tuple[UnitRun, ...]]
# What was taken off altogether and, on a recording sheet, line by line; untouched lines are left out.
Took = tuple[int, list[Taken]]


class Worksheet:
    """The lines of one basket, in canonical order, with what is left of them.

    A recording sheet keeps the share of every unit; a search does without.
    """

    __slots__ = ("_begin", "_focus", "record", "runs")

    def __init__(self, lines: Sequence[Line]) -> None:
        self._begin = [line_runs(line) for line in lines]
        self._focus: Sequence[int] = range(len(lines))
        self.record = False
        self.runs: list[list[Run]] = self._begin

    def focused(self, places: Sequence[int]) -> Worksheet:
        """The same basket for those who take something off these lines only; the others are not to be touched."""
        return self._like(self._begin, places, record=self.record)

    def fresh(self, *, record: bool) -> Worksheet:
        """The same basket with nothing taken off yet."""
        return self._like(self._begin, self._focus, record=record)

    def copy(self) -> Worksheet:
        """This moment, to go on from."""
        return self._like(self.runs, self._focus, record=self.record)

    def _like(self, runs: list[list[Run]], focus: Sequence[int], *, record: bool) -> Worksheet:
        sheet = Worksheet.__new__(Worksheet)
        sheet._begin = self._begin
        sheet._focus = focus
        sheet.record = record
        sheet.runs = mine = runs[:]
        for place in focus:
            mine[place] = [run[:] for run in runs[place]]
        return sheet

    def left_minor(self, places: Iterable[int]) -> int:
        """What is left to pay of these lines."""
        runs = self.runs
        return sum([run[0] * run[1] for place in places for run in runs[place]])

    def units_left(self, places: Iterable[int]) -> list[Chosen]:
        """The units of these lines that still cost something."""
        runs = self.runs
        return [(place, run) for place in places for run in runs[place] if run[1]]

    def split(self, place: int, run: Run, count: int) -> Run:
        """The first `count` units of a run as a run of their own; the others follow it."""
        if count < run[COUNT]:
            rest = [run[COUNT] - count, *run[1:]]
            line = self.runs[place]
            line.insert(next(at for at, each in enumerate(line) if each is run) + 1, rest)
            run[COUNT] = count
        return run

    def take_percent(self, chosen: Sequence[Chosen], rate: int, *, of_list: bool = False) -> Took:
        """Take a percentage (in millionths) off these units, rounded once for all of them.

        `of_list`: of their list prices instead of what is left, though never more than is left.
        """
        if rate == WHOLE and not of_list:
            return self.take(chosen, [(run[LEFT], 0) for _, run in chosen])
        if len(chosen) == 1 and chosen[0][1][COUNT] == 1 and not of_list:
            return self._take_percent_of_one(chosen[0], rate)
        weights = [run[LIST] * FINE if of_list else run[EXACT] for _, run in chosen]
        counts = [run[COUNT] for _, run in chosen]
        amount = percentage(counts, weights, [run[LEFT] for _, run in chosen], rate)
        parts = apportion(amount, counts, weights, [run[LEFT] for _, run in chosen])
        for (_, run), weight in zip(chosen, weights, strict=True):
            run[EXACT] = max(run[EXACT] - (weight * rate + WHOLE // 2) // WHOLE, 0)
        return self._take(chosen, parts)

    def percent_of(self, chosen: Sequence[Chosen], rate: int, *, of_list: bool = False) -> int:
        """What `take_percent` would take off."""
        weights = [run[LIST] * FINE if of_list else run[EXACT] for _, run in chosen]
        left = [run[LEFT] for _, run in chosen]
        counts = [run[COUNT] for _, run in chosen]
        if rate == WHOLE and not of_list:
            return sum([count * each for count, each in zip(counts, left, strict=True)])
        return percentage(counts, weights, left, rate)

    def take_amount(self, chosen: Sequence[Chosen], amount_minor: int) -> Took:
        """Take an amount off these units together, never more than is left of them."""
        left = [run[LEFT] for _, run in chosen]
        return self.take(chosen, apportion(amount_minor, [run[COUNT] for _, run in chosen], left, left))

    def take(self, chosen: Sequence[Chosen], parts: Sequence[Part]) -> Took:
        """Take these whole minor units off, unit by unit; the exact remainders fall by the same."""
        for (_, run), (share, extra) in zip(chosen, parts, strict=True):
            if not extra:
                run[EXACT] = max(run[EXACT] - share * FINE, 0)
        return self._take(chosen, parts, exact_of_extra=True)

    def _take_percent_of_one(self, one: Chosen, rate: int) -> Took:
        """The usual case, a line of one unit, without the machinery."""
        place, run = one
        exact = run[2]
        off = exact * rate
        amount = (2 * off + WHOLE * FINE) // (2 * WHOLE * FINE)
        if amount > run[1]:
            amount = run[1]
        run[1] -= amount
        run[2] = exact - (off + WHOLE // 2) // WHOLE
        if not amount or not self.record:
            return amount, []
        line = self.runs[place]
        if len(line) == 1:
            return amount, [(place, amount, (UnitRun(1, amount),))]
        return amount, [(place, amount, merged((each[0], amount if each is run else 0) for each in line))]

    def _take(self, chosen: Sequence[Chosen], parts: Sequence[Part], *, exact_of_extra: bool = False) -> Took:
        taken = self._shares(chosen, parts) if self.record else []
        amount = 0
        for (place, run), (share, extra) in zip(chosen, parts, strict=True):
            count = run[COUNT]
            amount += share * count + extra
            if not extra:
                run[LEFT] -= share
                continue
            # The first units of the run pay one more; the others follow as a run of their own.
            if extra != count:
                self.split(place, run, extra)
                line = self.runs[place]
                rest = line[next(at for at, each in enumerate(line) if each is run) + 1]
                rest[LEFT] -= share
                if exact_of_extra:
                    rest[EXACT] = max(rest[EXACT] - share * FINE, 0)
            run[LEFT] -= share + 1
            if exact_of_extra:
                run[EXACT] = max(run[EXACT] - (share + 1) * FINE, 0)
        return amount, taken

    def _shares(self, chosen: Sequence[Chosen], parts: Sequence[Part]) -> list[Taken]:
        """What each line gives, unit by unit, before it is taken off."""
        taken: list[Taken] = []
        by_run: dict[int, Part] = {}
        for (place, run), (share, extra) in zip(chosen, parts, strict=True):
            line = self.runs[place]
            if len(line) == 1:
                if share or extra:
                    count = run[COUNT]
                    taken.append((place, share * count + extra, _runs_of(count, share, extra)))
                continue
            if not by_run:
                by_run = {id(each): part for (_, each), part in zip(chosen, parts, strict=True)}
            # The first of a line's runs tells of the whole line.
            if run is not next(each for each in line if id(each) in by_run):
                continue
            shares: list[tuple[int, int]] = []
            for each in line:
                each_share, each_extra = by_run.get(id(each), (0, 0))
                shares += ((each_extra, each_share + 1), (each[COUNT] - each_extra, each_share))
            amount = sum([count * each_share for count, each_share in shares])
            if amount:
                taken.append((place, amount, merged(shares)))
        return taken


def _runs_of(count: int, share: int, extra: int) -> tuple[UnitRun, ...]:
    """The shares of a line whose units are all alike, as they usually are."""
    if not extra:
        return (UnitRun(count, share),)
    if extra == count:
        return (UnitRun(count, share + 1),)
    return UnitRun(extra, share + 1), UnitRun(count - extra, share)


def percentage(counts: Sequence[int], weights: Sequence[int], left: Sequence[int], rate: int) -> int:
    """A percentage (millionths) of units that weigh exact remainders: rounded once, half up, at most what is left."""
    top = sum([count * weight for count, weight in zip(counts, weights, strict=True)]) * rate
    whole = WHOLE * FINE
    room = sum([count * each for count, each in zip(counts, left, strict=True)])
    return min((2 * top + whole) // (2 * whole), room)


def line_runs(line: Line) -> list[Run]:
    """A line's price over its units, to the minor unit: 10.00 for three is 3.34, 3.33, 3.33."""
    count = line.units
    price = line.extended_minor
    if count == 1:
        return [[1, price, price * FINE, price]]
    each, extra = divmod(price, count)
    runs = [[extra, each + 1, (each + 1) * FINE, each + 1], [count - extra, each, each * FINE, each]]
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
