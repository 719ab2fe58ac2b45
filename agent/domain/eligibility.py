"""Whether a program can give anything at this moment, whatever is in the basket."""

from __future__ import annotations

from typing import Final

from agent.domain import refusal_codes
from agent.domain.conditions.active_window import check_clock
from agent.domain.conditions.at_store import check_store
from agent.domain.conditions.weekly_hours import check_hours
from agent.domain.experiments import arm_of
from agent.domain.limits import NO_LIMITS, limit_refusal
from agent.domain.program import Program
from agent.domain.program_set import ProgramSet
from agent.domain.quote import Refusal
from agent.domain.quote_input import Context, CouponClaim, QuoteInput

# Said like any list that the member is not on: nobody is told of an experiment at the till.
HELD_OUT: Final = Refusal(refusal_codes.NOT_INVITED)

_EVERY_STORE: frozenset[str] = frozenset()
_FOR_MEMBERS: frozenset[str] = frozenset(
    {"points", "points_multiplier", "stamps", "points_reward", "cashback"}
)
# A member who is not known here yet earns like any other.
_EARNED_BY_ALL: frozenset[str] = frozenset({"points", "points_multiplier", "stamps", "cashback"})


def standing_refusal(program: Program, program_set: ProgramSet, quote_input: QuoteInput) -> Refusal | None:
    """Currency, store, dates, clock, audience, and whether it was taken off; the first that refuses."""
    refusal = _shared_refusal(program, program_set, quote_input)
    return refusal if refusal is not None else _own_refusal(program, program_set, quote_input)


class Standing:
    """Asks `standing_refusal` about many programs for one quote: programs that are refused alike, only once."""

    def __init__(self, program_set: ProgramSet, quote_input: QuoteInput) -> None:
        self._set = program_set
        self._input = quote_input
        self._class_of = program_set.standing_class
        self._particular = program_set.particular.union(quote_input.removals)
        self._of_class: dict[int, Refusal | None] = {}

    def refusal(self, program: Program) -> Refusal | None:
        """The same answer as `standing_refusal`."""
        number = self._class_of[program.id]
        if number in self._of_class:
            refusal = self._of_class[number]
        else:
            refusal = self._of_class[number] = _shared_refusal(program, self._set, self._input)
        if refusal is None and program.id in self._particular:
            return _own_refusal(program, self._set, self._input)
        return refusal


def _shared_refusal(program: Program, program_set: ProgramSet, quote_input: QuoteInput) -> Refusal | None:
    """What programs of one standing class are refused for alike."""
    context = quote_input.context
    if (program.currency or program_set.currency) != context.currency and program.has_amounts:
        return Refusal(refusal_codes.OTHER_CURRENCY, at=program.currency or program_set.currency)
    refusal = check_store(program_set.stores.get(program.id, _EVERY_STORE), context)
    if refusal is None and program.active is not None:
        refusal = program.active.check(context)
    if refusal is None and program.hours:
        refusal = check_hours(program.hours, context)
    if refusal is None and (program.active is not None or program.hours):
        refusal = check_clock(context, confirmed=quote_input.confirmed_time_offers)
    return refusal if refusal is not None else _audience_refusal(program, quote_input)


def _own_refusal(program: Program, program_set: ProgramSet, quote_input: QuoteInput) -> Refusal | None:
    if program.id in quote_input.removals:
        return Refusal(refusal_codes.TAKEN_OFF)
    member = quote_input.member
    if program.audience.who == "offered" and member is not None and program.id not in member.offered:
        return Refusal(refusal_codes.NOT_OFFERED)
    limits = program.limits
    if limits is not NO_LIMITS and limits.any:
        refusal = limit_refusal(limits, program.id, quote_input)
        if refusal is not None:
            return refusal
    # The last question, so that what is withheld would have been given otherwise.
    if program.experiment and arm_of(program_set.experiments[program.experiment], member) == "held_out":
        return HELD_OUT
    return None


def coupon_refusal(coupon: CouponClaim, quote_input: QuoteInput) -> Refusal | None:
    """Whether this coupon may be used now: its dates, and that this register holds it."""
    context: Context = quote_input.context
    if context.business_date < coupon.valid_from:
        return Refusal(refusal_codes.COUPON_NOT_YET_VALID, at=coupon.valid_from.isoformat())
    if context.business_date > coupon.valid_until:
        return Refusal(refusal_codes.COUPON_EXPIRED, at=coupon.valid_until.isoformat())
    refusal = check_clock(context, confirmed=quote_input.confirmed_time_offers)
    if refusal is None and not coupon.held:
        refusal = Refusal(refusal_codes.COUPON_HELD_ELSEWHERE)
    return refusal


def _audience_refusal(program: Program, quote_input: QuoteInput) -> Refusal | None:
    """Points go to members only, provisional ones too; rewards that are for members need a known one."""
    member = quote_input.member
    if program.kind in _FOR_MEMBERS and member is None:
        return Refusal(refusal_codes.NEEDS_MEMBER)
    if program.kind == "points_reward" and member is not None and member.provisional:
        return Refusal(refusal_codes.PROVISIONAL_MEMBER)
    return program.audience.check(member, known=program.kind not in _EARNED_BY_ALL)
