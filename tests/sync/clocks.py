"""Clocks and chance for these tests."""

from __future__ import annotations

import os
import time


class TestClock:
    """The machine's clock, moved by `ahead_ms`. Its monotonic time stands still at `stands_at_s` where that is set."""

    __test__ = False

    def __init__(self, ahead_ms: int = 0) -> None:
        self.ahead_ms = ahead_ms
        self.stands_at_s: float | None = None
        self.looks = 0

    def now_ms(self) -> int:
        return time.time_ns() // 1_000_000 + self.ahead_ms

    def monotonic_s(self) -> float:
        self.looks += 1
        return time.monotonic() if self.stands_at_s is None else self.stands_at_s


class TestEntropy:
    """Random bytes of the machine."""

    __test__ = False

    def token(self, length: int) -> bytes:
        return os.urandom(length)
