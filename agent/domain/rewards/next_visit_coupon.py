"""A coupon on this receipt for a later sale."""

from __future__ import annotations

import datetime
from typing import Annotated

import msgspec

from agent.domain.bounds import ProgramId
from agent.domain.problems import Problem

_MAX_DAYS = 3_650


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
    valid_days: Annotated[int, msgspec.Meta(ge=1, le=_MAX_DAYS)]
    starts_after_days: Annotated[int, msgspec.Meta(ge=0, le=_MAX_DAYS)] = 1

    def problem(self) -> Problem | None:
        return None

    def validity(self, business_date: datetime.date) -> tuple[datetime.date, datetime.date]:
        """The first and the last business date on which it may be used."""
        first = _later(business_date, self.starts_after_days)
        return first, _later(first, self.valid_days - 1)


def _later(day: datetime.date, days: int) -> datetime.date:
    """`days` later, or the calendar's last day: a date from a wild clock must not stop a sale."""
    return datetime.date.fromordinal(min(day.toordinal() + days, datetime.date.max.toordinal()))
