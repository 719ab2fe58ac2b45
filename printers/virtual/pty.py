"""The virtual printer on a serial line: a pseudo-terminal that a program opens like a serial port."""

from __future__ import annotations

import contextlib
import os
import select
import threading
import tty
from typing import Final

from printers.virtual.printer import VirtualPrinter

_READ_BYTES: Final = 1024
_POLL_S: Final = 0.1
_JOIN_S: Final = 2.0


class SerialPort:
    """`device` is what the program at the other end opens."""

    def __init__(self, printer: VirtualPrinter) -> None:
        self._printer = printer
        # The end for the program stays open here too: without it, reading fails whenever nobody else has it open.
        self._ours, self._theirs = os.openpty()
        tty.setraw(self._theirs)
        os.set_blocking(self._ours, False)
        self.device = os.ttyname(self._theirs)
        self._closing = False
        self._thread = threading.Thread(target=self._read, name="virtual-printer-serial", daemon=True)
        self._thread.start()

    def reply(self, data: bytes) -> None:
        with contextlib.suppress(OSError):
            os.write(self._ours, data)

    def close(self) -> None:
        """Unplug it."""
        self._closing = True
        self._thread.join(_JOIN_S)
        os.close(self._ours)
        os.close(self._theirs)

    def _read(self) -> None:
        while not self._closing:
            room = self._printer.room(_POLL_S)
            if not room:
                continue
            ready, _, _ = select.select([self._ours], [], [], _POLL_S)
            if not ready:
                continue
            with contextlib.suppress(BlockingIOError, InterruptedError):
                self._printer.receive(os.read(self._ours, min(room, _READ_BYTES)), self)
