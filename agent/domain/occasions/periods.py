"""How often something counts: once for ever, or once in each day, week, month or year of the shop's business dates."""

from __future__ import annotations

import datetime
from typing import Literal

from agent.domain.limit_period import first_day

Once = Literal["ever", "year", "month", "week", "day"]


def period_of(once: Once, on: datetime.date) -> str:
    """The name of the period that a business date is in, like 2026-11; "ever" has one period for all dates."""
    match once:
        case "ever":
            return "ever"
        case "year":
            return f"{on.year:04}"
        case "month":
            return f"{on.year:04}-{on.month:02}"
        case "week":
            week = on.isocalendar()
            return f"{week.year:04}-W{week.week:02}"
        case "day":
            return on.isoformat()


def first_day_of(once: Once, on: datetime.date) -> datetime.date:
    """The first business date of the period that this one is in."""
    return first_day("always" if once == "ever" else once, on)
