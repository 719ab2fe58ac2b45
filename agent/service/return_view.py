"""An open return as the till shows it."""

from __future__ import annotations

from agent.domain.sold_units import paid_of, prices_of
from agent.service.lane import this_store
from agent.service.moment import stamp_at
from agent.service.names import display_name, initials
from agent.service.open_return import REASONS, VOID_REASONS, OpenReturn
from agent.service.past_sale import PastSale, gifts_to_ask_for
from agent.service.refund_tenders import refund_tenders
from agent.service.refunding import member_of
from agent.service.return_receipt import points_of, program_title, returned_goods, rewards_of
from agent.service.return_views import CouponFateView, RefundView, ReturnLineView, ReturnState
from agent.service.views import GiftView
from agent.store import balances, feed_state
from agent.store.catalog import find_item
from agent.store.sqlite import Connection


def return_state(
    db: Connection, now: OpenReturn, at_ms: int, locale: str, *, kinds: tuple[str, ...], can_void: bool
) -> ReturnState:
    """The whole return. `locale` is the screen's language, the store's if empty."""
    sale, store = now.sale, this_store(db)
    locale = locale or store.locale
    member = member_of(db, sale)
    refund = _refund_view(db, now, locale)
    asks = now.answers is not None and not now.answered
    return ReturnState(
        sale_id=sale.row.sale_id,
        receipt_number=sale.row.receipt_number,
        at_ms=sale.entry.stamp.at_ms,
        offset_min=sale.entry.stamp.offset_min,
        day=(stamp_at(db, at_ms, store).business_date - sale.row.business_date).days,
        days=store.returns.days,
        tender_kinds=tuple(dict.fromkeys(tender.kind for tender in sale.entry.tenders)),
        total_minor=sale.entry.total_minor,
        lines=_lines(now),
        member_name=display_name(member) if member is not None else "",
        member_initials=initials(member) if member is not None else "",
        member_tier=member.tier if member is not None else "",
        refund=refund,
        reasons=VOID_REASONS if now.voids else REASONS,
        reason=now.reason,
        refund_kinds=kinds if refund is not None else (),
        refund_to=now.refund_to,
        tenders=tuple((one.kind, one.amount_minor) for one in refund_tenders(now)),
        can_void=can_void,
        ready=refund is not None and bool(now.reason) and (now.voids or now.refund_to in kinds) and not asks,
        voids=now.voids,
    )


def _lines(now: OpenReturn) -> tuple[ReturnLineView, ...]:
    sale, left = now.sale, now.sale.left
    found = []
    for line in sale.entry.quote_input.basket.lines:
        units = left[line.line_id]
        paid, prices = paid_of(line, sale.entry.discounts), prices_of(line)
        found.append(
            ReturnLineView(
                line_id=line.line_id,
                name=line.name,
                uom=line.uom,
                quantity=line.quantity,
                units=line.units,
                left=len(units),
                chosen=len(now.chosen.get(line.line_id, ())),
                paid_minor=sum(paid[unit] for unit in units),
                list_minor=sum(prices[unit] for unit in units),
            )
        )
    return tuple(found)


def _refund_view(db: Connection, now: OpenReturn, locale: str) -> RefundView | None:
    refund, sale = now.refund, now.sale
    if refund is None:
        return None
    goods = returned_goods(sale, refund, locale)
    offers: dict[str, int] = {}
    for each in goods:
        for text, amount in each.discounts:
            offers[text] = offers.get(text, 0) + amount
    held = {}
    if sale.account_id is not None:
        held = balances.read_balances(db, feed_state.alias_of(db, sale.account_id))
    kept, again = now.answers if now.answers is not None else (None, None)
    return RefundView(
        refund_minor=refund.refund_minor,
        goods=tuple((each.name, each.list_minor) for each in goods),
        taken_off=(*offers.items(), *rewards_of(goods)),
        repriced_minor=refund.paid_minor - refund.goods_minor,
        deducted_minor=refund.deducted_minor,
        points=points_of(sale, refund, held, locale),
        coupons=_coupons(sale, now, locale),
        gifts=_gifts(db, now, locale),
        kept_minor=kept,
        repriced_refund_minor=again,
        repriced=now.repriced if now.answered else None,
    )


def _gifts(db: Connection, now: OpenReturn, locale: str) -> tuple[GiftView, ...]:
    found = []
    for gift in gifts_to_ask_for(now.sale, now.chosen):
        item = find_item(db, gift.item_code)
        found.append(
            GiftView(
                program_id=gift.program_id,
                title=program_title(now.sale, gift.program_id, locale),
                item_name=item.name if item is not None else gift.item_code,
                units=gift.units,
            )
        )
    return tuple(found)


def _coupons(sale: PastSale, now: OpenReturn, locale: str) -> tuple[CouponFateView, ...]:
    refund = now.refund
    if refund is None:
        return ()
    used = {coupon.coupon_id: coupon.program_id for coupon in sale.entry.coupons_redeemed}
    return (
        *(
            CouponFateView(
                title=program_title(sale, one.program_id, locale),
                fate=one.state,
                amount_minor=one.deducted_minor,
            )
            for one in refund.coupons_taken
        ),
        *(
            CouponFateView(title=program_title(sale, used[one], locale), fate="back")
            for one in refund.coupons_back
        ),
    )
