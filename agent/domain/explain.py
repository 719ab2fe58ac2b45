"""Why a program gives what it gives, or nothing: for any program of the set, and for ids that are not in it."""

from __future__ import annotations

from agent.domain import refusal_codes
from agent.domain.basis import Basis
from agent.domain.candidate import Candidate
from agent.domain.deal_search import BestDeal
from agent.domain.earning import earned_or_refused
from agent.domain.eligibility import standing_refusal
from agent.domain.evaluate import applied_of, prepare, price_as_is, quote_of
from agent.domain.handouts import hand_out
from agent.domain.near import missed_by
from agent.domain.offers import largest_first, replaced_by, set_missed
from agent.domain.own_tier import counts_itself, in_own_tier
from agent.domain.plain_deal import deal_for
from agent.domain.program import Program
from agent.domain.program_set import ProgramSet
from agent.domain.quote import Applied, NearMiss, Refusal
from agent.domain.quote_input import QuoteInput
from agent.domain.taps import after_a_tap


def explain(quote_input: QuoteInput, program_set: ProgramSet, program_id: str) -> Applied | Refusal:
    """What the program gives in this quote, or the one reason why it gives nothing (docs/refusal-codes.md).

    Raises LoyaltyError like `evaluate`.
    """
    if counts_itself(program_set):
        quote_input, _quote = in_own_tier(quote_input, program_set, price_as_is)
    basis = prepare(quote_input, program_set)
    program = program_set.program(program_id)
    if program is None:
        disabled = program_set.disabled_program(program_id)
        return disabled.refusal if disabled is not None else Refusal(refusal_codes.UNKNOWN_PROGRAM)
    standing = standing_refusal(program, program_set, quote_input)
    if standing is not None:
        return standing
    if program.run_by_hq:
        return Refusal(refusal_codes.RUN_BY_HQ)
    deal = deal_for(basis)
    for given in deal.priced.given:
        if given.candidate.program.id == program_id:
            return applied_of(given)
    quote = quote_of(basis, deal)
    for applied in quote.applied:
        if applied.program_id == program_id:
            return applied
    for one in deal.given_up:
        if one.program.id == program_id:
            return Refusal(refusal_codes.BETTER_OFFER, other_program_id=replaced_by(largest_first(deal), one))
    for one, refusal in deal.priced.missed.items():
        if one.program.id == program_id:
            return refusal
    for each in quote.refused:
        if each.program_id == program_id and each.refusal.code != refusal_codes.NOTHING_TO_CLAIM:
            return each.refusal
    return _without_discount(basis, deal, program)


def _without_discount(basis: Basis, deal: BestDeal, program: Program) -> Applied | Refusal:
    """Programs that earn, issue, hand out, make sets, or wait for a tap, a code or a coupon."""
    situation = basis.situation.with_sheet(deal.priced.sheet)
    if program in basis.earners:
        earned = earned_or_refused(basis, program, deal.priced)
        if isinstance(earned, Refusal):
            return earned
        return Applied(program_id=program.id, unit=earned.unit, points_earned=earned.points)
    if program in basis.multipliers:
        missed = missed_by(program, situation)
        return missed.refusal if missed is not None else Applied(program_id=program.id)
    if program in basis.issuers:
        missed = missed_by(program, situation)
        return missed.refusal if missed is not None else Applied(program_id=program.id, coupons_issued=1)
    if program in basis.choices:
        tap = after_a_tap(basis, deal, program)
        return tap.refusal if isinstance(tap, NearMiss) else Refusal(refusal_codes.WAITS_FOR_TAP)
    for offer, refusal in hand_out(basis, deal.priced).refused:
        if offer.program is program:
            return refusal
    for one in basis.candidates:
        if one.program is program and one.is_set:
            return _no_set(basis, deal, one)
    if program.trigger == "coupon":
        return Refusal(refusal_codes.NEEDS_COUPON)
    if program.trigger == "code":
        return Refusal(refusal_codes.NEEDS_CODE)
    return Refusal(refusal_codes.NO_GOODS)


def _no_set(basis: Basis, deal: BestDeal, candidate: Candidate) -> Refusal:
    """Too few units, or other offers have them, or a set would cost more than its units do."""
    missed = set_missed(basis, candidate)
    if missed is not None:
        return missed.refusal
    places = set(candidate.places)
    if any(not places.isdisjoint(given.candidate.places) for given in deal.priced.given):
        return Refusal(
            refusal_codes.BETTER_OFFER, other_program_id=replaced_by(largest_first(deal), candidate)
        )
    return Refusal(refusal_codes.NOTHING_LEFT)
