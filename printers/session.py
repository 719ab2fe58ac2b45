"""One connection to one printer: who reads it, what it answered, and when it is lost.

A reader thread takes everything the printer sends; the worker asks and waits. An answer that came too late is never
taken for the answer to the next question.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from typing import Final

from agent.service.ports import Clock
from printers.replies import Reply, ReplyParser
from printers.status import ASKED, PrinterStatus, from_answers, question
from printers.transports.base import PrinterAway, Transport

_READ_TIMEOUT_S: Final = 0.2
_MAX_KEPT_REPLIES: Final = 64
_JOIN_S: Final = 2.0
LATE_ANSWER_S: Final = 3.0


class PrinterSession:
    """Opens its transport and closes it. Raises PrinterAway where there is nobody.

    A status answer that is later than `late_answer_s` counts as one that does not come any more.
    """

    def __init__(self, transport: Transport, clock: Clock, late_answer_s: float = LATE_ANSWER_S) -> None:
        self._transport = transport
        self._clock = clock
        self._late_answer_s = late_answer_s
        self._news = threading.Condition()
        self._replies: deque[Reply] = deque(maxlen=_MAX_KEPT_REPLIES)
        self._lost = ""
        self._closing = False
        self._unanswered = 0
        self._asked_at_s = 0.0
        transport.open()
        self.capabilities = transport.capabilities
        self._reader: threading.Thread | None = None
        if self.capabilities.replies:
            self._reader = threading.Thread(target=self._read, name="printer-reader", daemon=True)
            self._reader.start()

    @property
    def lost(self) -> str:
        """Why the connection is gone; empty while it is there."""
        with self._news:
            return self._lost

    def write(self, data: bytes, timeout_s: float) -> int:
        """How many bytes were taken in time. Raises PrinterAway where the connection is gone and not one was."""
        if self.lost:
            raise PrinterAway(self.lost)
        try:
            return self._transport.write(data, self._clock.monotonic_s() + timeout_s)
        except PrinterAway as error:
            self._lose(str(error))
            raise

    def ask_status(self, timeout_s: float) -> PrinterStatus:
        """Ask for everything; what is not answered in time stays unknown. Raises PrinterAway."""
        answers: dict[int, int | None] = {}
        if self.capabilities.replies and self._settle(timeout_s):
            for number in ASKED:
                answers[number] = self._answer_to(number, timeout_s)
                if answers[number] is None:
                    break
        if self.lost:
            raise PrinterAway(self.lost)
        return from_answers(answers)

    def forget_replies(self) -> None:
        """What came before now answers nothing that is asked from now on."""
        with self._news:
            self._replies.clear()

    def wait_for(self, wanted: Callable[[Reply], bool], timeout_s: float) -> Reply | None:
        """The first reply that is wanted, or None when the time is over or the connection lost."""
        deadline_s = self._clock.monotonic_s() + timeout_s
        with self._news:
            while True:
                for reply in self._replies:
                    if wanted(reply):
                        self._replies.remove(reply)
                        return reply
                left_s = deadline_s - self._clock.monotonic_s()
                if left_s <= 0 or self._lost:
                    return None
                self._news.wait(left_s)

    def close(self) -> None:
        """Let go of the printer."""
        self._closing = True
        self._lose("closed")
        self._transport.close()
        if self._reader is not None:
            self._reader.join(_JOIN_S)

    def _answer_to(self, number: int, timeout_s: float) -> int | None:
        self._asked_at_s = self._clock.monotonic_s()
        if self.write(question(number), timeout_s) < len(question(number)):
            self._lose("the printer takes no bytes")
            return None
        reply = self.wait_for(_is_status, timeout_s)
        self._unanswered += reply is None
        return reply.data[0] if reply is not None else None

    def _settle(self, timeout_s: float) -> bool:
        """Let late answers pass. False while some may still come: then nothing new can be asked."""
        while self._unanswered and self._clock.monotonic_s() < self._asked_at_s + self._late_answer_s:
            if self.wait_for(_is_status, timeout_s) is None:
                return False
            self._unanswered -= 1
        self._unanswered = 0
        while self.wait_for(_is_status, 0) is not None:
            pass
        return True

    def _read(self) -> None:
        parser = ReplyParser()
        while not self._closing:
            try:
                data = self._transport.read_available(_READ_TIMEOUT_S)
            except PrinterAway as error:
                self._lose(str(error))
                return
            replies = parser.feed(data)
            if replies:
                with self._news:
                    self._replies.extend(replies)
                    self._news.notify_all()

    def _lose(self, reason: str) -> None:
        with self._news:
            self._lost = self._lost or reason
            self._news.notify_all()


def _is_status(reply: Reply) -> bool:
    return reply.kind == "status"
