"""How often HQ is spoken to, and how long to wait before it is tried again: longer each time, never in step with the
other registers.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from sync.connection import CONNECT_TIMEOUT_S, READ_TIMEOUT_S
from sync.wire.messages import HEARTBEAT_S

FIRST_WAIT_S: Final = 1.0
LONGEST_WAIT_S: Final = 60.0
# A sale that wakes the courier does not make it knock at a dead door more often than this.
SHORTEST_WAIT_S: Final = 0.25


@dataclass(frozen=True, slots=True)
class Pace:
    """How often, in seconds: heartbeats, pulls of the feed, and the first and longest wait after a failure."""

    heartbeat_s: float = HEARTBEAT_S
    pull_s: float = HEARTBEAT_S
    first_wait_s: float = FIRST_WAIT_S
    longest_wait_s: float = LONGEST_WAIT_S
    connect_timeout_s: float = CONNECT_TIMEOUT_S
    read_timeout_s: float = READ_TIMEOUT_S


class Backoff:
    """Doubling waits with jitter, between half and the whole of the step.

    `chance` gives a number in [0, 1); seconds are of a monotonic clock. A success resets it.
    """

    def __init__(
        self,
        chance: Callable[[], float],
        *,
        first_s: float = FIRST_WAIT_S,
        longest_s: float = LONGEST_WAIT_S,
        shortest_s: float = SHORTEST_WAIT_S,
    ) -> None:
        self._chance = chance
        self._first_s = first_s
        self._longest_s = longest_s
        self._shortest_s = shortest_s
        self._step_s = 0.0
        self._due_s = 0.0
        self._earliest_s = 0.0

    @property
    def failing(self) -> bool:
        return self._step_s > 0

    def failed(self, now_s: float) -> None:
        """Another try went wrong: the next one waits twice as long, up to the longest."""
        self._step_s = min(self._step_s * 2 or self._first_s, self._longest_s)
        self._due_s = now_s + self._step_s * (0.5 + self._chance() / 2)
        self._earliest_s = now_s + min(self._shortest_s, self._step_s / 2)

    def succeeded(self) -> None:
        self._step_s = self._due_s = self._earliest_s = 0.0

    def wake(self) -> None:
        """Somebody wants an answer now: the wait shrinks to the shortest one."""
        self._due_s = self._earliest_s

    def wait_s(self, now_s: float) -> float:
        """Seconds until the next try; 0 when it is due."""
        return max(0.0, self._due_s - now_s)
