"""HQ's five messages as five calls: one request in, one typed answer or one typed trouble out.

Nothing here retries for long; the courier's pace decides when HQ is tried again.
"""

from __future__ import annotations

import gzip
from gettext import gettext as _
from typing import Final, TypeVar

import msgspec

from agent.service.moment import EARLIEST_MS, LATEST_MS
from agent.service.ports import Clock
from sync.answers import decoded, trouble_in
from sync.connection import (
    CONNECT_TIMEOUT_S,
    READ_TIMEOUT_S,
    Answer,
    DeadConnection,
    HqConnection,
    away,
)
from sync.hq_time import HqTime
from sync.outcomes import ClockWrong, HqGarbage
from sync.signing import RegisterKey
from sync.wire import messages

SIGNED_TRIES: Final = 3

T = TypeVar("T")


class HqClient:
    """One conversation with HQ, for one thread; `hq_time` may be shared by several.

    Each call raises HqUnreachable, HqRefused, HqGarbage or ClockWrong (sync.outcomes).
    """

    def __init__(
        self,
        hq_url: str,
        key: RegisterKey,
        hq_time: HqTime,
        clock: Clock,
        *,
        connect_timeout_s: float = CONNECT_TIMEOUT_S,
        read_timeout_s: float = READ_TIMEOUT_S,
    ) -> None:
        self._connection = HqConnection(
            hq_url, key, hq_time, clock, connect_timeout_s=connect_timeout_s, read_timeout_s=read_timeout_s
        )
        self._hq_time = hq_time

    def close(self) -> None:
        self._connection.close()

    def enrol(self, message: messages.Enrol) -> messages.Enrolled:
        """Never sent twice: the code is good for once."""
        return self._ask(messages.PATH_ENROL, message, messages.Enrolled, again=False)

    def push(self, message: messages.Push) -> messages.Pushed:
        return self._ask(messages.PATH_PUSH, message, messages.Pushed, most_bytes=messages.MAX_PUSHED_BYTES)

    def pull(self, message: messages.Pull) -> messages.Pulled:
        return self._ask(messages.PATH_PULL, message, messages.Pulled)

    def lookup(self, message: messages.Lookup, timeout_s: float) -> messages.LookedUp:
        return self._ask(messages.PATH_LOOKUP, message, messages.LookedUp, timeout_s=timeout_s)

    def blob(self, message: messages.BlobRange) -> messages.BlobPart:
        return self._ask(messages.PATH_BLOB, message, messages.BlobPart)

    def _ask(
        self,
        path: str,
        message: msgspec.Struct,
        shape: type[T],
        *,
        again: bool = True,
        most_bytes: int = messages.MAX_PAGE_BYTES,
        timeout_s: float | None = None,
    ) -> T:
        """POST a message and decode its answer, which has at most `most_bytes`: a page, for all but PUSH.

        Signed again where HQ says that our clock is wrong: its answer brings its own. More than once only because a
        clock can be set, by a person or by a replay, while a request is under way.
        """
        body = gzip.compress(msgspec.msgpack.encode(message), compresslevel=6, mtime=0)
        for _try in range(SIGNED_TRIES - 1):
            try:
                return self._answer(self._send(path, body, again, most_bytes, timeout_s), shape)
            except ClockWrong as wrong:
                if not wrong.hq_time:
                    raise
        return self._answer(self._send(path, body, again, most_bytes, timeout_s), shape)

    def _send(self, path: str, body: bytes, again: bool, most_bytes: int, timeout_s: float | None) -> Answer:
        """Once more only where a kept connection turned out to be dead: everything but ENROL is idempotent."""
        try:
            return self._connection.post(path, body, most_bytes, timeout_s)
        except DeadConnection as error:
            if not again:
                raise away(error) from error
        try:
            return self._connection.post(path, body, most_bytes, timeout_s)
        except DeadConnection as error:
            raise away(error) from error

    def _answer(self, got: Answer, shape: type[T]) -> T:
        if 200 <= got.status < 300:
            answer = decoded(got.body, got.content_type, shape)
            if isinstance(answer, (messages.Pushed, messages.Enrolled)):
                self._heard(answer.hq_time, got)
            return answer
        trouble = trouble_in(got.status, got.content_type, got.body)
        if isinstance(trouble, ClockWrong) and trouble.hq_time:
            self._heard(trouble.hq_time, got)
        raise trouble

    def _heard(self, hq_ms: int, got: Answer) -> None:
        """Note HQ's time. Raises HqGarbage for one that no HQ can have: signatures would carry it."""
        if not EARLIEST_MS <= hq_ms < LATEST_MS:
            raise HqGarbage(_("its time is impossible"))
        self._hq_time.heard(hq_ms, got.sent_ms, got.received_ms)
