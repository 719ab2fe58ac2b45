"""Which limited programs a sale has used: what counts against their limits, at the register and at HQ alike.

A use is a sale in which the program gave something: a discount, points, a gift or a coupon, or what a voucher is for. Both sides read it from
the sale itself, so that they count the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from agent.domain.explain import explain
from agent.domain.goods import GoodsFinder
from agent.domain.program import Program
from agent.domain.program_set import ProgramSet
from agent.domain.quote import Applied, Discount, Earned, GiftGrant
from agent.domain.quote_input import QuoteInput
from agent.domain.rewards.multiply import Multiply


class OfProgram(Protocol):
    @property
    def program_id(self) -> str: ...


class Given(Protocol):
    """What a sale gave, as a settled sale or a journal entry tells it."""

    @property
    def discounts(self) -> tuple[Discount, ...]: ...
    @property
    def earned(self) -> tuple[Earned, ...]: ...
    @property
    def gifts(self) -> tuple[GiftGrant, ...]: ...
    @property
    def coupons_issued(self) -> Sequence[OfProgram]: ...
    @property
    def coupons_redeemed(self) -> Sequence[OfProgram]: ...


def limited_uses(program_set: ProgramSet, quote_input: QuoteInput, sale: Given) -> dict[str, int]:
    """program id -> minor units that it took off, for each program with a limit that gave something."""
    limited = [program for program in program_set.programs if program.limits.any]
    if not limited:
        return {}
    gave = {one.program_id for one in sale.earned if one.points}
    gave |= {one.program_id for one in sale.gifts} | {one.program_id for one in sale.coupons_issued}
    gave |= {one.program_id for one in sale.coupons_redeemed}
    amounts: dict[str, int] = {}
    for discount in sale.discounts:
        amounts[discount.program_id] = amounts.get(discount.program_id, 0) + discount.amount_minor
    return {
        program.id: amounts.get(program.id, 0)
        for program in limited
        if program.id in amounts or program.id in gave or _multiplied(program, program_set, quote_input, sale)
    }


def _multiplied(program: Program, program_set: ProgramSet, quote_input: QuoteInput, sale: Given) -> bool:
    """A multiplier is named nowhere in a sale: it gave something where it stood and its goods earned its points."""
    rules = [rule for rule in program.earning if isinstance(rule, Multiply)]
    earned = {one.program_id: {share.line_id for share in one.lines} for one in sale.earned if one.points}
    rules = [rule for rule in rules if rule.points_of in earned]
    if not rules or not isinstance(explain(quote_input, program_set, program.id), Applied):
        return False
    lines = quote_input.basket.lines
    finder = GoodsFinder(lines)
    return any(
        lines[place].line_id in earned[rule.points_of]
        for rule in rules
        for place in finder.places(rule.goods, "points")
    )
