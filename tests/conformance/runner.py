"""Running cases: each by itself, and whatever one of them does, the others run."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal

import msgspec

from agent.domain.errors import LoyaltyError
from tests.conformance.actions import Register, StepResult
from tests.conformance.expectations import Comparison, Difference
from tests.conformance.setup import Setup, StepSettings, read_case
from tests.conformance.shop import Order
from tests.conformance.source_lines import read_lines
from tests.conformance.words import Json, UnknownWord, Words

Verdict = Literal["passed", "failed", "skipped"]
_SCHEMA_VERSION: Final = 1
_STEP_WORDS: Final = ("basket", "actions", "expect", "basket_same_as_previous")
# A basket beyond what ours may be, with a line of ten thousand millions.
_BEYOND_US: Final = "bad_quote_input"
_TODAY: Final = datetime.date(2026, 11, 22)


class BadFile(Exception):
    """The file holds no cases that can be read."""


@dataclass(frozen=True)
class Step:
    """One step with what came of it."""

    number: int
    data: Json
    result: StepResult
    differences: tuple[Difference, ...]


@dataclass(frozen=True)
class Outcome:
    """One case. `reason` says why it is skipped, or which error of ours stopped it."""

    id: str
    level: str
    title: str
    verdict: Verdict
    reason: str = ""
    differences: tuple[Difference, ...] = ()
    steps: tuple[Step, ...] = ()

    @property
    def what(self) -> str:
        """What differs, or why the case did not run to its end."""
        return "; ".join([*(str(each) for each in self.differences), *([self.reason] if self.reason else [])])

    @property
    def line(self) -> str:
        """One line for people."""
        return f"{self.id} ({self.level}) {self.verdict}: {self.what}"


@dataclass(frozen=True)
class CaseFile:
    cases: tuple[Json, ...]
    today: datetime.date


def load(path: Path) -> CaseFile:
    """The cases of a file. Raises BadFile."""
    try:
        data: Any = msgspec.json.decode(path.read_bytes())
    except OSError as error:
        raise BadFile(f"{path} cannot be read: {error.strerror}.") from error
    except msgspec.DecodeError as error:
        raise BadFile(f"{path} is not JSON: {error}.") from error
    if not isinstance(data, dict) or not isinstance(data.get("cases"), list):
        raise BadFile(f"{path} has no list of cases.")
    if data.get("schema_version", _SCHEMA_VERSION) != _SCHEMA_VERSION:
        raise BadFile(
            f"{path} has schema version {data['schema_version']}, and this reads {_SCHEMA_VERSION}."
        )
    try:
        today = datetime.date.fromisoformat(str(data.get("date", _TODAY)))
    except ValueError:
        today = _TODAY
    return CaseFile(tuple(each for each in data["cases"] if isinstance(each, dict)), today)


def run(cases: Sequence[Json], today: datetime.date) -> list[Outcome]:
    return [run_case(case, today) for case in cases]


def run_case(case: Json, today: datetime.date) -> Outcome:
    """One case, step by step, to its end or to the first word that is not known."""
    steps: list[Step] = []

    def outcome(verdict: Verdict, reason: str = "") -> Outcome:
        found = tuple(each for step in steps for each in step.differences)
        return Outcome(
            str(case.get("id", "?")),
            str(case.get("level", "core")),
            str(case.get("title", "")),
            verdict,
            reason,
            found,
            tuple(steps),
        )

    try:
        setup = read_case(case, today)
        for number, data in enumerate(setup.steps, start=1):
            steps.append(_run_step(setup, number, data))
    except UnknownWord as error:
        return outcome("skipped", str(error))
    except LoyaltyError as error:
        verdict: Verdict = "skipped" if error.code == _BEYOND_US else "failed"
        return outcome(verdict, f"{error.title} ({error.code})")
    except Exception as error:  # the top of the run: a defect of ours is this case's failure and no other's
        return outcome("failed", f"{type(error).__name__}: {error}")
    if not any(step.data.get("expect") for step in steps):
        return outcome("skipped", "nothing is expected")
    if not any(step.differences for step in steps):
        return outcome("passed")
    return outcome(
        "failed", "".join(f"our rules do not have the policy {each}" for each in setup.policy.wanted[:1])
    )


def _run_step(setup: Setup, number: int, data: Json) -> Step:
    words = Words(data, f"step {number}")
    basket, actions, expect, same = (words.take(word) for word in _STEP_WORDS)
    words.done()
    shop = setup.shop
    if basket is not None:
        shop.order = Order(0, read_lines(basket), shop.member)
    elif same and shop.order is not None:
        shop.order = Order(0, shop.order.lines, shop.member)
    register = Register(setup, StepSettings(number))
    for action in actions or ():
        register.perform(action)
    register.result.priced = register.price()
    comparison = Comparison(setup, register.result, f"step {number}: " if len(setup.steps) > 1 else "")
    comparison.compare(expect or {})
    return Step(number, data, register.result, tuple(comparison.differences))
