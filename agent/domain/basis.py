"""What stays the same while one quote is priced again and again: goods, candidates, and what is out of the question.

Lines are put into a canonical order, by what they are and not by when they were scanned, so that no result
depends on the order of scanning.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from typing import Any, Final

from agent.domain import refusal_codes
from agent.domain.basket import Line
from agent.domain.eligibility import coupon_refusal, standing_refusal
from agent.domain.goods import GoodsFinder
from agent.domain.program import Program, ProgramSet
from agent.domain.quote import Refusal, Refused
from agent.domain.quote_input import QuoteInput
from agent.domain.rewards.amount_off import AmountOff
from agent.domain.rewards.next_visit_coupon import NextVisitCoupon
from agent.domain.rewards.percent_off import PercentOff
from agent.domain.rewards.points_money_off import PointsMoneyOff
from agent.domain.situation import Situation
from agent.domain.worksheet import Worksheet

LINE_PHASE: Final = 1
BASKET_PHASE: Final = 2
COUPON_PHASE: Final = 3
POINTS_PHASE: Final = 4
PHASES: Final = (LINE_PHASE, BASKET_PHASE, COUPON_PHASE, POINTS_PHASE)

Discounting = PercentOff | AmountOff | PointsMoneyOff


@dataclass(frozen=True, slots=True, eq=False)
class Candidate:
    """A program that may take something off, with the lines that it is about.

    `blocks` are what was asked of a points reward; `rank` puts percentages before amounts.
    """

    program: Program
    reward: Discounting
    phase: int
    rank: int
    places: tuple[int, ...]
    blocks: int = 0
    coupon_id: uuid.UUID | None = None


@dataclass(slots=True)
class Basis:
    """`candidates` could take something off at list prices; `barred` are programs that cannot do anything now.

    `choices` are points rewards that nobody has claimed.
    """

    quote_input: QuoteInput
    program_set: ProgramSet
    lines: tuple[Line, ...]
    situation: Situation
    candidates: list[Candidate] = field(default_factory=list)
    choices: list[Program] = field(default_factory=list)
    earners: list[Program] = field(default_factory=list)
    issuers: list[Program] = field(default_factory=list)
    barred: dict[str, Refusal] = field(default_factory=dict)
    refused: list[Refused] = field(default_factory=list)
    list_savings: dict[Candidate, int] = field(default_factory=dict)

    def claim(self, program: Program, blocks: int) -> Candidate:
        """The candidate that a tap on this points reward makes."""
        return _candidate(self, program, blocks=blocks)


def basis_of(quote_input: QuoteInput, program_set: ProgramSet) -> Basis:
    """Sort the lines, find the programs that this basket, member and moment allow."""
    lines = tuple(sorted(quote_input.basket.lines, key=_canonical))
    finder = GoodsFinder(lines)
    situation = Situation(quote_input, lines, finder, Worksheet(lines))
    basis = Basis(quote_input, program_set, lines, situation)
    claims = {claim.program_id: claim.blocks for claim in quote_input.claims}
    coupons = {coupon.program_id for coupon in quote_input.coupons}
    for program in program_set.about(finder.keys):
        refusal = standing_refusal(program, program_set, quote_input)
        if refusal is not None:
            basis.barred[program.id] = refusal
        elif program.kind == "promotion":
            basis.candidates.append(_candidate(basis, program))
        elif program.kind == "points":
            basis.earners.append(program)
        elif program.kind == "next_visit_coupon":
            basis.issuers.append(program)
        elif program.kind == "points_reward":
            if program.id in claims:
                basis.candidates.append(_candidate(basis, program, blocks=claims[program.id]))
            else:
                basis.choices.append(program)
        elif program.id in coupons:
            _present(basis, program)
    basis.candidates = [one for one in basis.candidates if one.places]
    _refuse_the_rest(basis)
    return basis


def _present(basis: Basis, program: Program) -> None:
    """Of the coupons of one program, the one that ends first is used; one in each sale."""
    presented = [coupon for coupon in basis.quote_input.coupons if coupon.program_id == program.id]
    presented.sort(key=lambda coupon: (coupon.valid_until, coupon.coupon_id.int))
    used = False
    for coupon in presented:
        refusal = coupon_refusal(coupon, basis.quote_input)
        if refusal is None and used:
            refusal = Refusal(refusal_codes.ONE_COUPON_PER_SALE)
        if refusal is not None:
            basis.refused.append(Refused(program.id, refusal, coupon.coupon_id))
        else:
            used = True
            basis.candidates.append(_candidate(basis, program, coupon_id=coupon.coupon_id))


def _refuse_the_rest(basis: Basis) -> None:
    """Claims and coupons that name a program which cannot do anything in this sale."""
    claimed = {one.program.id for one in basis.candidates if one.blocks}
    presented = {one.coupon_id for one in basis.candidates} | {each.coupon_id for each in basis.refused}
    for claim in basis.quote_input.claims:
        if claim.program_id not in claimed:
            basis.refused.append(Refused(claim.program_id, _why_not(basis, claim.program_id, "choice")))
    for coupon in basis.quote_input.coupons:
        if coupon.coupon_id not in presented:
            refusal = _why_not(basis, coupon.program_id, "coupon")
            basis.refused.append(Refused(coupon.program_id, refusal, coupon.coupon_id))


def _why_not(basis: Basis, program_id: str, trigger: str) -> Refusal:
    """Why a program that was asked for is no candidate."""
    program = basis.program_set.program(program_id)
    if program is None:
        disabled = basis.program_set.disabled_program(program_id)
        return disabled.refusal if disabled is not None else Refusal(refusal_codes.UNKNOWN_PROGRAM)
    if program.trigger != trigger:
        wrong = refusal_codes.NO_COUPON_PROGRAM if trigger == "coupon" else refusal_codes.NOTHING_TO_CLAIM
        return Refusal(wrong)
    refusal = basis.barred.get(program_id) or standing_refusal(program, basis.program_set, basis.quote_input)
    return refusal or Refusal(refusal_codes.NO_GOODS)


def _candidate(
    basis: Basis, program: Program, *, blocks: int = 0, coupon_id: uuid.UUID | None = None
) -> Candidate:
    reward = program.rewards[0]
    if isinstance(reward, NextVisitCoupon):
        raise TypeError("a next-visit coupon takes nothing off")
    if isinstance(reward, PointsMoneyOff):
        phase = POINTS_PHASE
    elif coupon_id is not None:
        phase = COUPON_PHASE
    else:
        phase = BASKET_PHASE if reward.goods.everything else LINE_PHASE
    return Candidate(
        program=program,
        reward=reward,
        phase=phase,
        rank=0 if isinstance(reward, PercentOff) else 1,
        places=basis.situation.finder.places(reward.goods, "discount"),
        blocks=blocks,
        coupon_id=coupon_id,
    )


def _canonical(line: Line) -> tuple[Any, ...]:
    """What a line is, before its id: two lines that differ in nothing here are interchangeable."""
    return (
        line.item_code,
        line.extended_minor,
        line.quantity,
        line.uom,
        line.category,
        line.discountable,
        line.earns,
        line.deposit,
        tuple((tax.code, str(tax.rate), tax.included, tax.compound) for tax in line.taxes),
        line.line_id,
    )
