"""When something happens: UTC, the store's offset, the business date, and whether the clock can be trusted.

The clock is suspect when HQ's time differed at the last contact, when it stands before the last sale, or when its date
is impossible (a dead clock battery). A jump forward is seen at the next contact: a register that was off for a week
looks just the same from inside.
"""

from __future__ import annotations

import datetime
import functools
import zoneinfo
from typing import Final

from agent.domain.business_date import business_date
from agent.domain.quote_input import ClockState
from agent.store.sales import last_sale
from agent.store.settings import read_store
from agent.store.sqlite import Connection
from agent.store.status import HqContact, read_status
from sync.wire.entries import Stamp
from sync.wire.feed import StoreRow

MAX_CLOCK_SKEW_MS: Final = 5 * 60 * 1000
# 2010-01-01 and 2100-01-01, UTC: no register of ours ran before, and none will after.
EARLIEST_MS: Final = 1_262_304_000_000
LATEST_MS: Final = 4_102_444_800_000


def stamp_at(db: Connection, at_ms: int, store: StoreRow | None = None) -> Stamp:
    """The stamp of an entry made now. Before the store's zone is known, UTC."""
    store = store or read_store(db)
    offset_min = offset_at(store.zone, at_ms) if store else 0
    cutoff_min = store.day_cutoff_min if store else 0
    day = business_date(at_ms, offset_min, cutoff_min)
    return Stamp(at_ms, offset_min, day, clock_state(db, at_ms))


def clock_state(db: Connection, at_ms: int) -> ClockState:
    """Whether this time may be believed."""
    if not EARLIEST_MS <= at_ms < LATEST_MS:
        return "suspect"
    contact = read_status(db, HqContact)
    if contact.skew_ms is not None and abs(contact.skew_ms) > MAX_CLOCK_SKEW_MS:
        return "suspect"
    last = last_sale(db)
    if last is not None and at_ms < last.at_ms - MAX_CLOCK_SKEW_MS:
        return "suspect"
    return "ok"


def offset_at(zone: str, at_ms: int) -> int:
    """Minutes by which the zone's local time is ahead of UTC at that moment."""
    moment = datetime.datetime.fromtimestamp(at_ms / 1000, _zone(zone))
    offset = moment.utcoffset() or datetime.timedelta(0)
    return int(offset.total_seconds()) // 60


@functools.lru_cache(maxsize=8)
def _zone(name: str) -> zoneinfo.ZoneInfo:
    return zoneinfo.ZoneInfo(name)
