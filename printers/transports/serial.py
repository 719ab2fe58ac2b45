"""A printer on a serial port, or on USB that looks like one."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final

from agent.service.ports import Clock
from printers.transports.base import Capabilities, PrinterAway, wait_readable, write_until

if TYPE_CHECKING:
    import serial

_READ_BYTES: Final = 4096


class SerialTransport:
    """Opens `device` at `baud`, 8 data bits, no parity."""

    capabilities = Capabilities(replies=True)

    def __init__(self, device: str, baud: int, clock: Clock) -> None:
        self._device = device
        self._baud = baud
        self._clock = clock
        self._port: serial.Serial | None = None
        self._lost = ""

    def open(self) -> None:
        import serial

        try:
            # dsrdtr=False: asking for DTR fails on some ports that have no such line.
            self._port = serial.Serial(
                self._device,
                self._baud,
                timeout=0,
                write_timeout=0,
                dsrdtr=False,
                rtscts=False,
                xonxoff=False,
            )
        except (OSError, ValueError) as error:
            raise PrinterAway(f"the port does not open: {error}") from error
        self._lost = ""

    def write(self, data: bytes, deadline_s: float) -> int:
        # Straight to the descriptor: pyserial's own write loses the count of what was taken when it times out.
        descriptor = self._opened().fileno()
        taken, broken = write_until(
            lambda rest: os.write(descriptor, rest), descriptor, data, deadline_s, self._clock
        )
        if broken is not None:
            self._lost = self._lost or f"the port is gone: {broken}"
            if taken == 0:
                raise PrinterAway(self._lost) from broken
        return taken

    def read_available(self, timeout_s: float) -> bytes:
        descriptor = self._opened().fileno()
        try:
            data = os.read(descriptor, _READ_BYTES) if wait_readable(descriptor, timeout_s) else None
        except (BlockingIOError, InterruptedError):
            return b""
        except OSError as error:
            self._lost = self._lost or f"the port is gone: {error}"
            raise PrinterAway(self._lost) from error
        if data == b"":
            self._lost = "the port is gone"
            raise PrinterAway(self._lost)
        return data or b""

    def close(self) -> None:
        if self._port is not None:
            self._lost = self._lost or "closed"
            self._port.close()
            self._port = None

    def _opened(self) -> serial.Serial:
        port = self._port
        if self._lost or port is None or not port.is_open:
            raise PrinterAway(self._lost or "not open")
        return port
