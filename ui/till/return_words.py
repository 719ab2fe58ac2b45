"""What the till says while goods come back: sentences made from the service's codes and figures."""

from __future__ import annotations

from gettext import gettext as _
from gettext import ngettext

from agent.service.return_views import CouponFateView, FinishedReturn, ReturnLineView, ReturnState
from ui.figures import Figures


def reason_words(code: str) -> str:
    """Why goods come back; one that was typed stands as it is."""
    return {
        "faulty": _("Faulty"),
        "changed_mind": _("Changed mind"),
        "wrong_item": _("Wrong item"),
        "mistake": _("Rung up by mistake"),
        "payment": _("Wrong payment"),
        "other": _("Other"),
    }.get(code, code)


def refund_words(kind: str) -> str:
    """How money goes back."""
    return {
        "cash": _("Cash"),
        "card": _("Card"),
        "exchange": _("New sale"),
        "gift_card": _("Gift card"),
        "wallet": _("Wallet"),
    }.get(kind, kind)


def _paid_words(kind: str) -> str:
    return {
        "cash": _("cash"),
        "card": _("card"),
        "manufacturer_coupon": _("manufacturer's coupon"),
        "exchange": _("goods that came back"),
        "gift_card": _("gift card"),
        "wallet": _("wallet"),
    }.get(kind, kind)


def title_words(state: ReturnState) -> str:
    """`Return from receipt 2-0291`."""
    if state.voids:
        return _("Void of receipt {number}").format(number=state.receipt_number)
    return _("Return from receipt {number}").format(number=state.receipt_number)


def when_words(state: ReturnState, figures: Figures) -> str:
    """When it was sold and how it was paid: `9 Nov, 17:40, cash`."""
    paid = ", ".join(_paid_words(kind) for kind in state.tender_kinds)
    said = _("{day}, {time}, {paid}") if paid else _("{day}, {time}")
    return said.format(day=figures.date_at(state.at_ms), time=figures.time(state.at_ms), paid=paid)


def day_words(state: ReturnState, figures: Figures) -> str:
    """How old the sale is: `Day 13 of 30`."""
    if state.day <= 0:
        return _("Today")
    if not state.days:
        return _("Day {day}").format(day=figures.count(state.day))
    return _("Day {day} of {days}").format(day=figures.count(state.day), days=figures.count(state.days))


def line_words(line: ReturnLineView, figures: Figures) -> str:
    """Under a line's name: how many were bought, and what becomes of them."""
    bought = _("{count} bought").format(count=figures.count(line.units))
    if line.uom != "each":
        bought = _("{quantity} {unit} bought").format(quantity=figures.quantity(line.quantity), unit=line.uom)
    gone = line.units - line.left
    if not line.left:
        return _("{bought}, all came back").format(bought=bought)
    if gone:
        bought = _("{bought}, {count} came back").format(bought=bought, count=figures.count(gone))
    return _("{bought}, {count} chosen").format(bought=bought, count=figures.count(line.chosen))


def fate_words(coupon: CouponFateView, figures: Figures) -> str:
    """What becomes of a coupon, beside its name."""
    match coupon.fate:
        case "void":
            return _("void")
        case "asked":
            return _("HQ makes it void")
        case "back":
            return _("can be used again")
        case "used" if not coupon.amount_minor:
            return _("used, nothing comes back")
        case "used":
            return _("used, {amount}").format(amount=figures.taken_off(coupon.amount_minor))


def goods_words(count: int, figures: Figures, *, all_of_them: bool) -> str:
    """What stands for several lines in one row: `Goods`, or `3 more lines`."""
    if all_of_them:
        return _("Goods")
    return ngettext("{count} more line", "{count} more lines", count).format(count=figures.count(count))


def offers_words(count: int, figures: Figures, *, all_of_them: bool) -> str:
    """What stands for several offers in one row: `Offers and points`, or `3 more`."""
    if all_of_them:
        return _("Offers and points")
    return more_words(count, figures)


def more_words(count: int, figures: Figures) -> str:
    """`3 more`."""
    return ngettext("{count} more", "{count} more", count).format(count=figures.count(count))


def head_words(done: FinishedReturn) -> str:
    """On top of what is finished: what the cashier does now."""
    if done.void:
        return _("Sale voided. Give the money back") if done.refund_minor else _("Sale voided")
    return _("Return finished. Give the money back") if done.refund_minor else _("Return finished")


def of_receipt_words(done: FinishedReturn) -> str:
    """Which sale it was."""
    return _("of receipt {number}").format(number=done.of_receipt)


def finish_words(state: ReturnState | None) -> tuple[str, str]:
    """What the primary key does now, and the small words under it."""
    if state is None:
        return _("Find the sale"), _("by the number on its receipt")
    if state.voids:
        return _("Void the sale"), _("then it is as if it had never been")
    if state.refund_to == "exchange":
        return _("Go on to a new sale"), _("it is paid from these goods")
    return _("Refund"), _("then it is saved")
