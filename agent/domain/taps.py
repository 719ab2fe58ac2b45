"""What one tap on a reward that nobody has claimed yet would do."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

import msgspec

from agent.domain import refusal_codes
from agent.domain.basis import Basis, Handout
from agent.domain.best_deal import best_deal
from agent.domain.candidate import POINTS_PHASE, Candidate
from agent.domain.deal_search import MAX_STEPS, BestDeal
from agent.domain.handouts import given_of, hand_out
from agent.domain.near import missed_by
from agent.domain.pricing import blocks_possible, saving
from agent.domain.program import Program
from agent.domain.quote import Claimable, NearMiss, Refusal
from agent.domain.rewards.amount_off import AmountOff
from agent.domain.rewards.gift import Gift
from agent.domain.rewards.voucher import Voucher

# For so many rewards it is tried whether giving up something else would make room for them.
MAX_SEARCHED_TAPS: Final = 20


def taps(basis: Basis, deal: BestDeal) -> list[Claimable | NearMiss]:
    """What a tap on each unclaimed reward would do."""
    if not basis.choices:
        return []
    # Where the deal itself was too much to search, so is every other.
    proven = deal.bound_minor == deal.priced.discount_minor
    asked = _Taps(basis, _as_if_held(basis), deal, _spent(basis, deal))
    return [
        _after_a_tap(asked, program, search=proven and number < MAX_SEARCHED_TAPS)
        for number, program in enumerate(basis.choices)
    ]


def after_a_tap(basis: Basis, deal: BestDeal, program: Program) -> Claimable | NearMiss:
    """What one tap on this reward would do now, or why it would do nothing.

    `discount_minor` is how much the discount of the whole quote grows. Points that must be leased first count as
    claimable, with `leased` false: the tap asks for them.
    """
    asked = _Taps(basis, _as_if_held(basis), deal, _spent(basis, deal))
    return _after_a_tap(asked, program, search=True)


@dataclass(frozen=True, slots=True)
class _Taps:
    """What every tap starts from: the basis, the same with every point leased, and the points that the deal spends."""

    basis: Basis
    held: Basis
    deal: BestDeal
    spent: dict[str, int]


def _after_a_tap(asked: _Taps, program: Program, *, search: bool) -> Claimable | NearMiss:
    basis = asked.basis
    cost, member = program.cost, basis.quote_input.member
    if cost is not None and member is None:
        return NearMiss(program.id, Refusal(refusal_codes.NEEDS_MEMBER), 0)
    unit = basis.program_set.unit_of(cost.points_of) if cost is not None else ""
    spent = asked.spent.get(unit, 0)
    leased = True
    if cost is not None and member is not None:
        balance = member.balances.get(unit, 0) - spent
        if balance < cost.points:
            refusal = Refusal(refusal_codes.NOT_ENOUGH_POINTS, gap_points=cost.points - balance)
            return NearMiss(program.id, refusal, max(balance, 0) * 1000 // cost.points)
        leased = member.spendable.get(unit, 0) - spent >= cost.points
    grows, gift_units, missed = _grows(asked, program, search=search)
    if missed is not None:
        return missed
    return Claimable(
        program_id=program.id,
        discount_minor=grows,
        gift_units=gift_units,
        points_cost=cost.points if cost is not None else 0,
        unit=unit,
        blocks=1,
        leased=leased,
        vouchers_issued=int(isinstance(program.rewards[0], Voucher)),
    )


def _grows(asked: _Taps, program: Program, *, search: bool) -> tuple[int, int, NearMiss | None]:
    """By how much the discount grows, what is handed out, or what is missing."""
    basis, held, deal = asked.basis, asked.held, asked.deal
    reward = program.rewards[0]
    if isinstance(reward, Gift | Voucher):
        situation = basis.situation.with_sheet(deal.priced.sheet)
        offer = Handout(program, reward, 1)
        _blocks, units, refusal = given_of(held, offer, situation, asked.spent)
        if refusal is None:
            return 0, units, None
        for_each = reward.for_each if isinstance(reward, Gift) else None
        if refusal.gap_units and for_each is not None and missed_by(program, situation) is None:
            bought = situation.units(for_each.goods)
            return 0, 0, NearMiss(program.id, refusal, bought * 1000 // for_each.units)
        return 0, 0, missed_by(program, situation) or NearMiss(program.id, refusal, 0)
    one = basis.claim(program, 1)
    if not one.places:
        return 0, 0, NearMiss(program.id, Refusal(refusal_codes.NO_GOODS), 0)
    missed = _missed_at_the_end(held, deal, one)
    if missed is not None and not (search and _fits_at_list_prices(held, one)):
        return 0, 0, missed
    grows = 0
    if missed is None and _simply_adds(basis, deal, one):
        grows = saving(held, one, deal.priced.sheet, 0)
    elif search or one.is_set:
        # What a set saves is known only by searching for it.
        after = best_deal(held, [*basis.candidates, one], MAX_STEPS // 8)
        grows = after.priced.discount_minor - deal.priced.discount_minor
    elif missed is None:
        grows = saving(held, one, deal.priced.sheet, 0)
    if grows <= 0:
        return 0, 0, missed or NearMiss(program.id, Refusal(refusal_codes.BETTER_OFFER), 0)
    return grows, 0, None


def _simply_adds(basis: Basis, deal: BestDeal, one: Candidate) -> bool:
    """Whether the reward comes after everything in a proven deal, excludes nothing, and gives its whole amount.

    No deal with it can then be better than this one and that amount.
    """
    reward = one.reward
    return (
        isinstance(reward, AmountOff)
        and reward.off == "sale"
        and one.phase == POINTS_PHASE
        and one.group.choose == "all"
        and not one.program.not_with
        and deal.bound_minor == deal.priced.discount_minor
        and deal.priced.sheet.left_minor(one.places) >= reward.amount_minor
        and not any(other.cost_points or one.id in other.program.not_with for other in basis.candidates)
    )


def _spent(basis: Basis, deal: BestDeal) -> dict[str, int]:
    """Points that the deal spends, on discounts and on what is handed out, by ledger unit."""
    found = dict(deal.priced.spent_points)
    for cost in hand_out(basis, deal.priced).costs:
        found[cost.unit] = found.get(cost.unit, 0) + cost.points
    return found


def _fits_at_list_prices(basis: Basis, one: Candidate) -> bool:
    if missed_by(one.program, basis.situation) is not None:
        return False
    reward = one.reward
    if one.cost_points and isinstance(reward, AmountOff) and reward.off == "sale":
        return basis.situation.sheet.left_minor(one.places) >= reward.amount_minor
    return True


def _as_if_held(basis: Basis) -> Basis:
    """The same basis with every point of the balance leased, as it will be when a tap has asked for it."""
    member = basis.quote_input.member
    if member is None:
        return basis
    rich = msgspec.structs.replace(member, spendable=member.balances)
    return replace(basis, quote_input=msgspec.structs.replace(basis.quote_input, member=rich))


def _missed_at_the_end(basis: Basis, deal: BestDeal, one: Candidate) -> NearMiss | None:
    """Why this reward cannot be added after everything that the deal has taken off."""
    missed = missed_by(one.program, basis.situation.with_sheet(deal.priced.sheet))
    if missed is not None or not one.cost_points:
        return missed
    blocks, refusal = blocks_possible(basis, one, deal.priced)
    if refusal is None or blocks:
        return None
    left, reward = deal.priced.sheet.left_minor(one.places), one.reward
    reached = left * 1000 // reward.amount_minor if isinstance(reward, AmountOff) else 0
    return NearMiss(one.program.id, refusal, min(reached, 1000))
