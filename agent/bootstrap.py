"""Builds everything once. The only file that knows every package, and the register's only clock."""

from __future__ import annotations

import os
import secrets
import time
from pathlib import Path
from typing import Final

DATABASE: Final = "register.db"
# A simulated clock for replays, shared with HQ: a file that holds UTC ms as decimal digits.
CLOCK_FILE: Final = "REGULARS_CLOCK_FILE"


class SystemClock:
    """The machine's clocks."""

    def now_ms(self) -> int:
        return time.time_ns() // 1_000_000

    def monotonic_s(self) -> float:
        return time.monotonic()


class FileClock:
    """A clock that stands where a file says, for replays; timeouts still follow real time."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def now_ms(self) -> int:
        return int(self._path.read_text("ascii"))

    def monotonic_s(self) -> float:
        return time.monotonic()


class SystemEntropy:
    """The operating system's random bytes."""

    def token(self, length: int) -> bytes:
        return secrets.token_bytes(length)


def the_clock() -> SystemClock | FileClock:
    """The machine's clock, or the simulated one that a replay names."""
    told = os.environ.get(CLOCK_FILE)
    return FileClock(Path(told)) if told else SystemClock()
