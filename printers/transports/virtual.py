"""The virtual printer inside this program: no port, the same bytes."""

from __future__ import annotations

import threading

from agent.service.ports import Clock
from printers.transports.base import Capabilities, PrinterAway
from printers.virtual.printer import VirtualPrinter


class VirtualTransport:
    """One connection to a virtual printer that runs in this program."""

    capabilities = Capabilities(replies=True)

    def __init__(self, printer: VirtualPrinter, clock: Clock) -> None:
        self._printer = printer
        self._clock = clock
        self._news = threading.Condition()
        self._replies = bytearray()
        self._open = False

    def open(self) -> None:
        self._open = True

    def write(self, data: bytes, deadline_s: float) -> int:
        if not self._open:
            raise PrinterAway("not connected")
        taken = self._printer.receive(data, self)
        while taken < len(data):
            left_s = deadline_s - self._clock.monotonic_s()
            if left_s <= 0 or not self._printer.room(left_s):
                break
            taken += self._printer.receive(data[taken:], self)
        return taken

    def read_available(self, timeout_s: float) -> bytes:
        with self._news:
            self._news.wait_for(lambda: self._replies or not self._open, timeout_s)
            if not self._open:
                raise PrinterAway("closed")
            data = bytes(self._replies)
            self._replies.clear()
        return data

    def reply(self, data: bytes) -> None:
        """What the printer answers."""
        with self._news:
            self._replies += data
            self._news.notify_all()

    def close(self) -> None:
        with self._news:
            self._open = False
            self._news.notify_all()
