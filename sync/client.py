"""HTTP to HQ: one request in, one typed answer or one typed trouble out. Nothing here retries for long.

Every answer is read under a size cap and a deadline, and believed only when it is MessagePack of the expected
shape: a captive portal, a proxy's error page and a half-sent body all end as one clear sentence.
"""

from __future__ import annotations

import gzip
import ipaddress
import zlib
from gettext import gettext as _
from typing import Final, NamedTuple, TypeVar
from urllib.parse import urlsplit

import msgspec
import requests
import urllib3

from agent.domain.errors import LoyaltyError
from agent.service.ports import Clock
from sync.outcomes import ClockWrong, HqGarbage, HqRefused, HqUnreachable
from sync.signing import RegisterKey
from sync.wire import messages

CONNECT_TIMEOUT_S: Final = 3.0
READ_TIMEOUT_S: Final = 10.0
ANSWER_DEADLINE_S: Final = 30.0
MAX_ANSWER_BYTES: Final = 512 * 1024
_CHUNK_BYTES: Final = 32 * 1024
# Statuses with which a server or a proxy says "not now".
_NOT_NOW: Final = frozenset({408, 425, 429})

T = TypeVar("T")


class HqTime:
    """HQ's clock as this register knows it: its own clock plus the difference seen at the last contact."""

    def __init__(self, clock: Clock, offset_ms: int = 0) -> None:
        self._clock = clock
        self.offset_ms = offset_ms

    def now_ms(self) -> int:
        return self._clock.now_ms() + self.offset_ms

    def heard(self, hq_ms: int, sent_ms: int, received_ms: int) -> None:
        """HQ's time in an answer, and our own when the request left and the answer came.

        A time between the two proves no difference: the network, or a person setting the clock, took that long.
        """
        self.offset_ms = min(0, hq_ms - sent_ms) + max(0, hq_ms - received_ms)


class _Exchange(NamedTuple):
    """An answer as it came, with our own times before and after."""

    status: int
    content_type: str
    body: bytes
    sent_ms: int
    received_ms: int


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
        self._base = checked_url(hq_url)
        self._key = key
        self._hq_time = hq_time
        self._clock = clock
        self._connect_timeout_s = connect_timeout_s
        self._read_timeout_s = read_timeout_s
        self._session = requests.Session()
        # A shop's proxy may stand before a distant HQ, never before this machine itself.
        self._session.trust_env = self._base.startswith("https:")

    def close(self) -> None:
        self._session.close()

    def enrol(self, message: messages.Enrol) -> messages.Enrolled:
        """Never sent twice: the code is good for once."""
        return self._ask(messages.PATH_ENROL, message, messages.Enrolled, again=False)

    def push(self, message: messages.Push) -> messages.Pushed:
        return self._ask(messages.PATH_PUSH, message, messages.Pushed)

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
        timeout_s: float | None = None,
    ) -> T:
        """POST a message and decode its answer.

        Signed once more where HQ says that our clock is wrong: its answer brings its own.
        """
        body = gzip.compress(msgspec.msgpack.encode(message), compresslevel=6, mtime=0)
        try:
            return self._answer(self._send(path, body, again, timeout_s), shape)
        except ClockWrong as wrong:
            if not wrong.hq_time:
                raise
        return self._answer(self._send(path, body, again, timeout_s), shape)

    def _send(self, path: str, body: bytes, again: bool, timeout_s: float | None) -> _Exchange:
        """Once more only where a kept connection turned out to be dead: everything but ENROL is idempotent."""
        try:
            return self._exchange(path, body, timeout_s)
        except _DeadConnection as error:
            if not again:
                raise _away(error) from error
        try:
            return self._exchange(path, body, timeout_s)
        except _DeadConnection as error:
            raise _away(error) from error

    def _answer(self, got: _Exchange, shape: type[T]) -> T:
        if 200 <= got.status < 300:
            answer = _decoded(got.body, got.content_type, shape)
            if isinstance(answer, (messages.Pushed, messages.Enrolled)):
                self._hq_time.heard(answer.hq_time, got.sent_ms, got.received_ms)
            return answer
        trouble = _trouble(got.status, got.content_type, got.body)
        if isinstance(trouble, ClockWrong) and trouble.hq_time:
            self._hq_time.heard(trouble.hq_time, got.sent_ms, got.received_ms)
        raise trouble

    def _exchange(self, path: str, body: bytes, timeout_s: float | None) -> _Exchange:
        request = self._session.prepare_request(
            requests.Request(
                "POST",
                self._base + path,
                data=body,
                headers={
                    "Content-Type": messages.CONTENT_TYPE,
                    "Content-Encoding": "gzip",
                    "Accept": messages.CONTENT_TYPE,
                    "Accept-Encoding": "gzip",
                    "User-Agent": "regulars",
                },
            )
        )
        self._key.sign_request(request, body, self._hq_time.now_ms())
        limit_s = ANSWER_DEADLINE_S if timeout_s is None else timeout_s
        sent_ms = self._clock.now_ms()
        deadline_s = self._clock.monotonic_s() + limit_s
        waits = min(self._connect_timeout_s, limit_s), min(self._read_timeout_s, limit_s)
        settings = self._session.merge_environment_settings(request.url, {}, True, None, None)
        try:
            response = self._session.send(
                request,
                timeout=waits,
                allow_redirects=False,
                stream=True,
                verify=settings["verify"],
                cert=settings["cert"],
                proxies=settings["proxies"],
            )
            with response:
                answer = self._read(response, deadline_s)
        except requests.exceptions.SSLError as error:
            raise _away(error) from error
        except (requests.Timeout, urllib3.exceptions.TimeoutError) as error:
            raise HqUnreachable(_("HQ does not answer in time."), _still_trying()) from error
        except (requests.ConnectionError, urllib3.exceptions.HTTPError, OSError) as error:
            raise (_DeadConnection() if _was_hung_up(error) else _away(error)) from error
        content_type = response.headers.get("Content-Type", "")
        return _Exchange(response.status_code, content_type, answer, sent_ms, self._clock.now_ms())

    def _read(self, response: requests.Response, deadline_s: float) -> bytes:
        """The body, inflated, at most MAX_ANSWER_BYTES of it."""
        packed = response.headers.get("Content-Encoding", "")
        inflate = zlib.decompressobj(wbits=31) if packed == "gzip" else None
        found = bytearray()
        while chunk := response.raw.read1(_CHUNK_BYTES, decode_content=False):
            try:
                found += inflate.decompress(chunk, MAX_ANSWER_BYTES + 1) if inflate else chunk
            except zlib.error as error:
                raise _garbage(_("it says gzip and is not")) from error
            if len(found) > MAX_ANSWER_BYTES:
                raise _garbage(_("it is larger than {limit} bytes").format(limit=MAX_ANSWER_BYTES))
            if self._clock.monotonic_s() > deadline_s:
                raise HqUnreachable(_("HQ does not answer in time."), _still_trying())
        if inflate is not None and not inflate.eof:
            raise _garbage(_("it ends in the middle"))
        return bytes(found)


def checked_url(url: str) -> str:
    """The address without its last slash. Raises LoyaltyError for plain HTTP to another machine."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    if parts.scheme == "https" and host:
        return url.rstrip("/")
    if parts.scheme == "http" and _is_loopback(host):
        return url.rstrip("/")
    raise LoyaltyError(
        _("HQ's address {url} cannot be used.").format(url=url),
        _("It must begin with https:// (http:// only reaches this machine itself)."),
        code="bad_hq_url",
    )


class _DeadConnection(Exception):
    """The server closed a connection without an answer."""


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _was_hung_up(error: BaseException) -> bool:
    """Whether a connection was cut, as opposed to never made (an HQ that is down is not asked twice)."""
    seen: BaseException | None = error
    while seen is not None:
        if isinstance(seen, (ConnectionResetError, BrokenPipeError, ConnectionAbortedError)):
            return True
        reason = getattr(seen, "reason", None) or (seen.args[-1] if seen.args else None)
        seen = reason if isinstance(reason, BaseException) else seen.__cause__
    return False


def _decoded(answer: bytes, content_type: str, shape: type[T]) -> T:
    kind = content_type.partition(";")[0].strip()
    if kind != messages.CONTENT_TYPE:
        raise _garbage(_("it is {kind}, not MessagePack").format(kind=kind or _("of no type")))
    try:
        return msgspec.msgpack.decode(answer, type=shape)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
        raise _garbage(str(error) or type(error).__name__) from error


def _trouble(status: int, content_type: str, answer: bytes) -> Exception:
    if status >= 500 or status in _NOT_NOW:
        return HqUnreachable(
            _("HQ answers that it cannot work now (status {status}).").format(status=status), _still_trying()
        )
    if status < 400:
        return _garbage(_("it sends us elsewhere (status {status})").format(status=status))
    try:
        problem = _decoded(answer, content_type, messages.Problem)
    except HqGarbage:
        return _garbage(_("status {status} without a reason").format(status=status))
    if problem.code == messages.PROBLEM_CLOCK:
        return ClockWrong(problem)
    return HqRefused(problem)


def _garbage(what: str) -> HqGarbage:
    return HqGarbage(
        _("HQ's answer cannot be read: {what}.").format(what=what),
        _("Check HQ's address and the network; the register goes on selling and keeps trying."),
    )


def _away(error: BaseException) -> HqUnreachable:
    tls = isinstance(error, requests.exceptions.SSLError)
    title = _("HQ's certificate is not accepted.") if tls else _("HQ cannot be reached.")
    advice = _("Check HQ's address and this machine's date.") if tls else _still_trying()
    return HqUnreachable(title, advice)


def _still_trying() -> str:
    return _("The register goes on selling and keeps trying.")
