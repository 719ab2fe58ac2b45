"""Goods that come back: the domain works the return out from what the sale stored for each unit."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass

from agent.domain import ledger
from agent.domain.apportion import apportion
from agent.domain.evaluate import evaluate
from agent.domain.ledger import Posting
from agent.domain.returns import CouponStanding, Refund, refund_for, rest_of, return_postings, returned_units
from agent.domain.sold_units import all_units, first_to_return, together
from tests.conformance.shop import CHAIN, MONEY, STORE, Sale, Shop


@dataclass(frozen=True)
class Return:
    """A return as it is shown before the refund; booked when it is committed."""

    sale: Sale
    refund: Refund
    postings: tuple[Posting, ...]

    def taken_back(self, unit: str) -> int:
        """Points of this ledger unit that were earned and are lost."""
        return sum(each.points for each in self.refund.taken_back if each.unit == unit)

    def given_back(self, unit: str) -> int:
        """Points of this ledger unit that were spent and come back."""
        return sum(each.points for each in self.refund.given_back if each.unit == unit)


def units_left(sale: Sale, line_id: int, earlier: Iterable[Refund]) -> int:
    """How many units of a line may still come back."""
    sold = all_units(sale.quote_input.basket)[line_id]
    return len(sold - returned_units(earlier).get(line_id, frozenset()))


def return_of(shop: Shop, sale: Sale, counts: dict[int, int], earlier: list[Refund]) -> Return:
    """The return of so many units of these lines, after the `earlier` ones of the sale."""
    gone = returned_units(earlier)
    lines = {line.line_id: line for line in sale.quote_input.basket.lines}
    chosen = {
        line_id: first_to_return(lines[line_id], sale.discounts, gone.get(line_id, frozenset()), count)
        for line_id, count in counts.items()
    }
    rest_input = rest_of(sale, together(gone, chosen))
    rest = evaluate(rest_input, sale.program_set) if rest_input is not None else None
    refund = refund_for(sale, chosen, earlier, rest=rest, coupons=_standing(shop, sale))
    member = sale.order.member
    postings = list(return_postings(refund, member.account_id if member is not None else None, STORE, CHAIN))
    for line_id, account, amount in sale.credited:
        units = chosen.get(line_id)
        if units:
            ((share, extra),) = apportion(amount, [lines[line_id].units], [1], [amount])
            back = sum(share + (unit < extra) for unit in units)
            postings += ledger.move(account, MONEY, back, ledger.AVAILABLE, ledger.issued_bucket(STORE))
    return Return(sale, refund, tuple(postings))


def _standing(shop: Shop, sale: Sale) -> dict[uuid.UUID, CouponStanding]:
    """What became of the coupons that the sale printed."""
    value = {
        use.coupon_id: use.discount_minor
        for each in shop.sales
        if not each.void
        for use in each.settled.coupons_redeemed
    }
    return {
        each.coupon_id: CouponStanding(
            held=shop.balance(each.coupon_id, ledger.coupon_unit(each.coupon_id)) > 0,
            used=each.coupon_id in value,
            value_minor=value.get(each.coupon_id, 0),
        )
        for each in sale.coupons_issued
    }


def reversed_postings(postings: Iterable[Posting]) -> list[Posting]:
    """A void: every leg the other way round."""
    return [Posting(each.account_id, each.unit, each.bucket, -each.amount) for each in postings]
