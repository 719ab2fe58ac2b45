"""An open sale as the till shows it."""

from __future__ import annotations

from decimal import Decimal

from agent.domain.ledger import points_unit
from agent.domain.quote import Refusal
from agent.domain.refusal_codes import POINTS_NOT_HELD
from agent.service.names import display_name, initials
from agent.service.open_sale import OpenSale
from agent.service.pin import Pin
from agent.service.tenders import settle
from agent.service.views import CheckoutState, LineView, MemberView, OfferView, Phase, TenderView


def checkout_state(sale: OpenSale, locale: str, online: bool) -> CheckoutState:
    """The whole till. `locale` is the screen's language, for the programs' names."""
    pin = sale.pin
    if pin is None:
        return CheckoutState(phase="empty")
    quote = sale.quote
    paid = settle(quote.total_minor, sale.tenders)
    phase: Phase = "tender" if sale.paying else "selling" if sale.has_begun else "empty"
    return CheckoutState(
        phase=phase,
        lines=_line_views(sale, pin, locale),
        item_count=sum(sold.line.units for sold in sale.lines if not sold.line.deposit),
        goods_minor=quote.goods_minor,
        saved_minor=quote.discount_minor,
        promotions_minor=quote.discount_minor
        - sum(one.discount_minor for one in quote.applied if one.points_cost),
        total_minor=quote.total_minor,
        currency=pin.store.currency,
        currency_exponent=pin.store.currency_exponent,
        member=member_view(sale, online),
        offers=_offer_views(sale, pin, locale, online),
        tenders=tuple(TenderView(one.kind, one.amount_minor, one.reference) for one in sale.tenders),
        left_to_pay_minor=paid.left_minor,
        change_minor=paid.change_minor,
        excess_minor=paid.excess_minor,
    )


def member_view(sale: OpenSale, online: bool) -> MemberView | None:
    """The member with the points of the store's first points program."""
    member, facts = sale.member, sale.facts
    if member is None or facts is None:
        return None
    unit = main_unit(sale)
    balance = sale.balances.get(unit)
    points = balance.points if balance else 0
    held = facts.spendable.get(unit, 0)
    available = balance.available if balance and online else 0
    return MemberView(
        member_id=member.row.member_id,
        display_name=display_name(member.row),
        initials=initials(member.row),
        tier=member.row.tier,
        hint_kind=member.hint.kind if member.hint else None,
        hint_last4=member.hint.last4 if member.hint else "",
        points=points,
        usable_now=0 if facts.provisional else max(0, min(points, held + available)),
        earns_points=sum(earned.points for earned in sale.quote.earned if earned.unit == unit),
        provisional=facts.provisional,
    )


def main_unit(sale: OpenSale) -> str:
    """The ledger unit that the member panel shows: what this sale earns, else what the store's first program counts."""
    if sale.quote.earned:
        return sale.quote.earned[0].unit
    if sale.pin is not None:
        for program in sale.pin.programs.programs:
            if program.earning:
                return points_unit(program.id)
    return next(iter(sale.balances), "")


def points_after(sale: OpenSale) -> int:
    """The member's balance of the main unit once this sale is in it."""
    unit = main_unit(sale)
    balance = sale.balances.get(unit)
    earned = sum(one.points for one in sale.quote.earned if one.unit == unit)
    spent = sum(one.points for one in sale.quote.spent if one.unit == unit)
    return (balance.points if balance else 0) + earned - spent


def _line_views(sale: OpenSale, pin: Pin, locale: str) -> tuple[LineView, ...]:
    # What points paid for is shown once, under the goods, as on the receipt.
    paid_with_points = {one.program_id for one in sale.quote.applied if one.points_cost}
    discounts: dict[int, list[tuple[str, int]]] = {}
    for discount in sale.quote.discounts:
        if discount.program_id in paid_with_points:
            continue
        program = pin.programs.program(discount.program_id)
        title = program.text(locale) if program is not None else discount.program_id
        discounts.setdefault(discount.line_id, []).append((title, discount.amount_minor))
    views = []
    for sold in sale.lines:
        line = sold.line
        taken_off = tuple(discounts.get(line.line_id, ()))
        views.append(
            LineView(
                line_id=line.line_id,
                item_code=line.item_code,
                name=line.name,
                quantity=Decimal(line.quantity),
                uom=line.uom,
                unit_price=line.unit_price,
                extended_minor=line.extended_minor,
                net_minor=line.extended_minor - sum(amount for _, amount in taken_off),
                discounts=taken_off,
                deposit=line.deposit,
                earns=line.earns,
                age_restricted=line.age_restricted,
                newest=line.line_id == sale.newest,
            )
        )
    return tuple(views)


def _offer_views(sale: OpenSale, pin: Pin, locale: str, online: bool) -> tuple[OfferView, ...]:
    """Applied and available by what they take off, then what is nearly reached, then what was taken off or refused."""
    quote = sale.quote
    applied = [
        OfferView(
            program_id=one.program_id,
            title=title_of(pin, one.program_id, locale),
            state="applied",
            amount_minor=one.discount_minor,
            points_cost=one.points_cost,
            tappable=True,
            coupon_id=one.coupon_id,
        )
        for one in quote.applied
    ]
    applied.sort(key=lambda offer: -offer.amount_minor)
    return (
        *applied,
        *_claimable_views(sale, pin, locale, online),
        *(
            OfferView(
                program_id=one.program_id,
                title=title_of(pin, one.program_id, locale),
                state="nearly",
                refusal=one.refusal,
                reached=one.reached,
            )
            for one in quote.near_misses
        ),
        *(
            OfferView(
                program_id=program_id, title=title_of(pin, program_id, locale), state="removed", tappable=True
            )
            for program_id in sale.removals
        ),
        *(
            OfferView(
                program_id=one.program_id,
                title=title_of(pin, one.program_id, locale),
                state="refused",
                refusal=one.refusal,
                tappable=one.coupon_id is not None,
                coupon_id=one.coupon_id,
            )
            for one in quote.refused
            if one.program_id not in sale.removals
        ),
    )


def _claimable_views(sale: OpenSale, pin: Pin, locale: str, online: bool) -> list[OfferView]:
    views = []
    for one in sale.quote.claimable:
        missing = one.points_cost and not one.leased and not online
        held = sale.facts.spendable.get(one.unit, 0) if sale.facts else 0
        views.append(
            OfferView(
                program_id=one.program_id,
                title=title_of(pin, one.program_id, locale),
                state="refused" if missing else "available",
                amount_minor=one.discount_minor,
                points_cost=one.points_cost,
                refusal=Refusal(POINTS_NOT_HELD, gap_points=one.points_cost - held) if missing else None,
                # A tap says the same in two whole lines, and works as soon as the connection is back.
                tappable=True,
            )
        )
    return views


def title_of(pin: Pin, program_id: str, locale: str) -> str:
    """The program's name in a language; its id where the set does not know it."""
    program = pin.programs.program(program_id)
    return program.title(locale) if program is not None else program_id
