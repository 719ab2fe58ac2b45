"""The virtual printer on a TCP port, like a network printer's 9100."""

from __future__ import annotations

import contextlib
import socket
import struct
import threading
from collections.abc import Callable
from typing import Final

from printers.virtual.printer import VirtualPrinter

_READ_BYTES: Final = 1024
_ACCEPT_POLL_S: Final = 0.05
_REPLY_TIMEOUT_S: Final = 1.0
_JOIN_S: Final = 2.0
# SO_LINGER, on, for no time: closing resets the connection, as pulling the plug does.
_RESET: Final = struct.pack("ii", 1, 0)


class TcpPort:
    """Listens on `host`:`port` (0 picks a free one) for its printer, until `close`."""

    def __init__(self, printer: VirtualPrinter, port: int = 0, host: str = "127.0.0.1") -> None:
        self._printer = printer
        self._listener = socket.create_server((host, port))
        self._listener.settimeout(_ACCEPT_POLL_S)
        self.address: tuple[str, int] = self._listener.getsockname()[:2]
        self._open: set[_Connection] = set()
        self._lock = threading.Lock()
        self._closing = False
        self._thread = threading.Thread(target=self._accept, name="virtual-printer-port", daemon=True)
        self._thread.start()

    def cut_connections(self) -> int:
        """Break every connection at once, as when the plug is pulled. Returns how many there were."""
        with self._lock:
            connections = list(self._open)
        for connection in connections:
            connection.cut()
        return len(connections)

    def close(self) -> None:
        """Nobody can connect any more; who was connected is cut off."""
        self._closing = True
        self._thread.join(_JOIN_S)
        self._listener.close()
        self.cut_connections()

    def _accept(self) -> None:
        while not self._closing:
            try:
                accepted, _address = self._listener.accept()
            except TimeoutError:
                continue
            except OSError:
                return
            connection = _Connection(accepted, self._printer, self._forget)
            with self._lock:
                self._open.add(connection)
                connection.start()

    def _forget(self, connection: _Connection) -> None:
        with self._lock:
            self._open.discard(connection)


class _Connection:
    """One computer that prints; it reads no faster than the printer has room."""

    def __init__(
        self, accepted: socket.socket, printer: VirtualPrinter, forget: Callable[[_Connection], None]
    ) -> None:
        self._socket = accepted
        self._socket.settimeout(_REPLY_TIMEOUT_S)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._printer = printer
        self._forget = forget
        self._cut = False
        self._thread = threading.Thread(target=self._read, name="virtual-printer-connection", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def reply(self, data: bytes) -> None:
        with contextlib.suppress(OSError):
            self._socket.sendall(data)

    def cut(self) -> None:
        self._cut = True
        with contextlib.suppress(OSError):
            self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
            # Wakes the reader, which then closes.
            self._socket.shutdown(socket.SHUT_RD)
        if self._thread is not threading.current_thread():
            self._thread.join(_JOIN_S)

    def _read(self) -> None:
        while not self._cut:
            room = self._printer.room(_ACCEPT_POLL_S)
            if not room:
                continue
            try:
                data = self._socket.recv(min(room, _READ_BYTES))
            except TimeoutError:
                continue
            except OSError:
                break
            if not data:
                break
            self._printer.receive(data, self)
        self._socket.close()
        self._forget(self)
