"""Paying: what is left, what change goes back, and what a manufacturer's coupons were worth beyond the total.

Cash gives change. A card pays at most what is left. Manufacturer's coupons may exceed the total; the excess is
recorded and nobody gets it back.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from gettext import gettext as _
from typing import Final

from agent.domain.errors import LoyaltyError

CASH: Final = "cash"
# Stored value of a card that this shop has sold.
GIFT_CARD: Final = "gift_card"
# Stored value of the member who buys.
WALLET: Final = "wallet"
MANUFACTURER_COUPON: Final = "manufacturer_coupon"
# Goods that came back in the same visit: worth their refund, and what they are worth beyond the total is paid out.
EXCHANGE: Final = "exchange"


@dataclass(frozen=True, slots=True)
class Payment:
    """`left_minor` is still to pay; the sale can be finished when it is zero."""

    left_minor: int
    change_minor: int
    excess_minor: int


def pay(total_minor: int, tenders: Iterable[tuple[str, int]]) -> Payment:
    """What these tenders, (kind, amount in minor units), do to a total; their order does not matter.

    Raises LoyaltyError for an amount below zero, or for a card that pays more than the total.
    """
    cash = coupons = others = 0
    for kind, amount_minor in tenders:
        if amount_minor < 0:
            raise LoyaltyError(
                _("A tender is below zero."),
                _("Give the amount that was handed over."),
                code="tender_below_zero",
            )
        if kind in (CASH, EXCHANGE):
            cash += amount_minor
        elif kind == MANUFACTURER_COUPON:
            coupons += amount_minor
        else:
            others += amount_minor
    if others > total_minor:
        raise LoyaltyError(
            _("A card cannot pay more than the total."),
            _("Take the amount that is left."),
            code="card_over_total",
        )
    after_cards = total_minor - others
    to_pay_in_cash = max(after_cards - coupons, 0)
    return Payment(
        left_minor=max(to_pay_in_cash - cash, 0),
        change_minor=max(cash - to_pay_in_cash, 0),
        excess_minor=max(coupons - after_cards, 0),
    )
