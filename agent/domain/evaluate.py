"""The engine: `evaluate(quote_input, program_set) -> Quote`, a pure function.

The same input gives the same quote at the register, at HQ and in a back-test, whatever the order of lines. The
program set must be the one that the input names, and the input must be of this engine's semantics.
"""

from __future__ import annotations

from gettext import gettext as _

from agent.domain.basis import Basis, basis_of
from agent.domain.best_deal import best_deal
from agent.domain.deal_search import BestDeal
from agent.domain.earning import earned_points
from agent.domain.errors import LoyaltyError
from agent.domain.handouts import hand_out
from agent.domain.near import missed_by
from agent.domain.offers import near_misses, refused
from agent.domain.own_tier import counts_itself, in_own_tier
from agent.domain.plain_deal import deal_for
from agent.domain.pricing import Given
from agent.domain.program_set import ProgramSet
from agent.domain.quote import (
    Applied,
    Claimable,
    CouponGrant,
    Discount,
    NearMiss,
    Quote,
    Spent,
    Withheld,
)
from agent.domain.quote_input import ENGINE_SEMANTICS, QuoteInput
from agent.domain.quote_input_checks import require_priceable
from agent.domain.rewards.gift import Gift
from agent.domain.rewards.next_visit_coupon import NextVisitCoupon
from agent.domain.situation import Situation
from agent.domain.spending import spent_shares
from agent.domain.taps import taps


def evaluate(quote_input: QuoteInput, program_set: ProgramSet) -> Quote:
    """Price this basket under these programs.

    Raises LoyaltyError where the program set or the semantics are not those that the input names, or where the
    input is not priceable (two lines of one id, a negative amount).
    """
    if not counts_itself(program_set):
        return price_as_is(quote_input, program_set)
    return in_own_tier(quote_input, program_set, price_as_is)[1]


def price_as_is(quote_input: QuoteInput, program_set: ProgramSet) -> Quote:
    """Price this basket in the tier that the input names. Raises LoyaltyError like `evaluate`."""
    basis = prepare(quote_input, program_set)
    return quote_of(basis, deal_for(basis))


def prepare(quote_input: QuoteInput, program_set: ProgramSet) -> Basis:
    """The checked basis of a quote. Raises LoyaltyError like `evaluate`."""
    if quote_input.engine_semantics != ENGINE_SEMANTICS:
        raise LoyaltyError(
            _("This basket was priced by engine {theirs}, and this is engine {ours}.").format(
                theirs=quote_input.engine_semantics, ours=ENGINE_SEMANTICS
            ),
            _("Use the version of Regulars that made it."),
            code="other_engine",
            path="engine_semantics",
        )
    if quote_input.program_set_hash != program_set.hash:
        raise LoyaltyError(
            _("`program_set_hash` names another program set than the one given ({hash}).").format(
                hash=program_set.hash
            ),
            _("Give the program set that the basket names, or set its hash."),
            code="other_program_set",
            path="program_set_hash",
        )
    require_priceable(quote_input)
    return basis_of(quote_input, program_set)


def quote_of(basis: Basis, deal: BestDeal) -> Quote:
    """The whole answer for a deal."""
    goods = basis.quote_input.basket.total_minor
    given = deal.priced.given
    settled = basis.situation.with_sheet(deal.priced.sheet, settled=True)
    tapped = taps(basis, deal)
    claimable = [tap for tap in tapped if isinstance(tap, Claimable)]
    claimable.sort(key=lambda tap: (-tap.discount_minor, tap.points_cost, tap.program_id))
    untapped = [tap for tap in tapped if isinstance(tap, NearMiss)]
    handed = hand_out(basis, deal.priced)
    return Quote(
        goods_minor=goods,
        discount_minor=deal.priced.discount_minor,
        total_minor=goods - deal.priced.discount_minor,
        applied=(*(applied_of(each) for each in given), *handed.applied),
        discounts=tuple(discount for each in given for discount in _discounts(basis, each)),
        claimable=tuple(claimable),
        near_misses=near_misses(basis, deal, untapped, handed.refused, settled),
        refused=refused(basis, deal, handed.refused),
        earned=earned_points(basis, deal.priced),
        spent=(*(_spent(basis, each) for each in given if each.cost_points), *handed.costs),
        coupons_issued=(*_coupons_issued(basis, settled), *handed.vouchers),
        gifts=tuple(handed.gifts),
        proven_bound_minor=min(deal.bound_minor, goods),
        withheld=withheld(basis) if basis.withheld else (),
    )


def withheld(basis: Basis) -> tuple[Withheld, ...]:
    """What a holdout kept from this member, each program alone; one that would have taken nothing off is left out."""
    found = []
    for program in basis.withheld:
        if isinstance(program.rewards[0], Gift):
            continue
        alone = best_deal(basis, [one for one in [basis.claim(program, 0)] if one.places])
        if alone.priced.discount_minor:
            found.append(
                Withheld(
                    program_id=program.id,
                    experiment=program.experiment,
                    discount_minor=alone.priced.discount_minor,
                )
            )
    return tuple(found)


def applied_of(given: Given) -> Applied:
    """One applied program in figures."""
    one = given.candidate
    return Applied(
        program_id=one.program.id,
        discount_minor=given.amount_minor,
        points_cost=given.cost_points,
        unit=one.unit,
        blocks=given.blocks if one.cost_points else 0,
        coupon_id=one.coupon_id,
    )


def _discounts(basis: Basis, given: Given) -> list[Discount]:
    program_id = given.candidate.program.id
    lines = basis.lines
    if len(given.taken) == 1:
        place, amount, runs = given.taken[0]
        return [Discount(program_id, lines[place].line_id, amount, runs)]
    found = [Discount(program_id, lines[place].line_id, amount, runs) for place, amount, runs in given.taken]
    return sorted(found, key=lambda discount: discount.line_id)


def _spent(basis: Basis, given: Given) -> Spent:
    one = given.candidate
    lines = spent_shares(given.cost_points, _discounts(basis, given))
    return Spent(one.program.id, one.unit, given.cost_points, lines)


def _coupons_issued(basis: Basis, situation: Situation) -> tuple[CouponGrant, ...]:
    issued: list[CouponGrant] = []
    for program in basis.issuers:
        reward = program.rewards[0]
        if isinstance(reward, NextVisitCoupon) and missed_by(program, situation) is None:
            first, last = reward.validity(basis.quote_input.context.business_date)
            issued.append(
                CouponGrant(
                    program_id=program.id,
                    redeems_program_id=reward.redeems,
                    valid_from=first,
                    valid_until=last,
                )
            )
    return tuple(issued)
