"""The best deal as an integer model, for shops in which it is one, and HiGHS to solve it.

A shop is linear where no rounding moves and no phase changes what another one takes: set offers that take whole minor
units (bundles; `cheapest_of` and `buy_get` whose rate leaves nothing over), offers on chosen goods that no offer beside
them is about, amounts off the whole sale, over a threshold or not, no budgets, and of the stacking rules "one" and
`not_with`. A column says how often a possible set is made, whether an offer applies, or what an amount takes.
"""

from __future__ import annotations

import json
import os
import subprocess
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import combinations, combinations_with_replacement, product
from pathlib import Path
from types import TracebackType
from typing import Any, Final

from agent.domain.basket import Line
from agent.domain.conditions.min_spend import MinSpend
from agent.domain.goods import Goods
from agent.domain.program import Program
from agent.domain.program_set import ProgramSet
from agent.domain.quote_input import QuoteInput
from agent.domain.rewards.amount_off import AmountOff
from agent.domain.rewards.bundle import Bundle
from agent.domain.rewards.buy_get import BuyGet
from agent.domain.rewards.cheapest_of import CheapestOf
from agent.domain.rewards.percent_off import PercentOff
from tests.oracle.goods import Shelf, is_among, units_of
from tests.oracle.standing import Candidate, candidates_of
from tests.oracle.taking import taken_by

MAX_COLUMNS: Final = 200_000
_SCRIPT: Final = Path(__file__).with_name("highs_process.py")
_REPOSITORY: Final = Path(__file__).resolve().parents[2]


class NotLinearError(ValueError):
    """The best deal of this shop is no linear model."""


@dataclass
class LinearModel:
    """Maximise what the columns are worth, each a whole number from 0 to `most`, under rows that are sums at most."""

    worth: list[int] = field(default_factory=list)
    most: list[int] = field(default_factory=list)
    rows: list[tuple[dict[int, int], int]] = field(default_factory=list)

    def column(self, worth: int, most: int) -> int:
        """A new column; its number."""
        if len(self.worth) == MAX_COLUMNS:
            raise NotLinearError("there are too many possible sets to list them")
        self.worth.append(worth)
        self.most.append(most)
        return len(self.worth) - 1

    def at_most(self, times: dict[int, int], most: int) -> None:
        """A row: so many times each of these columns is at most this."""
        if times:
            self.rows.append((times, most))

    def as_json(self) -> dict[str, Any]:
        """What the solver's process reads."""
        rows = [
            {"columns": list(times), "times": list(times.values()), "most": most} for times, most in self.rows
        ]
        return {"worth": self.worth, "most": self.most, "rows": rows}


@dataclass(frozen=True)
class Solved:
    """The largest discount, and the seconds that HiGHS itself took."""

    discount_minor: int
    solve_s: float


class Solver:
    """HiGHS in its own process, for as many models as are asked."""

    def __init__(self, python: Path | None = None) -> None:
        self._process = subprocess.Popen(
            [str(python or solver_python()), str(_SCRIPT)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def __enter__(self) -> Solver:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            self._process.communicate(timeout=10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def solve(self, model: LinearModel) -> Solved:
        """The optimum. Raises RuntimeError where HiGHS has found none in its time."""
        stdin, stdout = self._process.stdin, self._process.stdout
        if stdin is None or stdout is None:
            raise RuntimeError("HiGHS has no pipes")
        stdin.write(json.dumps(model.as_json()) + "\n")
        stdin.flush()
        line = stdout.readline()
        if not line:
            raise RuntimeError("HiGHS ended without an answer")
        answer = json.loads(line)
        if not answer["optimal"]:
            raise RuntimeError("HiGHS found no optimum in its time")
        return Solved(round(answer["objective"]), answer["solve_s"])


def solver_python() -> Path:
    """The interpreter that has highspy: REGULARS_SOLVER_PYTHON, else `.venv-solver`."""
    told = os.environ.get("REGULARS_SOLVER_PYTHON")
    return Path(told) if told else _REPOSITORY / ".venv-solver" / "bin" / "python"


def linear_model(quote_input: QuoteInput, program_set: ProgramSet) -> LinearModel:
    """The best deal of a linear shop. Raises NotLinearError for any other.

    Every program of the set that gives a discount must be automatic, and for everybody.
    """
    shelf = Shelf(quote_input.basket.lines)
    programs = [
        program
        for program in program_set.programs
        if program.rewards and (not program.goods or any(shelf.among(goods) for goods in program.goods))
    ]
    for program in programs:
        _require_plain(program, program_set)
    model = LinearModel()
    units = units_of(shelf.lines)
    kinds = _kinds(shelf.lines, [program for program in programs if _parts(program)])
    used: dict[int, dict[int, int]] = {number: {} for number in range(len(kinds))}
    columns: dict[str, list[int]] = {}
    for program in programs:
        if _parts(program):
            columns[program.id] = _set_columns(model, program, kinds, used)
    for number, kind in enumerate(kinds):
        model.at_most(used[number], kind.count)
    apart = _Apart(model, columns, programs, program_set)
    for one in candidates_of(quote_input, program_set):
        if not _parts(one.program) and not _is_late(one.program):
            _require_alone(one, programs, shelf, apart)
            columns[one.id] = [model.column(taken_by(one, shelf, units, units, 1).amount, 1)]
    early = dict(enumerate(model.worth))
    everything = sum(unit.price for unit in units)
    for program in programs:
        if _is_late(program):
            columns[program.id] = _amount_columns(model, program, early, everything, apart)
    if any(_is_late(program) for program in programs):
        # Amounts come after everything else and take no more than is left.
        model.at_most({column: worth for column, worth in enumerate(model.worth) if worth}, everything)
    apart.keep()
    return model


def _is_late(program: Program) -> bool:
    reward = program.rewards[0]
    return isinstance(reward, AmountOff) and reward.goods.everything


def _set_columns(
    model: LinearModel, program: Program, kinds: Sequence[_Kind], used: dict[int, dict[int, int]]
) -> list[int]:
    """A column for each possible set."""
    mine: list[int] = []
    for needs, saving in sorted(_possible_sets(program, kinds).items()):
        column = model.column(saving, min(kinds[number].count // count for number, count in needs))
        mine.append(column)
        for number, count in needs:
            used[number][column] = count
    reward = program.rewards[0]
    if isinstance(reward, Bundle | BuyGet | CheapestOf) and reward.max_sets:
        model.at_most(dict.fromkeys(mine, 1), reward.max_sets)
    return mine


def _amount_columns(
    model: LinearModel, program: Program, early: dict[int, int], everything: int, apart: _Apart
) -> list[int]:
    """A column for what an amount takes; with a threshold, only where earlier discounts leave as much."""
    reward = program.rewards[0]
    if not isinstance(reward, AmountOff):
        raise NotLinearError(f"{program.id} is no amount")
    over = max((each.amount_minor for each in program.conditions if isinstance(each, MinSpend)), default=0)
    if over > everything:
        return []
    column = model.column(1, min(reward.amount_minor, everything))
    if over:
        apart.columns[program.id] = [column]
        model.at_most({**early, apart.is_in(program.id): over}, everything)
    return [column]


def _require_alone(one: Candidate, programs: Sequence[Program], shelf: Shelf, apart: _Apart) -> None:
    """What an offer on chosen goods takes is known only where nothing else of the deal is about them before or with it."""
    mine = frozenset(place for goods in one.program.goods for place in shelf.among(goods))
    for other in programs:
        if other.id == one.id or _is_late(other) or apart.excludes(one.program, other):
            continue
        if any(mine & shelf.among(goods) for goods in other.goods):
            raise NotLinearError(f"{one.id} and {other.id} may be about the same goods")


@dataclass(frozen=True)
class _Kind:
    """So many units of one price that are goods of the same parts of the same programs."""

    price: int
    roles: frozenset[tuple[str, int]]
    count: int


def _require_plain(program: Program, program_set: ProgramSet) -> None:
    group = program_set.groups.get(program.group)
    reward = program.rewards[0]
    wrong = (
        program.trigger != "automatic"
        or any(not isinstance(each, MinSpend) or not each.goods.everything for each in program.conditions)
        or (bool(program.conditions) and not _is_late(program))
        or program.limits.any
        or program.active is not None
        or bool(program.hours)
        or bool(program.stores)
        or program.audience.who != "all"
        or (group is not None and (group.choose == "in_order" or group.percent_of == "original"))
        or not isinstance(reward, AmountOff | PercentOff | Bundle | BuyGet | CheapestOf)
        or (isinstance(reward, AmountOff) and reward.goods.everything and reward.off != "sale")
        or (isinstance(reward, PercentOff) and reward.goods.everything)
    )
    if wrong:
        raise NotLinearError(f"{program.id} is not linear")


def _kinds(lines: Sequence[Line], programs: Sequence[Program]) -> list[_Kind]:
    ordered = list(lines)
    found: Counter[tuple[int, frozenset[tuple[str, int]]]] = Counter()
    for unit in units_of(ordered):
        if unit.price:
            roles = frozenset(
                (program.id, part)
                for program in programs
                for part, goods in enumerate(_parts(program))
                if is_among(ordered[unit.line], goods)
            )
            found[unit.price, roles] += 1
    ranked = sorted(found, key=lambda one: (-one[0], sorted(one[1])))
    return [_Kind(price, roles, found[price, roles]) for price, roles in ranked]


def _parts(program: Program) -> tuple[Goods, ...]:
    reward = program.rewards[0]
    if isinstance(reward, Bundle):
        return tuple(part.goods for part in reward.parts)
    if isinstance(reward, BuyGet):
        return reward.buy, reward.goods
    return (reward.goods,) if isinstance(reward, CheapestOf) else ()


_Needs = tuple[tuple[int, int], ...]


def _possible_sets(program: Program, kinds: Sequence[_Kind]) -> dict[_Needs, int]:
    """What each possible set needs of each kind, and the most that it can save."""
    found: dict[_Needs, int] = {}
    for numbers, saving in _sets(program, kinds):
        needs = Counter(numbers)
        if saving > 0 and all(count <= kinds[number].count for number, count in needs.items()):
            key = tuple(sorted(needs.items()))
            found[key] = max(found.get(key, 0), saving)
            if len(found) > MAX_COLUMNS:
                raise NotLinearError("there are too many possible sets to list them")
    return found


def _sets(program: Program, kinds: Sequence[_Kind]) -> Iterator[tuple[tuple[int, ...], int]]:
    reward = program.rewards[0]
    able = [
        [number for number, kind in enumerate(kinds) if (program.id, part) in kind.roles]
        for part in range(len(_parts(program)))
    ]
    if isinstance(reward, Bundle):
        picks = [
            combinations_with_replacement(fit, part.units)
            for fit, part in zip(able, reward.parts, strict=True)
        ]
        for chosen in product(*picks):
            numbers = tuple(number for part in chosen for number in part)
            yield numbers, sum(kinds[number].price for number in numbers) - reward.price_minor
    elif isinstance(reward, CheapestOf):
        for numbers in combinations_with_replacement(able[0], reward.of):
            # Kinds are ranked by price, the dearest first.
            yield numbers, _whole(reward.rate, [kinds[number].price for number in numbers[-reward.units :]])
    elif isinstance(reward, BuyGet):
        for bought in combinations_with_replacement(able[0], reward.buy_units):
            for size in range(1, reward.units + 1):
                for given in combinations_with_replacement(able[1], size):
                    yield (*bought, *given), _whole(reward.rate, [kinds[number].price for number in given])


def _whole(rate: Decimal, prices: Sequence[int]) -> int:
    savings = [price * rate for price in prices]
    if any(saving % 1 for saving in savings):
        raise NotLinearError("a percentage would have to be rounded")
    return int(sum(savings))


class _Apart:
    """Programs that exclude one another: a column for each of them says whether it is in the deal."""

    def __init__(
        self,
        model: LinearModel,
        columns: dict[str, list[int]],
        programs: Sequence[Program],
        program_set: ProgramSet,
    ) -> None:
        self.columns = columns
        self._model = model
        self._programs = programs
        self._one_of = {group.id for group in program_set.groups.values() if group.choose == "one"}
        self._chosen: dict[str, int] = {}

    def excludes(self, one: Program, other: Program) -> bool:
        """Whether these two never stand together."""
        together = one.group == other.group and one.group in self._one_of
        return together or one.id in other.not_with or other.id in one.not_with

    def is_in(self, program_id: str) -> int:
        """The column that must be 1 where the program gives anything."""
        if program_id not in self._chosen:
            self._chosen[program_id] = chosen = self._model.column(0, 1)
            for column in self.columns[program_id]:
                self._model.at_most({column: 1, chosen: -self._model.most[column]}, 0)
        return self._chosen[program_id]

    def keep(self) -> None:
        """The rows, once all columns are there."""
        programs = [program for program in self._programs if self.columns.get(program.id)]
        for group in sorted(self._one_of):
            members = [program.id for program in programs if program.group == group]
            if len(members) > 1:
                self._model.at_most({self.is_in(each): 1 for each in members}, 1)
        for one, other in combinations(programs, 2):
            if one.id in other.not_with or other.id in one.not_with:
                self._model.at_most({self.is_in(one.id): 1, self.is_in(other.id): 1}, 1)
