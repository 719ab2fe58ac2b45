"""An open sale as the till shows it."""

from __future__ import annotations

from decimal import Decimal
from gettext import gettext as _

from agent.service.gift_cards import line_without_card
from agent.service.member_view import member_view
from agent.service.offer_views import offer_views, title_of
from agent.service.open_sale import OpenSale
from agent.service.pin import Pin
from agent.service.tenders import settle
from agent.service.views import CheckoutState, GiftView, LineView, Notice, Phase, TenderView


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
        member=member_view(sale, locale, online),
        offers=offer_views(sale, pin, locale, online),
        gifts=gift_views(sale, pin, locale),
        tenders=tuple(TenderView(one.kind, one.amount_minor, one.reference) for one in sale.tenders),
        left_to_pay_minor=paid.left_minor,
        change_minor=paid.change_minor,
        excess_minor=paid.excess_minor,
        exchange_minor=sale.exchange.refund.refund_minor if sale.exchange is not None else 0,
        takes_gift_cards=pin.store.gift_cards,
        notice=_card_notice(sale) or _coupon_notice(sale, pin, locale),
        exchange_receipt=sale.exchange.sale.row.receipt_number if sale.exchange is not None else "",
    )


def _card_notice(sale: OpenSale) -> Notice | None:
    """What to do next where a gift card is being sold."""
    line_id = line_without_card(sale)
    sold = sale.line(line_id) if line_id is not None else None
    if sold is None:
        return None
    return Notice(
        _("{item} needs its card.").format(item=sold.line.name), _("Scan the card, or type its number.")
    )


def _coupon_notice(sale: OpenSale, pin: Pin, locale: str) -> Notice | None:
    """A coupon was shown before any goods: no offer says so yet."""
    if sale.lines or not sale.coupons:
        return None
    title = title_of(pin, sale.coupons[-1].coupon.program_id, locale)
    return Notice(
        _("“{offer}” is in this sale.").format(offer=title),
        _("Scan the goods; a coupon is used with a sale."),
    )


def gift_views(sale: OpenSale, pin: Pin, locale: str) -> tuple[GiftView, ...]:
    """What is to be handed over, each by the name that its item has here, else by its code."""
    return tuple(
        GiftView(
            program_id=gift.program_id,
            title=title_of(pin, gift.program_id, locale),
            item_name=sale.gift_names.get(gift.item_code, gift.item_code),
            units=gift.units,
        )
        for gift in sale.quote.gifts
    )


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
    cards = {load.line_id: load.last4 for load in sale.loads}
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
                net_minor=line.extended_minor - sum(amount for _title, amount in taken_off),
                discounts=taken_off,
                deposit=line.deposit,
                earns=line.earns,
                age_restricted=line.age_restricted,
                newest=line.line_id == sale.newest,
                card_wanted=sold.item is not None and sold.item.gift_card and line.line_id not in cards,
                card_last4=cards.get(line.line_id, ""),
            )
        )
    return tuple(views)
