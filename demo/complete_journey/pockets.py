"""The coupons that households carry home, and bring along when they count.

What a household holds is read from the registers' journals, so it survives a stop: a sale that issued a coupon hands it
over, a sale that redeemed it takes it.
"""

from __future__ import annotations

import datetime
from collections import defaultdict

from agent.domain.coupon import serial
from sync.wire.entries import CouponIssued, SaleEntry


class Pockets:
    """Coupons by household, in the order in which they were printed."""

    def __init__(self) -> None:
        self._coupons: defaultdict[int, list[CouponIssued]] = defaultdict(list)

    def note(self, household_id: int, sale: SaleEntry) -> None:
        """What a committed sale of the household handed out and took in."""
        used = {redeemed.coupon_id for redeemed in sale.coupons_redeemed}
        kept = [coupon for coupon in self._coupons[household_id] if coupon.coupon_id not in used]
        self._coupons[household_id] = [*kept, *sale.coupons_issued]

    def to_present(self, household_id: int, today: datetime.date) -> str | None:
        """The serial of the coupon that runs out first of those that count today; None where there is none."""
        current = [
            coupon
            for coupon in self._coupons[household_id]
            if coupon.valid_from <= today <= coupon.valid_until
        ]
        if not current:
            return None
        return serial(min(current, key=lambda coupon: (coupon.valid_until, coupon.coupon_id)).coupon_id)
