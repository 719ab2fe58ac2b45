"""The best deal as an integer model, for shops in which it is one, and HiGHS to solve it.

A shop is linear where nothing is rounded and no phase changes what another one sees: set offers that take whole minor
units (bundles; `cheapest_of` and `buy_get` whose rate leaves nothing over), amounts off the whole sale, no conditions,
no budgets, and of the stacking rules "one" and `not_with`. A column says how often a possible set is made, or what an
amount takes.
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
from agent.domain.goods import Goods
from agent.domain.program import Program
from agent.domain.program_set import ProgramSet
from agent.domain.quote_input import QuoteInput
from agent.domain.rewards.amount_off import AmountOff
from agent.domain.rewards.bundle import Bundle
from agent.domain.rewards.buy_get import BuyGet
from agent.domain.rewards.cheapest_of import CheapestOf
from tests.oracle.goods import is_among, units_of

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
    programs = [program for program in program_set.programs if program.rewards]
    for program in programs:
        _require_plain(program, program_set)
    model = LinearModel()
    kinds = _kinds(quote_input.basket.lines, programs)
    used: dict[int, dict[int, int]] = {number: {} for number in range(len(kinds))}
    columns: dict[str, list[int]] = {}
    amounts: list[int] = []
    for program in programs:
        reward = program.rewards[0]
        if isinstance(reward, AmountOff):
            column = model.column(1, min(reward.amount_minor, sum(kind.price * kind.count for kind in kinds)))
            amounts.append(column)
            columns[program.id] = [column]
            continue
        mine: list[int] = []
        for needs, saving in sorted(_possible_sets(program, kinds).items()):
            most = min(kinds[number].count // count for number, count in needs)
            column = model.column(saving, most)
            mine.append(column)
            for number, count in needs:
                used[number][column] = count
        if isinstance(reward, Bundle | BuyGet | CheapestOf) and reward.max_sets:
            model.at_most(dict.fromkeys(mine, 1), reward.max_sets)
        columns[program.id] = mine
    for number, kind in enumerate(kinds):
        model.at_most(used[number], kind.count)
    if amounts:
        # Amounts come after sets and take no more than is left.
        everything = sum(kind.price * kind.count for kind in kinds)
        model.at_most(dict(enumerate(model.worth)), everything)
    _keep_apart(model, columns, programs, program_set)
    return model


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
        or bool(program.conditions)
        or program.limits.any
        or program.active is not None
        or bool(program.hours)
        or bool(program.stores)
        or program.audience.who != "all"
        or (group is not None and (group.choose == "in_order" or group.percent_of == "original"))
        or not isinstance(reward, AmountOff | Bundle | BuyGet | CheapestOf)
        or (isinstance(reward, AmountOff) and (not reward.goods.everything or reward.off != "sale"))
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


def _keep_apart(
    model: LinearModel, columns: dict[str, list[int]], programs: Sequence[Program], program_set: ProgramSet
) -> None:
    """A column for each program that may exclude another says whether it is in the deal."""
    chosen: dict[str, int] = {}

    def is_in(program_id: str) -> int:
        if program_id not in chosen:
            chosen[program_id] = model.column(0, 1)
            for column in columns[program_id]:
                model.at_most({column: 1, chosen[program_id]: -model.most[column]}, 0)
        return chosen[program_id]

    for group in program_set.groups.values():
        if group.choose == "one":
            members = [program.id for program in programs if program.group == group.id]
            if len(members) > 1:
                model.at_most({is_in(each): 1 for each in members}, 1)
    for one, other in combinations(programs, 2):
        if one.id in other.not_with or other.id in one.not_with:
            model.at_most({is_in(one.id): 1, is_in(other.id): 1}, 1)
