"""The trading day, which may end after midnight."""

from __future__ import annotations

import datetime

_DAY_MIN = 24 * 60


def business_date(at_ms: int, offset_min: int, cutoff_min: int) -> datetime.date:
    """The business date at a UTC time in ms, its offset, and a day that ends `cutoff_min` after midnight."""
    local_min = at_ms // 60_000 + offset_min - cutoff_min
    return datetime.date(1970, 1, 1) + datetime.timedelta(days=local_min // _DAY_MIN)
