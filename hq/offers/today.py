"""The business date that a list of offers is judged by."""

from __future__ import annotations

import datetime

from hq.devices.models import Store
from hq.occasions.whom import when_in


def today(now_ms: int) -> datetime.date:
    """The earliest business date among HQ's stores: an offer that still holds in one of them is taken."""
    found = [when_in(store, now_ms).on for store in Store.objects.all()]
    return min(found) if found else datetime.datetime.fromtimestamp(now_ms / 1000, datetime.UTC).date()
