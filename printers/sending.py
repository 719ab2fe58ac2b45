"""Sending one job's bytes over a session, and learning whether they are on paper."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from agent.service.ports import Clock
from printers.known_printer import ConfirmsBy, KnownPrinter
from printers.replies import ASK_SENSOR, PROCESS_IDS, Reply, answers_process_id, ask_process_id
from printers.session import PrinterSession
from printers.status import PrinterStatus
from printers.timing import Timing
from printers.transports.base import PrinterAway

# After so many bytes the sender looks whether the printer still can: less than what any printer buffers.
CHUNK_BYTES: Final = 1024


@dataclass(frozen=True, slots=True)
class Sent:
    """How far a job's bytes got, and why no further; `taken` is 0 only where the printer took not one byte."""

    taken: int
    whole: bool
    reason: str = ""


class Sender:
    """Sends over one session. `tell` hears each status; `wait` waits and says whether the program is ending."""

    def __init__(
        self,
        session: PrinterSession,
        printer: KnownPrinter,
        timing: Timing,
        clock: Clock,
        tell: Callable[[PrinterStatus], None],
        wait: Callable[[float], bool],
    ) -> None:
        self._session = session
        self._printer = printer
        self._timing = timing
        self._clock = clock
        self._tell = tell
        self._wait = wait

    def probe(self) -> ConfirmsBy:
        """How this printer confirms. To be asked while it is ready and has nothing to do."""
        if self._session.capabilities.keeps:
            return "keeping"
        if not self._session.capabilities.replies:
            return "nothing"
        ways: tuple[ConfirmsBy, ...] = ("process_id", "sensor")
        self._session.forget_replies()
        for way in ways:
            self._session.write(request(way, PROCESS_IDS - 1), self._timing.reply_s)
            if self._session.wait_for(_answer(way, PROCESS_IDS - 1), self._timing.probe_s) is not None:
                # A printer answers in order: a process id that was only late has come before the sensor's byte.
                late = self._session.wait_for(_answer("process_id", PROCESS_IDS - 1), 0)
                return "process_id" if late is not None else way
        return "nothing"

    def send(self, segments: Iterable[bytes]) -> Sent:
        """Send all segments; where the printer answers, stop between them while it cannot print."""
        taken = 0
        for chunk in _chunks(segments):
            if self._printer.answers and taken and not self._wait_until_ready():
                return Sent(taken, False, "connection_lost" if self._session.lost else "stalled")
            try:
                part = self._send_chunk(chunk, begun=taken > 0)
            except PrinterAway:
                return Sent(taken, False, "connection_lost")
            taken += part
            if part < len(chunk):
                return Sent(taken, False, "connection_lost" if self._session.lost else "stalled")
        return Sent(taken, True)

    def wait_confirmed(self, way: ConfirmsBy, process_id: int) -> str:
        """Wait until the printer says that it is done; empty then, else why that is not known.

        While it says that it cannot print it is waited for: it goes on by itself when a person has helped.
        """
        deadline_s = self._clock.monotonic_s() + self._timing.confirm_s
        grace_s: float | None = None
        while True:
            if self._session.wait_for(_answer(way, process_id), self._timing.blocked_s) is not None:
                return ""
            try:
                status = self._session.ask_status(self._timing.reply_s)
            except PrinterAway:
                return "connection_lost"
            self._tell(status)
            now_s = self._clock.monotonic_s()
            if status.blocked:
                deadline_s = now_s + self._timing.confirm_s
            elif now_s >= deadline_s:
                return "no_answer"
            if self._wait(0):
                grace_s = grace_s or now_s + self._timing.stop_s
                if now_s >= grace_s:
                    return "stopped"

    def _wait_until_ready(self) -> bool:
        silent_until_s = self._clock.monotonic_s() + self._timing.stall_s
        while True:
            try:
                status = self._session.ask_status(self._timing.reply_s)
            except PrinterAway:
                return False
            if self._printer.fit(status):
                self._tell(status)
                return True
            now_s = self._clock.monotonic_s()
            if status.blocked:
                self._tell(status)
                silent_until_s = now_s + self._timing.stall_s
            elif now_s >= silent_until_s:
                return False
            if self._wait(self._timing.blocked_s if status.blocked else 0):
                return False

    def _send_chunk(self, chunk: bytes, *, begun: bool) -> int:
        """How many bytes of the chunk were taken; fewer when nothing moved for too long."""
        taken = 0
        while taken < len(chunk):
            limit_s = self._timing.stall_s if begun or taken else self._timing.first_byte_s
            part = (
                self._session.write(chunk[taken:], limit_s)
                if not taken
                else self._go_on(chunk[taken:], limit_s)
            )
            if part == 0:
                break
            taken += part
        return taken

    def _go_on(self, rest: bytes, limit_s: float) -> int:
        try:
            return self._session.write(rest, limit_s)
        except PrinterAway:
            return 0


def request(way: ConfirmsBy, process_id: int) -> bytes:
    """The question that stands behind a job's last byte."""
    if way == "process_id":
        return ask_process_id(process_id)
    return ASK_SENSOR if way == "sensor" else b""


def _answer(way: ConfirmsBy, process_id: int) -> Callable[[Reply], bool]:
    if way == "process_id":
        return lambda reply: answers_process_id(reply, process_id)
    return lambda reply: reply.kind == "sensor"


def _chunks(segments: Iterable[bytes]) -> Iterator[bytes]:
    """Segments put together to about a chunk; never one cut apart."""
    chunk = b""
    for segment in segments:
        chunk += segment
        if len(chunk) >= CHUNK_BYTES:
            yield chunk
            chunk = b""
    if chunk:
        yield chunk
