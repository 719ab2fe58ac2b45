"""A coupon on this receipt for a later sale."""

from __future__ import annotations

import datetime

import msgspec

from agent.domain.bounds import ProgramId
from agent.domain.problems import Problem
from agent.domain.rewards.coupon_days import StartsAfterDays, ValidDays, coupon_days


class NextVisitCoupon(
    msgspec.Struct,
    frozen=True,
    forbid_unknown_fields=True,
    kw_only=True,
    tag_field="type",
    tag="next_visit_coupon",
):
    """One coupon that the program `redeems` will honour, for `valid_days` business days.

    It starts `starts_after_days` after the sale's business date: 1 is the next day.
    """

    redeems: ProgramId
    valid_days: ValidDays
    starts_after_days: StartsAfterDays = 1

    def problem(self) -> Problem | None:
        return None

    def validity(self, business_date: datetime.date) -> tuple[datetime.date, datetime.date]:
        """The first and the last business date on which it may be used."""
        return coupon_days(business_date, self.starts_after_days, self.valid_days)
