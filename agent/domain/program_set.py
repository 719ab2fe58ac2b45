"""The programs in force together: found by goods, by id, by group."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

import msgspec

from agent.domain.candidate import phase_of, rounds
from agent.domain.experiments import Experiment
from agent.domain.goods import GoodsKey, selector_keys
from agent.domain.ledger import money_unit, points_unit, stamp_unit
from agent.domain.program import TAKES_NOTHING_OFF, Program
from agent.domain.quote import Refusal
from agent.domain.stacking import NO_GROUP, StackingGroup

# What a program is about and what it gives says nothing of whom, when and where it is for; all else may.
_ITS_OWN: Final = frozenset(
    {
        "id", "needs", "name", "receipt_text", "trigger", "code", "cost", "conditions", "rewards", "earning", "group",
        "not_with", "limits", "priority", "tiers", "experiment",
    }
)  # fmt: skip
_STANDING_FIELDS: Final = tuple(field for field in Program.__struct_fields__ if field not in _ITS_OWN)


class DisabledProgram(msgspec.Struct, frozen=True):
    """A program of the set that cannot run here, with the reason; the others run."""

    program_id: str
    name: dict[str, str]
    refusal: Refusal


class ProgramSet:
    """A program set that may be evaluated. `hash` is the SHA-256 of its bytes in lower-case hex."""

    def __init__(
        self,
        *,
        set_id: str,
        version: int,
        currency: str,
        hash: str,  # noqa: A002 - the designs' word
        programs: Sequence[Program],
        groups: Sequence[StackingGroup] = (),
        disabled: Sequence[DisabledProgram] = (),
        experiments: Sequence[Experiment] = (),
    ) -> None:
        self.set_id = set_id
        self.version = version
        self.currency = currency
        self.hash = hash
        self.programs: tuple[Program, ...] = tuple(sorted(programs, key=lambda program: program.id))
        self.experiments = {experiment.id: experiment for experiment in experiments}
        self.groups = {group.id: group for group in groups}
        self.disabled: tuple[DisabledProgram, ...] = tuple(disabled)
        self.stores: dict[str, frozenset[str]] = {
            p.id: frozenset(p.stores) for p in self.programs if p.stores
        }
        self._by_id: dict[str, Program] = {program.id: program for program in self.programs}
        self._disabled_by_id = {each.program_id: each for each in disabled}
        self.tiers = next((program for program in self.programs if program.kind == "tiers"), None)
        # Programs that are refused alike for what has nothing to do with the basket share a number.
        self.standing_class: dict[str, int] = {}
        self._classes: dict[tuple[object, ...], int] = {}
        # Nothing is given under these unless their code or coupon is presented.
        self._waiting = 0
        self._bit_of: dict[str, int] = {}
        self._bits_of_code: dict[str, int] = {}
        self._for_any_basket = 0
        self._by_goods: dict[GoodsKey, int] = {}
        for number, program in enumerate(self.programs):
            self._index(1 << number, program)
            self._classify(1 << number, program)
        # The phase of every program that takes something off, and whether it may have to round.
        giving = [p for p in self.programs if p.rewards and not isinstance(p.rewards[0], TAKES_NOTHING_OFF)]
        self.phases = {program.id: phase_of(program) for program in giving}
        self.rounding = {program.id: rounds(program.rewards[0]) for program in giving}
        # Programs that may be refused for more than what they share with others of their standing class.
        self.particular = frozenset(
            p.id for p in self.programs if p.limits.any or p.experiment or p.audience.who == "offered"
        )

    def program(self, program_id: str) -> Program | None:
        """The program of this id, where it can run here."""
        return self._by_id.get(program_id)

    def disabled_program(self, program_id: str) -> DisabledProgram | None:
        """The switched-off program of this id."""
        return self._disabled_by_id.get(program_id)

    def group_of(self, program: Program) -> StackingGroup:
        """The stacking group of a program; one without rules where it names none."""
        return self.groups.get(program.group, NO_GROUP)

    def unit_of(self, program_id: str) -> str:
        """The ledger unit that the program of this id counts in: points, stamps, or stored value."""
        program = self._by_id.get(program_id)
        if program is not None and program.kind == "cashback":
            return money_unit(program.currency or self.currency)
        if program is not None and program.kind == "stamps":
            return stamp_unit(program_id)
        return points_unit(program_id)

    def about(
        self,
        keys: Iterable[GoodsKey],
        *,
        presented: Iterable[str] = (),
        codes: Iterable[str] = (),
        named: Iterable[str] = (),
        waiting: bool = False,
    ) -> list[Program]:
        """The programs that could give something for a basket with these goods, by id.

        Those that wait for a code or a coupon only where it is among `codes`, or they are among the `presented`
        or the `named`; all of them with `waiting`.
        """
        met = self._for_any_basket
        by_goods = self._by_goods
        for key in keys:
            found = by_goods.get(key)
            if found is not None:
                met |= found
        if self._waiting and not waiting:
            asked = 0
            for program_id in (*presented, *named):
                asked |= self._bit_of.get(program_id, 0)
            for code in codes:
                asked |= self._bits_of_code.get(code, 0)
            met &= ~self._waiting | asked
        programs = self.programs
        found_programs: list[Program] = []
        while met:
            lowest = met & -met
            found_programs.append(programs[lowest.bit_length() - 1])
            met ^= lowest
        return found_programs

    def _index(self, bit: int, program: Program) -> None:
        """A set bit for each program, so that a basket's programs are found by joining a few numbers."""
        # How members move from tier to tier is of no basket, either.
        if program.run_by_hq or program.kind == "tiers":
            return
        goods = program.goods
        if not goods or any(each.everything for each in goods):
            self._for_any_basket |= bit
            return
        for each in goods:
            for key in selector_keys(each):
                self._by_goods[key] = self._by_goods.get(key, 0) | bit

    def _classify(self, bit: int, program: Program) -> None:
        alike = tuple(getattr(program, field) for field in _STANDING_FIELDS)
        alike = (*alike, program.has_amounts)
        self.standing_class[program.id] = self._classes.setdefault(alike, len(self._classes))
        self._bit_of[program.id] = bit
        if program.trigger in ("code", "coupon"):
            self._waiting |= bit
        if program.code:
            self._bits_of_code[program.code] = self._bits_of_code.get(program.code, 0) | bit
