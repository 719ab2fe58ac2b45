"""HQ's one clock. A replay of old baskets hands its simulated time to register and HQ in one file."""

from __future__ import annotations

import datetime
import os
import time
from pathlib import Path
from typing import Final

CLOCK_FILE: Final = "REGULARS_CLOCK_FILE"


def now_ms() -> int:
    """UTC in ms; with REGULARS_CLOCK_FILE, the ASCII integer in that file."""
    simulated = os.environ.get(CLOCK_FILE)
    if simulated:
        return int(Path(simulated).read_text("ascii"))
    return time.time_ns() // 1_000_000


def at(time_ms: int) -> datetime.datetime:
    """The UTC time of a count of ms since 1970."""
    return datetime.datetime.fromtimestamp(time_ms / 1000, datetime.UTC)
