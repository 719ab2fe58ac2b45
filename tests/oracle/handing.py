"""What a sale issues and uses of vouchers, once its deal is decided."""

from __future__ import annotations

import uuid
from typing import NamedTuple

from agent.domain.program import Program
from agent.domain.program_set import ProgramSet
from agent.domain.quote_input import QuoteInput
from agent.domain.rewards.voucher import Voucher
from tests.oracle.earning import all_hold
from tests.oracle.goods import Shelf, Units
from tests.oracle.standing import coupons_of, stands


class Handed(NamedTuple):
    """Programs that issue a voucher; those that a voucher is for, each with its coupon; and what the former cost."""

    issued: tuple[str, ...] = ()
    used: tuple[tuple[str, uuid.UUID], ...] = ()
    costs: tuple[tuple[str, int], ...] = ()


class Handing:
    """The vouchers of one quote: chosen ones, those of the highest priority first, as far as the points go."""

    def __init__(self, quote_input: QuoteInput, program_set: ProgramSet, shelf: Shelf) -> None:
        self._input = quote_input
        self._set = program_set
        self._shelf = shelf
        claimed = {claim.program_id for claim in quote_input.claims}
        standing = [each for each in program_set.programs if stands(each, quote_input, program_set)]
        chosen = [each for each in standing if _issues_a_voucher(each) and each.id in claimed]
        self._chosen = sorted(chosen, key=lambda each: (-each.priority, each.id))
        self._experiences = [each for each in standing if each.kind == "experience"]

    def out(self, units: Units, spent: dict[str, int]) -> Handed:
        """What is handed out where these units are left and so much is spent already."""
        issued: list[str] = []
        costs: dict[str, int] = {}
        for program in self._chosen:
            if not all_hold(program, self._shelf, units):
                continue
            if program.cost is not None:
                unit = self._set.unit_of(program.cost.points_of)
                if self._points(unit) - spent.get(unit, 0) - costs.get(unit, 0) < program.cost.points:
                    continue
                costs[unit] = costs.get(unit, 0) + program.cost.points
            issued.append(program.id)
        used = [
            (program.id, min(coupons_of(program, self._input))[1])
            for program in self._experiences
            if all_hold(program, self._shelf, units) and list(coupons_of(program, self._input))
        ]
        return Handed(tuple(sorted(issued)), tuple(sorted(used)), tuple(sorted(costs.items())))

    def _points(self, unit: str) -> int:
        member = self._input.member
        return min(member.balances.get(unit, 0), member.spendable.get(unit, 0)) if member is not None else 0


def _issues_a_voucher(program: Program) -> bool:
    return any(isinstance(reward, Voucher) for reward in program.rewards)
