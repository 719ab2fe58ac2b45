"""A line between registers and HQ that can be cut, restored and held, at once and on the socket itself.

Bytes are carried as they come, in both directions; what cannot be done with a real connection is not done here.
"""

from __future__ import annotations

import asyncio
import socket
import struct
import threading
from collections.abc import Coroutine
from typing import Any, Final

_HOST: Final = "127.0.0.1"
_TOLD_S: Final = 30.0
# Closing with no time to linger resets the connection, as a cable that is pulled ends it.
_RESET: Final = struct.pack("ii", 1, 0)


class HqLine:
    """Carries connections to `url` on to HQ's port. It begins whole, or cut where `hq_port` is 0: there is no HQ then.

    Each switch has happened when it returns.
    """

    def __init__(self, hq_port: int) -> None:
        self.hq_port = hq_port
        self.held = False
        self.near_ends: set[_NearEnd] = set()
        # Bound and never listened on: while the line is cut, nobody else gets its port.
        self._place = _bound(0)
        self._port: int = self._place.getsockname()[1]
        self._server: asyncio.Server | None = None
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="hq-line", daemon=True)
        self._thread.start()
        if hq_port:
            self.restore()

    @property
    def url(self) -> str:
        return f"http://{_HOST}:{self._port}"

    @property
    def whole(self) -> bool:
        """Whether connections are taken."""
        return self._server is not None

    def cut(self) -> None:
        """Reset every connection and refuse new ones."""
        self._do(self._cut())

    def restore(self) -> None:
        """Take connections again."""
        self._do(self._restore())

    def hold(self) -> None:
        """Keep HQ's answers back; what the registers send still arrives."""
        self._do(self._set_held(held=True))

    def let_go(self) -> None:
        """Deliver the answers that were kept back, and all later ones."""
        self._do(self._set_held(held=False))

    def close(self) -> None:
        """Cut for good."""
        self.cut()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(_TOLD_S)
        self._loop.close()
        self._place.close()

    def _do(self, what: Coroutine[Any, Any, None]) -> None:
        asyncio.run_coroutine_threadsafe(what, self._loop).result(_TOLD_S)

    async def _cut(self) -> None:
        if self._server is not None:
            self._server.close()
            self._server = None
        dialling = [end.dialling for end in self.near_ends if end.dialling is not None]
        for end in list(self.near_ends):
            end.reset()
        # A connection closes in the round after it was told to.
        await asyncio.gather(*dialling, return_exceptions=True)
        while self.near_ends:
            await asyncio.sleep(0)

    async def _restore(self) -> None:
        if self._server is None:
            self._server = await self._loop.create_server(lambda: _NearEnd(self), sock=_bound(self._port))

    async def _set_held(self, *, held: bool) -> None:
        self.held = held
        if not held:
            for end in self.near_ends:
                end.deliver()


class _NearEnd(asyncio.Protocol):
    """A register's connection; it dials HQ, and reads once that has answered."""

    def __init__(self, line: HqLine) -> None:
        self._line = line
        self._kept = bytearray()
        self._ended = False
        self._far: asyncio.Transport | None = None
        self.dialling: asyncio.Task[None] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._line.near_ends.add(self)
        if not self._line.whole:
            self.reset()
            return
        transport.pause_reading()
        self.dialling = asyncio.get_running_loop().create_task(self._dial())

    def data_received(self, data: bytes) -> None:
        if self._far is not None:
            self._far.write(data)

    def connection_lost(self, exc: Exception | None) -> None:
        self._line.near_ends.discard(self)
        if self._far is not None:
            self._far.abort()

    def answered(self, data: bytes) -> None:
        """HQ has sent this."""
        self._kept += data
        if not self._line.held:
            self.deliver()

    def deliver(self) -> None:
        """Hand the register what was kept back."""
        if self._kept and not self._transport.is_closing():
            self._transport.write(bytes(self._kept))
        self._kept.clear()
        if self._ended:
            self._transport.close()

    def hung_up(self) -> None:
        """HQ closed its end; what it said before that is still delivered."""
        self._ended = True
        if not self._kept:
            self._transport.close()

    def reset(self) -> None:
        if not self._transport.is_closing():
            there = self._transport.get_extra_info("socket")
            there.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
        self._transport.abort()

    async def _dial(self) -> None:
        try:
            far, _end = await asyncio.get_running_loop().create_connection(
                lambda: _FarEnd(self), _HOST, self._line.hq_port
            )
        except OSError:
            self.reset()
            return
        if self._transport.is_closing():
            far.abort()
            return
        self._far = far
        self._transport.resume_reading()


class _FarEnd(asyncio.Protocol):
    """The connection to HQ that belongs to a register's."""

    def __init__(self, near: _NearEnd) -> None:
        self._near = near

    def data_received(self, data: bytes) -> None:
        self._near.answered(data)

    def connection_lost(self, exc: Exception | None) -> None:
        self._near.hung_up()


def _bound(port: int) -> socket.socket:
    """A socket at this port of this machine, or at a free one. Two of ours may stand at the same."""
    made = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    made.bind((_HOST, port))
    return made
