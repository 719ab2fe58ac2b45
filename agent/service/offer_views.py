"""The offers of an open sale as the till shows them, best first; each program once."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from agent.domain import refusal_codes
from agent.domain.eligibility import standing_refusal
from agent.domain.explain import explain
from agent.domain.ledger import is_stamps
from agent.domain.program import Program
from agent.domain.quote import Applied, Claimable, Refusal
from agent.service.member_view import usable_now
from agent.service.open_sale import OpenSale
from agent.service.pin import Pin
from agent.service.views import OfferView

_AFTER_THE_BEST: Final = ("nearly", "removed", "refused")


def offer_views(sale: OpenSale, pin: Pin, locale: str, online: bool) -> tuple[OfferView, ...]:
    """Applied and available by what they take off, then what a code lacks, the best personal offer that gives nothing
    yet, what is nearly reached, what was taken off or refused, and the other personal offers."""
    found = (*_own_coupons(sale, pin, locale), *_offers_of_the_quote(sale, pin, locale, online))
    reasons = {one.program_id: one.reason for one in sale.personal_offers if one.program_id in _offered(sale)}
    if not reasons:
        return found
    found = tuple(replace(one, reason=reasons.get(one.program_id, "")) for one in found)
    first = next((at for at, one in enumerate(found) if one.state in _AFTER_THE_BEST), len(found))
    more = _personal_views(sale, pin, reasons, {one.program_id for one in found}, locale)
    return (*found[:first], *more[:1], *found[first:], *more[1:])


def _own_coupons(sale: OpenSale, pin: Pin, locale: str) -> tuple[OfferView, ...]:
    """The member's electronic coupons that are not in the sale."""
    presented = {one.coupon.coupon_id for one in sale.coupons}
    return tuple(
        OfferView(
            program_id=one.program_id,
            title=title_of(pin, one.program_id, locale),
            state="available",
            tappable=True,
            coupon_id=one.coupon_id,
            presents=True,
            until=one.valid_until,
        )
        for one in sale.own_coupons
        if one.coupon_id not in presented
    )


def _offers_of_the_quote(sale: OpenSale, pin: Pin, locale: str, online: bool) -> tuple[OfferView, ...]:
    quote = sale.quote
    applied = [_applied_view(sale, pin, one, locale, online) for one in quote.applied]
    applied.sort(key=lambda offer: -offer.amount_minor)
    given = {one.program_id for one in quote.applied}
    waiting = [program for program in _programs_of_codes(sale, pin) if program.id not in given]
    shown = {program.id for program in waiting}
    return (
        *applied,
        *(_claimable_view(sale, pin, one, locale, online) for one in quote.claimable),
        *(_waiting_code_view(sale, pin, program, locale) for program in waiting),
        *(
            OfferView(
                program_id=one.program_id,
                title=title_of(pin, one.program_id, locale),
                state="nearly",
                in_stamps=_costs_stamps(pin, one.program_id),
                refusal=one.refusal,
                reached=one.reached,
            )
            for one in quote.near_misses
            if one.program_id not in shown
        ),
        *(
            OfferView(
                program_id=program_id, title=title_of(pin, program_id, locale), state="removed", tappable=True
            )
            for program_id in sale.removals
            if program_id not in shown
        ),
        *(
            OfferView(
                program_id=one.program_id,
                title=title_of(pin, one.program_id, locale),
                state="refused",
                in_stamps=_costs_stamps(pin, one.program_id),
                refusal=one.refusal,
                tappable=one.coupon_id is not None,
                coupon_id=one.coupon_id,
                other_title=other_title_of(pin, one.refusal, locale),
            )
            for one in quote.refused
            if one.program_id not in sale.removals and one.program_id not in shown
        ),
    )


def _offered(sale: OpenSale) -> tuple[str, ...]:
    return sale.facts.offered if sale.facts is not None else ()


def _personal_views(
    sale: OpenSale, pin: Pin, reasons: dict[str, str], shown: set[str], locale: str
) -> list[OfferView]:
    """What the member is offered, may have now and this basket has nothing of, as HQ ranked it."""
    programs = [pin.programs.program(program_id) for program_id in reasons if program_id not in shown]
    asked = sale.quote_input
    return [
        OfferView(
            program_id=program.id, title=program.title(locale), state="offered", reason=reasons[program.id]
        )
        for program in programs
        if program is not None
        and asked is not None
        and standing_refusal(program, pin.programs, asked) is None
    ]


def title_of(pin: Pin, program_id: str, locale: str) -> str:
    """The program's name in a language; its id where the set does not know it."""
    program = pin.programs.program(program_id)
    return program.title(locale) if program is not None else program_id


def other_title_of(pin: Pin, refusal: Refusal, locale: str) -> str:
    """What the offer is called that applies instead; empty where none does."""
    return title_of(pin, refusal.other_program_id, locale) if refusal.other_program_id else ""


def costs_stamps(pin: Pin, program: Program) -> bool:
    """Whether the program's reward is paid with stamps of a card."""
    return program.cost is not None and is_stamps(pin.programs.unit_of(program.cost.points_of))


def _applied_view(sale: OpenSale, pin: Pin, one: Applied, locale: str, online: bool) -> OfferView:
    program = pin.programs.program(one.program_id)
    return OfferView(
        program_id=one.program_id,
        title=title_of(pin, one.program_id, locale),
        state="applied",
        amount_minor=one.discount_minor,
        points_cost=one.points_cost,
        in_stamps=is_stamps(one.unit),
        usable_points=usable_now(sale, one.unit, online) if one.unit else 0,
        tappable=True,
        claimed=any(claim.program_id == one.program_id for claim in sale.claims),
        coupon_id=one.coupon_id,
        code=program.code if program is not None and program.trigger == "code" else "",
        voucher="issued" if one.vouchers_issued else "used" if _uses_a_voucher(program) else "",
    )


def _uses_a_voucher(program: Program | None) -> bool:
    return program is not None and program.kind == "experience"


def _claimable_view(sale: OpenSale, pin: Pin, one: Claimable, locale: str, online: bool) -> OfferView:
    missing = one.points_cost and not one.leased and not online
    held = sale.facts.spendable.get(one.unit, 0) if sale.facts else 0
    return OfferView(
        program_id=one.program_id,
        title=title_of(pin, one.program_id, locale),
        state="refused" if missing else "available",
        amount_minor=one.discount_minor,
        points_cost=one.points_cost,
        in_stamps=is_stamps(one.unit),
        usable_points=usable_now(sale, one.unit, online) - sale.spending(one.unit) if one.unit else 0,
        refusal=Refusal(refusal_codes.POINTS_NOT_HELD, gap_points=one.points_cost - held)
        if missing
        else None,
        voucher="issued" if one.vouchers_issued else "",
        # A tap says the same in two whole lines, and works as soon as the connection is back.
        tappable=True,
    )


def _waiting_code_view(sale: OpenSale, pin: Pin, program: Program, locale: str) -> OfferView:
    """A code that was said and gives nothing yet: nearly reached, or why not. A tap takes the code off."""
    near = next((one for one in sale.quote.near_misses if one.program_id == program.id), None)
    refusal = near.refusal if near is not None else _why_not(sale, pin, program.id)
    return OfferView(
        program_id=program.id,
        title=program.title(locale),
        state="refused" if near is None else "nearly",
        refusal=refusal,
        other_title=other_title_of(pin, refusal, locale),
        reached=near.reached if near is not None else 0,
        tappable=True,
        code=program.code,
    )


def _why_not(sale: OpenSale, pin: Pin, program_id: str) -> Refusal:
    if not sale.lines or sale.quote_input is None:
        return Refusal(refusal_codes.NO_GOODS)
    told = explain(sale.quote_input, pin.programs, program_id)
    return told if isinstance(told, Refusal) else Refusal(refusal_codes.NOTHING_LEFT)


def _programs_of_codes(sale: OpenSale, pin: Pin) -> list[Program]:
    if not sale.codes:
        return []
    return [
        program
        for program in pin.programs.programs
        if program.trigger == "code" and program.code in sale.codes
    ]


def _costs_stamps(pin: Pin, program_id: str) -> bool:
    program = pin.programs.program(program_id)
    return program is not None and costs_stamps(pin, program)
