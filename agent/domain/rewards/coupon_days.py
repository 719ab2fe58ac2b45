"""The business dates on which a coupon may be used that a sale issues."""

from __future__ import annotations

import datetime
from typing import Annotated, Final

import msgspec

_MAX_DAYS: Final = 3_650

ValidDays = Annotated[int, msgspec.Meta(ge=1, le=_MAX_DAYS)]
StartsAfterDays = Annotated[int, msgspec.Meta(ge=0, le=_MAX_DAYS)]


def coupon_days(
    business_date: datetime.date, starts_after_days: int, valid_days: int
) -> tuple[datetime.date, datetime.date]:
    """The first and the last one, for a sale of this business date."""
    first = _later(business_date, starts_after_days)
    return first, _later(first, valid_days - 1)


def _later(day: datetime.date, days: int) -> datetime.date:
    """`days` later, or the calendar's last day: a date from a wild clock must not stop a sale."""
    return datetime.date.fromordinal(min(day.toordinal() + days, datetime.date.max.toordinal()))
