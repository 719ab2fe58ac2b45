"""What every way to a printer can do: take bytes and say how many it took, and hand over what the printer sent."""

from __future__ import annotations

import select
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from agent.service.ports import Clock


@dataclass(frozen=True, slots=True)
class Capabilities:
    """`replies` when the printer can answer; `keeps` when a byte taken is a byte kept (a file), with nothing to ask."""

    replies: bool
    keeps: bool = False


class PrinterAway(Exception):
    """There is no printer at the other end (any more), in words for the log. Bytes taken before may be on paper."""


class Transport(Protocol):
    """One connection to one printer. One thread writes, another reads."""

    @property
    def capabilities(self) -> Capabilities: ...

    def open(self) -> None:
        """Connect, within a bounded time. Raises PrinterAway."""

    def write(self, data: bytes, deadline_s: float) -> int:
        """Hand over as many bytes as are taken before the deadline (of the monotonic clock). Returns how many.

        Raises PrinterAway only where not one byte of `data` was taken.
        """

    def read_available(self, timeout_s: float) -> bytes:
        """What the printer has sent, waiting at most this long; empty where it sent nothing. Raises PrinterAway."""

    def close(self) -> None:
        """Let go of the connection; a second time does nothing."""


def write_until(
    send: Callable[[bytes], int], descriptor: int, data: bytes, deadline_s: float, clock: Clock
) -> tuple[int, OSError | None]:
    """Send over a descriptor that never blocks. Returns how many bytes were taken, and what broke if something did."""
    taken = 0
    while taken < len(data):
        try:
            taken += send(data[taken:])
        except (BlockingIOError, InterruptedError):
            left_s = deadline_s - clock.monotonic_s()
            if left_s <= 0:
                break
            try:
                select.select([], [descriptor], [], left_s)
            except (OSError, ValueError):
                return taken, OSError("closed meanwhile")
        except OSError as error:
            return taken, error
    return taken, None


def wait_readable(descriptor: int, timeout_s: float) -> bool:
    """Whether something came within the time. Raises OSError when the descriptor was closed meanwhile."""
    try:
        ready, _, _ = select.select([descriptor], [], [], timeout_s)
    except ValueError as error:
        raise OSError("closed meanwhile") from error
    return bool(ready)
