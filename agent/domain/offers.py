"""What the till shows beside the total: rewards that a tap would give, offers nearly reached, and refusals."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Final

import msgspec

from agent.domain import refusal_codes
from agent.domain.basis import Basis, Candidate
from agent.domain.best_deal import BestDeal, best_deal
from agent.domain.member import MemberFacts
from agent.domain.pricing import blocks_possible
from agent.domain.program import Program
from agent.domain.quote import Claimable, NearMiss, Refusal, Refused
from agent.domain.rewards.points_money_off import PointsMoneyOff
from agent.domain.situation import Situation

# Below half of the way, an offer is not nearly reached.
NEAR_FROM: Final = 500
MAX_NEAR_MISSES: Final = 20
# For so many points rewards it is tried whether giving up something else would make room for them.
MAX_SEARCHED_TAPS: Final = 20

# Refusals of programs that nobody claimed but that a cashier would ask about.
_ASKED_ABOUT: Final = frozenset({refusal_codes.TAKEN_OFF, refusal_codes.CLOCK_SUSPECT})

_WITH_A_GAP: Final = frozenset(
    {
        refusal_codes.BELOW_MINIMUM_SPEND,
        refusal_codes.NOT_ENOUGH_UNITS,
        refusal_codes.NOT_ENOUGH_POINTS,
        refusal_codes.BASKET_TOO_SMALL,
    }
)


def taps(basis: Basis, deal: BestDeal) -> list[Claimable | NearMiss]:
    """What a tap on each unclaimed points reward would do."""
    return [
        after_a_tap(basis, deal, program, search=number < MAX_SEARCHED_TAPS)
        for number, program in enumerate(basis.choices)
    ]


def after_a_tap(
    basis: Basis, deal: BestDeal, program: Program, *, search: bool = True
) -> Claimable | NearMiss:
    """What one tap on this points reward would do now, or why it would do nothing.

    `discount_minor` is how much the discount of the whole quote grows. Points that must be leased first count as
    claimable, with `leased` false: the tap asks for them.
    """
    one = basis.claim(program, 1)
    reward, member = one.reward, basis.quote_input.member
    if not isinstance(reward, PointsMoneyOff) or member is None:
        raise TypeError("only a member's points reward can be tapped")
    spent = deal.priced.spent_points.get(reward.unit, 0)
    balance = member.balances.get(reward.unit, 0) - spent
    if not one.places:
        return NearMiss(program.id, Refusal(refusal_codes.NO_GOODS), 0)
    if balance < reward.cost_points:
        refusal = Refusal(refusal_codes.NOT_ENOUGH_POINTS, gap_points=reward.cost_points - balance)
        return NearMiss(program.id, refusal, max(balance, 0) * 1000 // reward.cost_points)
    held_basis = _as_if_held(basis, member)
    missed = _missed_at_the_end(held_basis, deal, one)
    grows = reward.amount_minor
    crowded = missed is not None or bool(deal.priced.spent_points)
    if missed is not None and not (search and _fits_at_list_prices(basis, one, reward)):
        return missed
    if crowded and search:
        # It may still belong to a better deal, one that gives up something else.
        grows = (
            best_deal(held_basis, [*basis.candidates, one]).priced.discount_minor - deal.priced.discount_minor
        )
    if grows <= 0:
        return missed or NearMiss(program.id, Refusal(refusal_codes.BETTER_OFFER), 0)
    leased = member.spendable.get(reward.unit, 0) - spent >= reward.cost_points
    return Claimable(
        program_id=program.id,
        discount_minor=grows,
        points_cost=reward.cost_points,
        unit=reward.unit,
        blocks=1,
        leased=leased,
    )


def near_misses(basis: Basis, deal: BestDeal, untapped: Iterable[NearMiss]) -> tuple[NearMiss, ...]:
    """Offers that fail only by a gap, at least half of the way reached; nearest first.

    `untapped` are the points rewards that a tap would not give. What was claimed or presented is refused instead.
    """
    found = [
        NearMiss(one.program.id, refusal, deal.priced.reached.get(one, 0))
        for one, refusal in deal.priced.missed.items()
        if not (one.blocks or one.coupon_id)
    ]
    situation = basis.situation.with_sheet(deal.priced.sheet)
    for program in (*basis.issuers, *basis.earners):
        missed = missed_by(program, situation)
        if missed is not None:
            found.append(missed)
    found.extend(untapped)
    near = [each for each in found if each.refusal.code in _WITH_A_GAP and each.reached >= NEAR_FROM]
    near.sort(key=lambda each: (-each.reached, each.program_id))
    return tuple(near[:MAX_NEAR_MISSES])


def missed_by(program: Program, situation: Situation) -> NearMiss | None:
    """The first condition of the program that refuses now, with how far it came."""
    for condition in program.conditions:
        refusal = condition.check(situation)
        if refusal is not None:
            return NearMiss(program.id, refusal, condition.reached(situation))
    return None


def refused(basis: Basis, deal: BestDeal) -> tuple[Refused, ...]:
    """What was asked for and does not apply, what was taken off, and what a better offer replaced; by program."""
    found = list(basis.refused)
    for one, refusal in deal.priced.missed.items():
        if one not in deal.given_up and (one.blocks or one.coupon_id is not None):
            found.append(Refused(one.program.id, refusal, one.coupon_id))
    winner = _winner(deal)
    for one in deal.given_up:
        refusal = Refusal(refusal_codes.BETTER_OFFER, other_program_id=winner)
        found.append(Refused(one.program.id, refusal, one.coupon_id))
    told = {each.program_id for each in found}
    for program_id, refusal in basis.barred.items():
        if refusal.code in _ASKED_ABOUT and program_id not in told:
            found.append(Refused(program_id, refusal))
    found.sort(key=lambda each: (each.program_id, each.coupon_id.int if each.coupon_id else 0))
    return tuple(found)


def _winner(deal: BestDeal) -> str:
    """The offer with the largest discount in the deal."""
    given = sorted(deal.priced.given, key=lambda each: (-each.amount_minor, each.candidate.program.id))
    return given[0].candidate.program.id if given else ""


def _fits_at_list_prices(basis: Basis, one: Candidate, reward: PointsMoneyOff) -> bool:
    situation = basis.situation
    return missed_by(one.program, situation) is None and bool(reward.blocks(situation.sheet, one.places, 1))


def _as_if_held(basis: Basis, member: MemberFacts) -> Basis:
    """The same basis with every point of the balance leased, as it will be when a tap has asked for it."""
    rich = msgspec.structs.replace(member, spendable=member.balances)
    return replace(basis, quote_input=msgspec.structs.replace(basis.quote_input, member=rich))


def _missed_at_the_end(basis: Basis, deal: BestDeal, one: Candidate) -> NearMiss | None:
    """Why this reward cannot be added after everything that the deal has taken off."""
    missed = missed_by(one.program, basis.situation.with_sheet(deal.priced.sheet))
    if missed is not None:
        return missed
    blocks, refusal = blocks_possible(basis, one, deal.priced)
    if refusal is None or blocks:
        return None
    left, reward = deal.priced.sheet.left_minor(one.places), one.reward
    reached = left * 1000 // reward.amount_minor if isinstance(reward, PointsMoneyOff) else 0
    return NearMiss(one.program.id, refusal, reached)
