"""How many points and stamps a sale earns, on what is really paid."""

from __future__ import annotations

from fractions import Fraction

from agent.domain.conditions.min_spend import MinSpend
from agent.domain.program import Condition, Program
from agent.domain.program_set import ProgramSet
from agent.domain.quote_input import QuoteInput
from agent.domain.rewards.back import Back
from agent.domain.rewards.multiply import Multiply
from agent.domain.rewards.per_money import PerMoney
from agent.domain.rewards.per_unit import PerUnit
from tests.oracle.goods import Shelf, Units, prices_of
from tests.oracle.standing import stands


def holds(condition: Condition, shelf: Shelf, units: Units) -> bool:
    """Whether a condition is met by what is left of its own goods."""
    if isinstance(condition, MinSpend):
        return shelf.left_of(condition.goods, units) >= condition.amount_minor
    return shelf.bought_of(condition.goods, units) >= condition.units


def all_hold(program: Program, shelf: Shelf, units: Units) -> bool:
    """Whether all conditions of a program are met."""
    return all(holds(condition, shelf, units) for condition in program.conditions)


class Earning:
    """What this member earns under these programs, whatever the discounts turn out to be."""

    def __init__(self, quote_input: QuoteInput, program_set: ProgramSet, shelf: Shelf) -> None:
        self._shelf = shelf
        standing = [program for program in program_set.programs if stands(program, quote_input, program_set)]
        self._earners = [program for program in standing if program.kind in ("points", "stamps", "cashback")]
        self.in_money = frozenset(program.id for program in self._earners if program.kind == "cashback")
        self._multipliers = [program for program in standing if program.kind == "points_multiplier"]

    def points(self, units: Units) -> dict[str, int]:
        """The points of each program, after all discounts; those that give none are left out."""
        paid = [line.extended_minor for line in self._shelf.lines]
        for number in {unit.line for unit in units}:
            paid[number] = sum(unit.left for unit in units if unit.line == number)
        found = {
            program.id: int(self._of(program, units, paid))
            for program in self._earners
            if all_hold(program, self._shelf, units)
        }
        return {program_id: points for program_id, points in found.items() if points}

    def _of(self, program: Program, units: Units, paid: list[int]) -> Fraction:
        lines = self._shelf.lines
        total = Fraction(0)
        for rule in program.earning:
            if isinstance(rule, Multiply):
                continue
            each = Fraction(rule.rate if isinstance(rule, Back) else rule.points)
            earning = [
                number
                for number in self._shelf.among(rule.goods)
                if lines[number].earns and not lines[number].deposit
            ]
            together = sum(paid[number] for number in earning)
            for number in earning:
                if isinstance(rule, Back):
                    basic = each * paid[number]
                elif isinstance(rule, PerMoney):
                    basic = each * paid[number] / rule.per_minor
                elif isinstance(rule, PerUnit):
                    basic = each * sum(price > 0 for price in prices_of(lines[number]))
                elif together:
                    basic = each * paid[number] / together
                else:
                    continue
                total += basic * self._times(program, number, units)
        return total

    def _times(self, program: Program, number: int, units: Units) -> Fraction:
        found = [
            Fraction(rule.times)
            for each in self._multipliers
            if all_hold(each, self._shelf, units)
            for rule in each.earning
            if isinstance(rule, Multiply)
            and rule.points_of == program.id
            and number in self._shelf.among(rule.goods)
        ]
        return max(found, default=Fraction(1))
