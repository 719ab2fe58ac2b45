"""A forgotten card: what a finished sale would have earned for a member who is named only afterwards.

Earning only: what was paid stays as it was paid. Points and stamps follow from the amounts that the sale stored for
each unit, under the sale's own programs and at the sale's own time, with what is known of the member now.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

import msgspec

from agent.domain.basis import Basis
from agent.domain.earning import earned_points
from agent.domain.evaluate import prepare
from agent.domain.member import MemberFacts
from agent.domain.pricing import Given, Priced
from agent.domain.program import TAKES_NOTHING_OFF
from agent.domain.program_set import ProgramSet
from agent.domain.quote import Discount, Earned
from agent.domain.quote_input import QuoteInput
from agent.domain.sold_units import paid_of
from agent.domain.worksheet import COUNT, FINE, LEFT, LIST, Run, Worksheet, line_runs


class AttachRules(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """The store's switches for forgotten cards.

    `days`: so long after a sale its points can be attached, 0 on the same business day only. `sales_per_member`: of
    the sales in that time at most so many are attached for one member, 0 none.
    """

    days: int = 7
    sales_per_member: int = 3


class PaidSale(Protocol):
    """A finished sale as its journal entry tells it."""

    @property
    def quote_input(self) -> QuoteInput: ...
    @property
    def discounts(self) -> tuple[Discount, ...]: ...


def would_have_earned(sale: PaidSale, member: MemberFacts, programs: ProgramSet) -> tuple[Earned, ...]:
    """What the sale earns for this member, by program.

    Raises LoyaltyError where the set is not the sale's own, or the sale was priced by another engine.
    """
    quote_input = msgspec.structs.replace(sale.quote_input, member=member, claims=(), coupons=())
    basis = prepare(quote_input, programs)
    sheet = Worksheet(basis.lines)
    sheet.record = True
    sheet.runs = [_paid_runs(line_runs(line), paid_of(line, sale.discounts)) for line in basis.lines]
    return earned_points(basis, Priced(sheet, given=list(_given(basis, sale.discounts))))


def _paid_runs(at_list: list[Run], paid: list[int]) -> list[Run]:
    """The units of a line in runs that are alike in what was paid for them and in their list price."""
    prices = [run[LEFT] for run in at_list for _unit in range(run[COUNT])]
    found: list[Run] = []
    for price, amount in zip(prices, paid, strict=True):
        if found and found[-1][LEFT] == amount and found[-1][LIST] == price:
            found[-1][COUNT] += 1
        else:
            found.append([1, amount, amount * FINE, price])
    return found


def _given(basis: Basis, discounts: Iterable[Discount]) -> Iterable[Given]:
    """What the sale's programs took off, for rules that count money before offers on the whole basket."""
    places = {line.line_id: place for place, line in enumerate(basis.lines)}
    for discount in discounts:
        program = basis.program_set.program(discount.program_id)
        if program is None or discount.line_id not in places:
            continue
        if not program.rewards or isinstance(program.rewards[0], TAKES_NOTHING_OFF):
            continue
        taken = [(places[discount.line_id], discount.amount_minor, discount.runs)]
        yield Given(basis.claim(program, 0), discount.amount_minor, taken)
