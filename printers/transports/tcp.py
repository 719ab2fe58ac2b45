"""A network printer on port 9100: a plain TCP stream."""

from __future__ import annotations

import socket
from typing import Final

from agent.service.ports import Clock
from printers.transports.base import Capabilities, PrinterAway, wait_readable, write_until

CONNECT_TIMEOUT_S: Final = 3.0
# A printer that was switched off acknowledges nothing: after this long the connection counts as lost.
UNACKNOWLEDGED_MS: Final = 10_000
_READ_BYTES: Final = 4096
# Little waits here unseen: what the printer has not taken should not count as taken.
_SEND_BUFFER_BYTES: Final = 8192


class TcpTransport:
    """Connects to `host`:`port`."""

    capabilities = Capabilities(replies=True)

    def __init__(
        self, host: str, port: int, clock: Clock, connect_timeout_s: float = CONNECT_TIMEOUT_S
    ) -> None:
        self._address = (host, port)
        self._clock = clock
        self._connect_timeout_s = connect_timeout_s
        self._socket: socket.socket | None = None
        self._lost = ""

    def open(self) -> None:
        try:
            connected = socket.create_connection(self._address, timeout=self._connect_timeout_s)
        except OSError as error:
            raise PrinterAway(f"no connection: {error}") from error
        connected.setblocking(False)
        connected.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        connected.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        connected.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _SEND_BUFFER_BYTES)
        if hasattr(socket, "TCP_USER_TIMEOUT"):
            connected.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, UNACKNOWLEDGED_MS)
        self._socket, self._lost = connected, ""

    def write(self, data: bytes, deadline_s: float) -> int:
        connected = self._connected()
        taken, broken = write_until(connected.send, connected.fileno(), data, deadline_s, self._clock)
        if broken is not None:
            self._lost = self._lost or f"the connection broke: {broken}"
            if taken == 0:
                raise PrinterAway(self._lost) from broken
        return taken

    def read_available(self, timeout_s: float) -> bytes:
        connected = self._connected()
        try:
            data = connected.recv(_READ_BYTES) if wait_readable(connected.fileno(), timeout_s) else None
        except (BlockingIOError, InterruptedError):
            return b""
        except OSError as error:
            self._lost = self._lost or f"the connection broke: {error}"
            raise PrinterAway(self._lost) from error
        if data == b"":
            self._lost = "the printer closed the connection"
            raise PrinterAway(self._lost)
        return data or b""

    def close(self) -> None:
        if self._socket is not None:
            self._lost = self._lost or "closed"
            self._socket.close()
            self._socket = None

    def _connected(self) -> socket.socket:
        connected = self._socket
        if self._lost or connected is None:
            raise PrinterAway(self._lost or "not connected")
        return connected
