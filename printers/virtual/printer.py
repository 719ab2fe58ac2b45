"""The virtual printer itself: a receive buffer, a mechanism that stops when it cannot print, answers, and paper.

Real-time questions (DLE EOT) are answered the moment they arrive, everything else in its turn: a process id is
answered when all before it is on paper. Out of paper, with the cover open or offline it keeps what it has in its
buffer, takes more until that is full, and goes on when a person has helped.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, Final, Protocol
from weakref import WeakKeyDictionary

from printers.profile import PAPER_80MM, Profile
from printers.stream.commands import in_words
from printers.stream.machine import Machine, UnknownCommand
from printers.stream.printed import CutMark, DrawerPulse, Printed, Question, height_of
from printers.stream.tokenizer import Token, Tokenizer
from printers.virtual.faults import Condition
from printers.virtual.paper import Paper, last_number, save_paper

BUFFER_BYTES: Final = 16 * 1024
# Papers kept in memory; the older ones are in the folder, if there is one.
MAX_PAPERS_KEPT: Final = 1000
_REAL_TIME: Final = b"\x10\x04"
_INITIALIZE: Final = b"\x1b@"
_JOIN_S: Final = 5.0
_PROCESS_ID_ANSWER: Final = b"\x37\x22"


class Host(Protocol):
    """The computer at the other end of a connection."""

    def reply(self, data: bytes) -> None:
        """Send these bytes back; a host that is gone does not mind."""


class VirtualPrinter:
    """One printer; any number of connections. `on_paper` is called for each finished paper, in the printer's thread.

    `paper_dots` is what is left of the roll; None is a roll without end.
    """

    def __init__(
        self,
        profile: Profile = PAPER_80MM,
        paper_dir: Path | None = None,
        *,
        paper_dots: int | None = None,
        buffer_bytes: int = BUFFER_BYTES,
        on_paper: Callable[[Paper], None] | None = None,
    ) -> None:
        self.profile = profile
        self._paper_dir = paper_dir
        self._on_paper = on_paper
        self._buffer_bytes = buffer_bytes
        self._news = threading.Condition()
        self._condition = Condition()
        self._paper_dots = paper_dots
        self._received = bytearray()
        self._tokens: deque[Token] = deque()
        self._tails: WeakKeyDictionary[Host, bytes] = WeakKeyDictionary()
        self._host: Host | None = None
        self._automatic: Host | None = None
        self._stopping = False
        self._tokenizer = Tokenizer()
        self._machine = Machine(profile.dots)
        self._number = last_number(paper_dir) if paper_dir else 0
        self._data = bytearray()
        self._printed: list[Printed] = []
        self._unknown: list[str] = []
        self._papers: deque[Paper] = deque(maxlen=MAX_PAPERS_KEPT)
        self._pulses = 0
        self._thread = threading.Thread(target=self._run, name="virtual-printer", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Switch it off. What is in its buffer is lost, as in a real one."""
        with self._news:
            self._stopping = True
            self._news.notify_all()
        self._thread.join(_JOIN_S)

    def switch(self, **changes: Any) -> None:
        """Change the printer's condition: `switch(paper_out=True)`, `switch(cover_open=False, slow_s=0.01)`."""
        with self._news:
            self._change(**changes)

    def load_paper(self, dots: int | None = None) -> None:
        """Put in a roll: with so many dots left, or without end."""
        with self._news:
            self._paper_dots = dots
            self._change(paper_out=False)

    @property
    def condition(self) -> Condition:
        with self._news:
            return self._condition

    @property
    def papers(self) -> tuple[Paper, ...]:
        """The finished papers, oldest first."""
        with self._news:
            return tuple(self._papers)

    @property
    def drawer_pulses(self) -> int:
        """How often the drawer was told to open."""
        with self._news:
            return self._pulses

    @property
    def printed_so_far(self) -> tuple[Printed, ...]:
        """What is on the paper that has not been cut yet."""
        with self._news:
            return tuple(self._printed)

    def wait_for_papers(self, count: int, timeout_s: float) -> bool:
        """Whether so many papers came out in time."""
        with self._news:
            return self._news.wait_for(lambda: len(self._papers) >= count, timeout_s)

    def room(self, timeout_s: float) -> int:
        """How many bytes the buffer takes, waiting at most this long for one."""
        with self._news:
            self._news.wait_for(lambda: self._room() > 0 or self._stopping, timeout_s)
            return max(self._room(), 0)

    def receive(self, data: bytes, host: Host) -> int:
        """Take bytes from a host, as many as there is room for. Returns how many."""
        with self._news:
            taken = data[: max(self._room(), 0)]
            self._received += taken
            if taken:
                self._host = host
            questions = self._real_time(taken, host)
            self._news.notify_all()
        for number in questions:
            self._reply(host, self.condition.status_byte(number))
        return len(taken)

    def _room(self) -> int:
        return self._buffer_bytes - len(self._received) - sum(len(token.data) for token in self._tokens)

    def _real_time(self, taken: bytes, host: Host) -> list[int]:
        """The status questions in what has just arrived, wherever they stand."""
        seen = self._tails.get(host, b"") + taken
        self._tails[host] = seen[-2:]
        found = []
        at = seen.find(_REAL_TIME)
        while at >= 0 and at + 2 < len(seen):
            if 1 <= seen[at + 2] <= 4:
                found.append(seen[at + 2])
            at = seen.find(_REAL_TIME, at + 2)
        return found

    def _run(self) -> None:
        while True:
            with self._news:
                self._news.wait_for(
                    lambda: self._stopping or (self._condition.can_print and self._has_work())
                )
                if self._stopping:
                    return
                token = self._next_token()
                slow_s = self._condition.slow_s
            if token is not None:
                self._execute(token)
                if slow_s and token.prefix in (b"\n", b"\x1dv0\x00"):
                    self._rest(slow_s)

    def _has_work(self) -> bool:
        return bool(self._received or self._tokens)

    def _next_token(self) -> Token | None:
        if not self._tokens:
            self._tokens.extend(self._tokenizer.feed(bytes(self._received)))
            self._received.clear()
        token = self._tokens.popleft() if self._tokens else None
        self._news.notify_all()
        return token

    def _rest(self, slow_s: float) -> None:
        with self._news:
            self._news.wait_for(lambda: self._stopping, slow_s)

    def _execute(self, token: Token) -> None:
        if token.data == _INITIALIZE:
            self._finish_paper(cut=False)
            self._data.clear()
        self._data += token.data
        try:
            printed = self._machine.run(token)
        except UnknownCommand as error:
            # A real printer goes on as well, with whatever follows.
            self._unknown.append(
                f"{in_words(error.token.data[:8])} at byte {len(self._data) - len(token.data)}"
            )
            return
        for one in printed:
            self._put(one)

    def _put(self, printed: Printed) -> None:
        match printed:
            case Question():
                self._answer(printed)
                return
            case DrawerPulse():
                with self._news:
                    self._pulses += 1
                    self._change(drawer_open=True)
        with self._news:
            self._printed.append(printed)
            if self._paper_dots is not None:
                self._paper_dots -= height_of(printed)
                if self._paper_dots <= 0 and not isinstance(printed, CutMark):
                    self._change(paper_out=True)
        if isinstance(printed, CutMark):
            self._finish_paper(cut=True)

    def _finish_paper(self, *, cut: bool) -> None:
        with self._news:
            printed, self._printed = tuple(self._printed), []
        unknown, self._unknown = tuple(self._unknown), []
        data = bytes(self._data)
        self._data.clear()
        if not printed and not unknown:
            return
        self._number += 1
        paper = Paper(self._number, data, printed, unknown, cut, self.profile)
        if self._paper_dir is not None:
            save_paper(paper, self._paper_dir)
        if self._on_paper is not None:
            self._on_paper(paper)
        with self._news:
            self._papers.append(paper)
            self._news.notify_all()

    def _answer(self, question: Question) -> None:
        with self._news:
            condition, host = self._condition, self._host
            if question.kind == "automatic_status":
                self._automatic = host if question.data[0] else None
        if host is None:
            return
        match question.kind:
            case "process_id":
                self._reply(host, _PROCESS_ID_ANSWER + question.data + b"\x00")
            case "sensor":
                self._reply(host, condition.sensor_byte(question.data[0]))
            case "automatic_status" if question.data[0]:
                self._reply(host, condition.automatic_frame())

    def _change(self, **changes: Any) -> None:
        before, self._condition = self._condition, replace(self._condition, **changes)
        self._news.notify_all()
        if self._automatic is not None and self._condition.automatic_frame() != before.automatic_frame():
            self._reply(self._automatic, self._condition.automatic_frame())

    def _reply(self, host: Host, data: bytes) -> None:
        if not self._condition.mute:
            host.reply(data)
