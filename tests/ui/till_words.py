"""The store's time in the screens' tests: Brașov in winter."""

from __future__ import annotations

import datetime

TWO_HOURS = datetime.timezone(datetime.timedelta(hours=2))
# Sunday, 22 November 2026, 14:02 there.
AT_MS = 1_795_348_920_000


def in_store_time(at_ms: int) -> datetime.datetime:
    return datetime.datetime.fromtimestamp(at_ms / 1000, TWO_HOURS)
