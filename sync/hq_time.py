"""HQ's time at the register: signatures carry it, and a difference makes the register's own clock suspect."""

from __future__ import annotations

from agent.service.ports import Clock


class HqTime:
    """HQ's clock as this register knows it: its own clock plus the difference seen at the last contact."""

    def __init__(self, clock: Clock, offset_ms: int = 0) -> None:
        self._clock = clock
        self.offset_ms = offset_ms

    def now_ms(self) -> int:
        return self._clock.now_ms() + self.offset_ms

    def heard(self, hq_ms: int, sent_ms: int, received_ms: int) -> None:
        """HQ's time in an answer, and our own when the request left and the answer came.

        A time between the two proves no difference: the network, or a person setting the clock, took that long.
        """
        self.offset_ms = min(0, hq_ms - sent_ms) + max(0, hq_ms - received_ms)
