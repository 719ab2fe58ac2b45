"""Why a program gives what it gives, or nothing: for any program of the set, and for ids that are not in it."""

from __future__ import annotations

from agent.domain import refusal_codes
from agent.domain.basis import Basis
from agent.domain.best_deal import BestDeal, best_deal
from agent.domain.earning import earned_or_refused
from agent.domain.eligibility import standing_refusal
from agent.domain.evaluate import applied_of, prepare
from agent.domain.offers import after_a_tap, missed_by, refused
from agent.domain.program import Program, ProgramSet
from agent.domain.quote import Applied, NearMiss, Refusal
from agent.domain.quote_input import QuoteInput


def explain(quote_input: QuoteInput, program_set: ProgramSet, program_id: str) -> Applied | Refusal:
    """What the program gives in this quote, or the one reason why it gives nothing (docs/refusal-codes.md).

    Raises LoyaltyError like `evaluate`.
    """
    basis = prepare(quote_input, program_set)
    program = program_set.program(program_id)
    if program is None:
        disabled = program_set.disabled_program(program_id)
        return disabled.refusal if disabled is not None else Refusal(refusal_codes.UNKNOWN_PROGRAM)
    standing = standing_refusal(program, program_set, quote_input)
    if standing is not None:
        return standing
    deal = best_deal(basis, basis.candidates)
    for given in deal.priced.given:
        if given.candidate.program.id == program_id:
            return applied_of(given)
    for one, refusal in deal.priced.missed.items():
        if one.program.id == program_id and one not in deal.given_up:
            return refusal
    for each in refused(basis, deal):
        if each.program_id == program_id and each.refusal.code != refusal_codes.NOTHING_TO_CLAIM:
            return each.refusal
    return _without_discount(basis, deal, program)


def _without_discount(basis: Basis, deal: BestDeal, program: Program) -> Applied | Refusal:
    """Programs that earn, issue, or wait for a tap or a coupon."""
    situation = basis.situation.with_sheet(deal.priced.sheet)
    if program in basis.earners:
        earned = earned_or_refused(program, situation)
        if isinstance(earned, Refusal):
            return earned
        return Applied(program_id=program.id, unit=earned.unit, points_earned=earned.points)
    if program in basis.issuers:
        missed = missed_by(program, situation)
        return missed.refusal if missed is not None else Applied(program_id=program.id, coupons_issued=1)
    if program in basis.choices:
        tap = after_a_tap(basis, deal, program)
        return tap.refusal if isinstance(tap, NearMiss) else Refusal(refusal_codes.WAITS_FOR_TAP)
    if program.trigger == "coupon":
        return Refusal(refusal_codes.NEEDS_COUPON)
    return Refusal(refusal_codes.NO_GOODS)
