"""Receipts into a file, one after the other; or into the device file of a printer that cannot answer."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from agent.service.ports import Clock
from printers.transports.base import Capabilities, PrinterAway, write_until


class FileTransport:
    """Appends to `path`. A byte in a plain file is kept; a device (`/dev/usb/lp0`) promises nothing."""

    def __init__(self, path: Path, clock: Clock) -> None:
        self._path = path
        self._clock = clock
        self._descriptor: int | None = None
        self._plain = True

    @property
    def capabilities(self) -> Capabilities:
        return Capabilities(replies=False, keeps=self._plain)

    def open(self) -> None:
        flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | getattr(os, "O_NONBLOCK", 0)
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self._descriptor = os.open(self._path, flags, 0o600)
        except OSError as error:
            raise PrinterAway(f"the file does not open: {error}") from error
        self._plain = stat.S_ISREG(os.fstat(self._descriptor).st_mode)

    def write(self, data: bytes, deadline_s: float) -> int:
        descriptor = self._descriptor
        if descriptor is None:
            raise PrinterAway("not open")
        taken, broken = write_until(
            lambda rest: os.write(descriptor, rest), descriptor, data, deadline_s, self._clock
        )
        if broken is not None and taken == 0:
            raise PrinterAway(f"the file cannot be written: {broken}") from broken
        return taken

    def read_available(self, timeout_s: float) -> bytes:
        """Nothing ever comes back from a file."""
        return b""

    def close(self) -> None:
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None
