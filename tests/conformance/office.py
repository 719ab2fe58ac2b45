"""What the shop's people do in the office between two sales: points by hand, settings, programs on and off."""

from __future__ import annotations

import dataclasses
import datetime
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from agent.domain import ledger
from tests.conformance.members import FACTS, Person
from tests.conformance.program_words import earner_id
from tests.conformance.setup import Setup, StepSettings
from tests.conformance.words import UnknownWord, decimal_of, whole_of


class Office:
    """One method for each word. `granted` collects the points of this step by program. Raises UnknownWord."""

    def __init__(self, setup: Setup, settings: StepSettings, granted: dict[str, Decimal]) -> None:
        self._setup = setup
        self._shop = setup.shop
        self._settings = settings
        self._granted = granted
        self.words: dict[str, Callable[[str, dict[str, str]], None]] = {
            "grant": self._grant,
            "set": self._set,
            "enable_only": self._enable_only,
            "enable": self._enable,
            "disable": self._disable,
            "apply_order": self._apply_order,
        }

    def _grant(self, argument: str, options: dict[str, str]) -> None:
        """Points by hand, with a reason; a lot that ends today still counts today."""
        points = whole_of(decimal_of(argument, "grant"), "grant")
        expires = options.pop("expires", "today")
        if expires != "today" and not self._later(expires):
            raise UnknownWord(f"points are granted that expire {expires}")
        options.pop("reason", "")
        wanted = options.pop("program", "")
        programs = [
            each.id
            for each in self._setup.source_programs()
            if each.kind == "points" and wanted in ("", each.id)
        ]
        if len(programs) != 1 or self._shop.member is None:
            raise UnknownWord("a grant that does not say of what, or to whom")
        self._give(self._shop.member, programs[0], points)
        self._granted[programs[0]] = self._granted.get(programs[0], Decimal(0)) + points

    def _later(self, text: str) -> bool:
        try:
            return datetime.date.fromisoformat(text) >= self._shop.today
        except ValueError:
            return False

    def _set(self, argument: str, options: dict[str, str]) -> None:
        path, sign, value = argument.partition("=")
        if not sign:
            raise UnknownWord(f'the setting "{argument}"')
        names = path.split(".")
        if names == ["program_uses"]:
            self._set_uses(whole_of(decimal_of(value, path), path))
        elif names == ["price_list"]:
            self._setup.price_list = value
        elif names[0] == "member":
            self._set_member(names[1:], value)
        else:
            place = _place_of(self._setup.programs, names)
            place[names[-1]] = {"true": True, "false": False}.get(value, value)

    def _set_uses(self, uses: int) -> None:
        limited = [each for each in self._setup.source_programs() if each.max_uses_total]
        if not limited:
            raise UnknownWord("program_uses where no program is limited")
        for each in limited:
            self._shop.uses[each.id] = uses - each.uses_before

    def _set_member(self, names: list[str], value: str) -> None:
        """`points.<program>`, or a fact that programs aim at; of a named member or of the one who is here."""
        person = self._shop.member
        if names and names[0] in self._shop.people:
            person = self._shop.people[names.pop(0)]
        if person is not None and len(names) == 2 and names[0] == "points":
            unit = ledger.points_unit(self._earner(names[1]))
            wanted = whole_of(decimal_of(value, "points"), "points")
            self._give(person, names[1], wanted - self._shop.balance(person.account_id, unit))
        elif person is not None and len(names) == 1 and names[0] in FACTS:
            changed = dataclasses.replace(person, facts={**person.facts, names[0]: value})
            self._shop.people[person.key] = changed
            if self._shop.member is person:
                self._shop.member = changed
                if self._shop.order is not None:
                    self._shop.order.member = changed
        else:
            raise UnknownWord(f'the setting of a member "{".".join(names)}"')

    def _give(self, person: Person, program_id: str, points: int) -> None:
        self._shop.give(person.account_id, ledger.points_unit(self._earner(program_id)), points)

    def _earner(self, program_id: str) -> str:
        for each in self._setup.source_programs():
            if each.id == program_id and each.kind == "points":
                return earner_id(each)
        raise UnknownWord(f'points of "{program_id}"')

    def _enable_only(self, argument: str, options: dict[str, str]) -> None:
        self._settings.only = frozenset() if argument == "none" else frozenset(self._ids(argument))

    def _enable(self, argument: str, options: dict[str, str]) -> None:
        self._settings.also.update(self._ids(argument))

    def _disable(self, argument: str, options: dict[str, str]) -> None:
        self._settings.without.update(self._ids(argument))

    def _apply_order(self, argument: str, options: dict[str, str]) -> None:
        self._settings.apply_order = tuple(self._ids(argument))

    def _ids(self, argument: str) -> list[str]:
        known = {each.get("id") for each in self._setup.programs}
        ids = [each.strip() for each in argument.split(",") if each.strip()]
        for each in ids:
            if each not in known:
                raise UnknownWord(f'the program "{each}"')
        return ids


def _place_of(programs: list[dict[str, Any]], names: list[str]) -> dict[str, Any]:
    """Where `program.word`, `program.part.word` or `program.reward.word` is written."""
    program = next((each for each in programs if each["id"] == names[0]), None)
    if program is None or not 2 <= len(names) <= 3:
        raise UnknownWord(f'the setting "{".".join(names)}"')
    if len(names) == 2:
        return program
    reward = next((each for each in program.get("rewards", []) if each["id"] == names[1]), None)
    part: Any = reward if reward is not None else program.get(names[1])
    if not isinstance(part, dict):
        raise UnknownWord(f'the setting "{".".join(names)}"')
    return part
