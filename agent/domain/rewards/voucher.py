"""A voucher on this receipt for something that is booked: a course, a tasting, a service.

It is a serialised coupon whose program takes nothing off any price. It is issued only where the member chose it, so the
search for the best deal, which looks for discounts, never meets it.
"""

from __future__ import annotations

import datetime

import msgspec

from agent.domain.bounds import ProgramId
from agent.domain.problems import Problem
from agent.domain.rewards.coupon_days import StartsAfterDays, ValidDays, coupon_days


class Voucher(
    msgspec.Struct,
    frozen=True,
    forbid_unknown_fields=True,
    omit_defaults=True,
    kw_only=True,
    tag_field="type",
    tag="voucher",
):
    """One voucher for the program `redeems`, of the kind `experience`, for `valid_days` business days.

    It starts `starts_after_days` after the sale's business date: 0 is the same day.
    """

    redeems: ProgramId
    valid_days: ValidDays
    starts_after_days: StartsAfterDays = 0

    def problem(self) -> Problem | None:
        return None

    def validity(self, business_date: datetime.date) -> tuple[datetime.date, datetime.date]:
        """The first and the last business date on which it may be used."""
        return coupon_days(business_date, self.starts_after_days, self.valid_days)
