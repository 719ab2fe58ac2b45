"""What a return or a void would come to, read anew each time, so that it says what is true at this moment."""

from __future__ import annotations

from dataclasses import replace
from gettext import gettext as _

from agent.domain.errors import LoyaltyError
from agent.domain.returns import Refund, refund_for
from agent.domain.sold_units import all_units
from agent.service.gift_card_balances import require_unused
from agent.service.lane import this_register, this_store
from agent.service.moment import stamp_at
from agent.service.open_return import OpenReturn
from agent.service.past_sale import PastSale, coupon_standings, sale_again
from agent.service.refund_tenders import refund_kinds
from agent.store.database import Store
from agent.store.sqlite import Connection


def with_quote(store: Store, now: OpenReturn) -> OpenReturn:
    """The return with its quote. Raises LoyaltyError where some of the goods came back meanwhile."""
    if now.voids:
        now = replace(now, reason="", voids=False)
    if not now.chosen:
        return replace(now, refund=None, answers=None, repriced=False)
    with store.snapshot() as db:
        sale = sale_again(db, now.sale.row.sale_id)
        standings = coupon_standings(db, sale)
        settings = this_store(db)
        rules = settings.returns
    rest = sale.rest_quote(now.chosen)

    def refund(reprice: bool) -> Refund:
        return refund_for(
            sale.entry,
            now.chosen,
            sale.earlier,
            rest=rest,
            reprice=reprice,
            spent_points_back=rules.spent_points_back,
            coupons=standings,
            deduct_used=rules.used_coupons_deducted,
        )

    try:
        kept, again = refund(reprice=False), refund(reprice=True)
        require_unused(store.reader(), kept, settings)
    except ValueError as error:
        raise LoyaltyError(
            _("Some of these goods came back meanwhile."), _("Find the sale again."), code="came_back"
        ) from error
    differ = rest is not None and kept != again
    asks = rules.broken_offers == "ask" and differ
    reprices = differ and (rules.broken_offers == "reprice" or (asks and now.answered == "reprice"))
    now = replace(
        now,
        sale=sale,
        refund=again if reprices else kept,
        repriced=reprices,
        answers=(kept.refund_minor, again.refund_minor) if asks else None,
    )
    kinds = refund_kinds(now)
    return now if now.refund_to in kinds else replace(now, refund_to=kinds[0])


def with_void(store: Store, now: OpenReturn, at_ms: int) -> OpenReturn:
    """The whole sale, to be cancelled. Raises LoyaltyError where it cannot be."""
    with store.snapshot() as db:
        sale = sale_again(db, now.sale.row.sale_id)
        require_voidable(db, sale, at_ms)
        every = all_units(sale.entry.quote_input.basket)
        standings = coupon_standings(db, sale)
        refund = refund_for(sale.entry, every, coupons=standings)
        require_unused(db, refund, this_store(db))
    if any(standing.used for standing in standings.values()):
        raise LoyaltyError(
            _("A coupon of this sale was used already, so it cannot be voided."),
            _("Take the goods back as a return."),
            code="coupon_used",
        )
    return replace(
        now, sale=sale, chosen=every, refund=refund, answers=None, answered="", repriced=False, voids=True
    )


def require_in_time(db: Connection, sale: PastSale, at_ms: int) -> None:
    """Raise LoyaltyError for a sale that is too old, as the store has set it."""
    days = this_store(db).returns.days
    stamp = stamp_at(db, at_ms)
    day = (stamp.business_date - sale.row.business_date).days
    # A clock that cannot be right decides nothing.
    if days and day > days and stamp.clock == "ok":
        raise LoyaltyError(
            _("The sale {receipt} is {days} days old; goods come back within {most}.").format(
                receipt=sale.row.receipt_number, days=day, most=days
            ),
            _("The store's settings at HQ say how long."),
            code="too_late",
        )


def require_voidable(db: Connection, sale: PastSale, at_ms: int) -> None:
    """Raise LoyaltyError for a sale that is not of today, or of which something came back."""
    today = stamp_at(db, at_ms).business_date
    if sale.row.business_date != today or sale.row.chain_id != this_register(db).chain_id:
        raise LoyaltyError(
            _("Only a sale of today can be voided."),
            _("Take the goods back as a return."),
            code="not_today",
        )
    if sale.earlier:
        raise LoyaltyError(
            _("Something of this sale came back already, so it cannot be voided."),
            _("Take the rest back as a return."),
            code="partly_returned",
        )


def may_void(db: Connection, sale: PastSale, at_ms: int) -> bool:
    """Whether the sale is one of today, of which nothing came back."""
    try:
        require_voidable(db, sale, at_ms)
    except LoyaltyError:
        return False
    return True
