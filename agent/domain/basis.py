"""What stays the same while one quote is priced again and again: goods, candidates, and what is out of the question.

Lines are put into a canonical order, by what they are and not by when they were scanned, so that no result
depends on the order of scanning.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from operator import attrgetter
from typing import Any

from agent.domain import refusal_codes
from agent.domain.basket import Line
from agent.domain.candidate import LINE_PHASE, SETS, Candidate
from agent.domain.eligibility import HELD_OUT, Standing, coupon_refusal, standing_refusal
from agent.domain.goods import GoodsFinder
from agent.domain.limits import budget_left
from agent.domain.program import TAKES_NOTHING_OFF, Program
from agent.domain.program_set import ProgramSet
from agent.domain.quote import Refusal, Refused
from agent.domain.quote_input import QuoteInput
from agent.domain.rewards.amount_off import AmountOff
from agent.domain.rewards.bundle import Bundle
from agent.domain.rewards.buy_get import BuyGet
from agent.domain.rewards.gift import Gift
from agent.domain.rewards.percent_off import PercentOff
from agent.domain.rewards.voucher import Voucher
from agent.domain.situation import Situation
from agent.domain.stacking import NO_GROUP
from agent.domain.worksheet import Worksheet


@dataclass(frozen=True, slots=True, eq=False)
class Handout:
    """A program that hands something out, and how many blocks of it were asked for: a gift, a voucher, or, where
    `reward` is None, what a voucher was issued for."""

    program: Program
    reward: Gift | Voucher | None
    blocks: int = 0
    coupon_id: uuid.UUID | None = None


@dataclass(slots=True)
class Basis:
    """`candidates` could take something off at list prices; `barred` are programs that cannot do anything now.

    `choices` are rewards that nobody has claimed; `handouts` are what may be handed out.
    """

    quote_input: QuoteInput
    program_set: ProgramSet
    lines: tuple[Line, ...]
    situation: Situation
    candidates: list[Candidate] = field(default_factory=list)
    handouts: list[Handout] = field(default_factory=list)
    choices: list[Program] = field(default_factory=list)
    earners: list[Program] = field(default_factory=list)
    multipliers: list[Program] = field(default_factory=list)
    issuers: list[Program] = field(default_factory=list)
    barred: dict[str, Refusal] = field(default_factory=dict)
    # What a holdout keeps from this member, though nothing else does.
    withheld: list[Program] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)
    # Filled when sets are searched for the first time.
    tagged: list[dict[int, int]] = field(default_factory=list)
    # What sets could be made, and how they are packed best, wherever the search asked.
    listed_sets: dict[object, Any] = field(default_factory=dict)
    # What earning has worked out about its programs' rules.
    earning_rules: dict[str, object] = field(default_factory=dict)

    @property
    def tags(self) -> dict[int, int]:
        """Which later offers and rules are about a line: lines with equal tags are alike to all of them."""
        if not self.tagged:
            self.tagged.append(_tags(self) if any(one.is_set for one in self.candidates) else {})
        return self.tagged[0]

    def on(self, places: Sequence[int]) -> Basis:
        """The basis that knows these lines only."""
        return Basis(
            self.quote_input,
            self.program_set,
            self.lines,
            self.situation.with_sheet(self.situation.sheet.focused(places)),
            self.candidates,
            self.handouts,
            self.choices,
            self.earners,
            self.multipliers,
            self.issuers,
            self.barred,
            self.withheld,
            self.refused,
            self.tagged,
            self.listed_sets,
            self.earning_rules,
        )

    def claim(self, program: Program, blocks: int) -> Candidate:
        """The candidate that a tap on this reward makes."""
        return _candidate(self, program, blocks=blocks)


def basis_of(quote_input: QuoteInput, program_set: ProgramSet) -> Basis:
    """Sort the lines, find the programs that this basket, member and moment allow."""
    lines = canonical_lines(quote_input.basket.lines)
    finder = GoodsFinder(lines)
    situation = Situation(quote_input, lines, finder, Worksheet(lines), settled=True)
    basis = Basis(quote_input, program_set, lines, situation)
    asked = _Asked(quote_input)
    standing = Standing(program_set, quote_input)
    met = program_set.about(
        finder.keys,
        presented=asked.coupons,
        codes=asked.codes,
        # These are refused by name, whether or not their code or coupon is there.
        named=quote_input.removals,
        waiting=quote_input.context.clock == "suspect",
    )
    for program in met:
        refusal = standing.refusal(program)
        if refusal is not None:
            basis.barred[program.id] = refusal
            if refusal is HELD_OUT:
                basis.withheld.append(program)
        else:
            _take_up(basis, program, asked)
    basis.candidates = [one for one in basis.candidates if one.places]
    if asked.any:
        _refuse_the_rest(basis)
    return basis


def _tags(basis: Basis) -> dict[int, int]:
    """Tell the lines of sets apart by the later offers and rules that are about some of them only."""
    finder = basis.situation.finder
    in_sets = frozenset(place for one in basis.candidates if one.is_set for place in one.places)
    later = [one for one in basis.candidates if not one.is_set and one.phase != LINE_PHASE]
    groups = {one.places for one in later}
    for one in later:
        # So many units of every line: a unit of one line is then no substitute for one of another.
        if isinstance(one.reward, PercentOff | AmountOff) and one.reward.units_per == "line":
            groups.update((place,) for place in one.places)
    programs = [one.program for one in basis.candidates] + basis.issuers + basis.earners
    for program in programs:
        groups.update(finder.places(condition.goods, "discount") for condition in program.conditions)
    for program in (*basis.earners, *basis.multipliers):
        groups.update(finder.places(rule.goods, "points") for rule in program.earning)
    tags: dict[int, int] = {}
    for number, places in enumerate(sorted(groups)):
        some = in_sets.intersection(places)
        if len(some) < len(in_sets):
            for place in some:
                tags[place] = tags.get(place, 0) | 1 << number
    return tags


def canonical_lines(lines: tuple[Line, ...]) -> tuple[Line, ...]:
    """The lines in an order that depends on what they are and not on when they were scanned."""
    ranked = sorted(lines, key=_quick_key)
    keys = [_quick_key(line) for line in ranked]
    if len(set(keys)) < len(keys):
        begin = 0
        for at in range(1, len(ranked) + 1):
            if at < len(ranked) and keys[at] == keys[begin]:
                continue
            if at - begin > 1:
                ranked[begin:at] = sorted(ranked[begin:at], key=_full_key)
            begin = at
    return tuple(ranked)


class _Asked:
    """What the cashier or the customer asked for by tap, code or coupon."""

    def __init__(self, quote_input: QuoteInput) -> None:
        self.claims = {claim.program_id: claim.blocks for claim in quote_input.claims}
        self.coupons = {coupon.program_id for coupon in quote_input.coupons}
        self.codes = {code.strip().upper() for code in quote_input.codes}
        self.any = bool(self.claims or self.coupons)


def _take_up(basis: Basis, program: Program, asked: _Asked) -> None:
    kind, trigger = program.kind, program.trigger
    if kind in ("points", "stamps", "cashback"):
        basis.earners.append(program)
    elif kind == "points_multiplier":
        basis.multipliers.append(program)
    elif kind == "next_visit_coupon":
        if trigger == "automatic" or program.code in asked.codes:
            basis.issuers.append(program)
    elif trigger == "automatic":
        _offer(basis, program)
    elif trigger == "choice":
        if program.id in asked.claims:
            _offer(basis, program, blocks=asked.claims[program.id])
        else:
            basis.choices.append(program)
    elif trigger == "code":
        if program.code in asked.codes:
            _offer(basis, program)
    elif program.id in asked.coupons:
        _present(basis, program)


def _offer(basis: Basis, program: Program, *, blocks: int = 0, coupon_id: uuid.UUID | None = None) -> None:
    reward = program.rewards[0] if program.rewards else None
    if reward is None or isinstance(reward, Gift | Voucher):
        basis.handouts.append(Handout(program, reward, blocks, coupon_id))
    else:
        basis.candidates.append(_candidate(basis, program, blocks=blocks, coupon_id=coupon_id))


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
            _offer(basis, program, coupon_id=coupon.coupon_id)


def _refuse_the_rest(basis: Basis) -> None:
    """Claims and coupons that name a program which cannot do anything in this sale."""
    taken_up: list[Candidate | Handout] = [*basis.candidates, *basis.handouts]
    claimed = {one.program.id for one in taken_up if one.blocks}
    presented = {one.coupon_id for one in taken_up} | {each.coupon_id for each in basis.refused}
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
    reward, cost = program.rewards[0], program.cost
    if isinstance(reward, TAKES_NOTHING_OFF):
        raise TypeError("a coupon, a voucher or a gift takes nothing off")
    finder = basis.situation.finder
    if isinstance(reward, SETS):
        met: set[int] = set()
        for goods in set_goods(reward):
            met.update(finder.places(goods, "discount"))
        places = tuple(sorted(met))
    else:
        places = finder.places(reward.goods, "discount")
    return Candidate(
        program=program,
        reward=reward,
        phase=basis.program_set.phases[program.id],
        places=places,
        group=basis.program_set.group_of(program) if program.group else NO_GROUP,
        rounds=basis.program_set.rounding[program.id],
        # What costs nothing is given once, however often it was tapped.
        blocks=min(blocks, 1) if cost is None else blocks,
        coupon_id=coupon_id,
        unit=basis.program_set.unit_of(cost.points_of) if cost is not None else "",
        cost_points=cost.points if cost is not None else 0,
        budget_minor=budget_left(program.limits, program.id, basis.quote_input)
        if program.limits.budget_minor
        else None,
    )


def set_goods(reward: Any) -> tuple[Any, ...]:
    """The goods of each part of a set offer."""
    if isinstance(reward, Bundle):
        return tuple(part.goods for part in reward.parts)
    if isinstance(reward, BuyGet):
        return (reward.buy, reward.goods)
    return (reward.goods,)


_quick_key = attrgetter("item_code", "extended_minor")


def _full_key(line: Line) -> tuple[Any, ...]:
    """What a line is, before its id: two lines that differ in nothing here are interchangeable."""
    return (
        line.quantity,
        line.uom,
        line.category,
        line.discountable,
        line.earns,
        line.deposit,
        tuple((tax.code, str(tax.rate), tax.included, tax.compound) for tax in line.taxes),
        line.line_id,
    )
