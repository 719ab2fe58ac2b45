"""What Escape takes back: the step that made one state of the till into the next, turned round."""

from __future__ import annotations

from collections.abc import Callable

from agent.service.checkout import Checkout
from agent.service.views import CheckoutState

BasketStep = Callable[[Checkout], CheckoutState]


def way_back(before: CheckoutState, after: CheckoutState) -> BasketStep | None:
    """The step that undoes what happened between two states of one basket; None where nothing can or need be undone.

    Only what a cashier does with one key is looked at; the first difference found is the one.
    """
    if after.phase == "finished" or before.phase == "finished":
        return None
    return (
        _exchange_back(before, after)
        or _member_back(before, after)
        or _line_back(before, after)
        or _offer_back(before, after)
    )


def _exchange_back(before: CheckoutState, after: CheckoutState) -> BasketStep | None:
    if after.exchange_receipt and not before.exchange_receipt:
        return lambda checkout: checkout.drop_exchange()
    return None


def _member_back(before: CheckoutState, after: CheckoutState) -> BasketStep | None:
    if after.member is not None and before.member is None:
        return lambda checkout: checkout.forget_member()
    return None


def _line_back(before: CheckoutState, after: CheckoutState) -> BasketStep | None:
    had = {line.line_id: line for line in before.lines}
    for line in after.lines:
        old = had.get(line.line_id)
        if old is None:
            return lambda checkout: checkout.remove_line(line.line_id)
        if old.quantity != line.quantity:
            return lambda checkout: checkout.change_quantity(line.line_id, old.quantity)
    return None


def _offer_back(before: CheckoutState, after: CheckoutState) -> BasketStep | None:
    had = {offer.program_id: offer for offer in before.offers}
    codes = {offer.code for offer in before.offers}
    for offer in after.offers:
        old = had.get(offer.program_id)
        if offer.code and offer.code not in codes:
            code = offer.code
            return lambda checkout: checkout.drop_code(code)
        if (
            offer.coupon_id is not None
            and offer.state == "applied"
            and (old is None or old.state != "applied")
        ):
            coupon_id = offer.coupon_id
            return lambda checkout: checkout.drop_coupon(coupon_id)
        if old is None or old.state == offer.state:
            continue
        program_id = offer.program_id
        if offer.state == "applied" and old.state == "available":
            return lambda checkout: checkout.unclaim(program_id)
        if offer.state == "removed" and old.state == "applied":
            return lambda checkout: checkout.put_back(program_id)
        if offer.state == "applied" and old.state == "removed":
            return lambda checkout: checkout.take_off(program_id)
    return None
