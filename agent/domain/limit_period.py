"""The periods in which uses of a program are counted, by the shop's business dates; a week begins on Monday."""

from __future__ import annotations

import datetime

from agent.domain.limits import Period


def first_day(period: Period, on: datetime.date) -> datetime.date:
    """The first business date of the period that this one is in."""
    match period:
        case "day":
            return on
        case "week":
            # Not before the calendar begins: year 1 began on a Monday.
            return on - datetime.timedelta(days=on.weekday())
        case "month":
            return on.replace(day=1)
        case "year":
            return on.replace(month=1, day=1)
        case "always":
            return datetime.date.min
