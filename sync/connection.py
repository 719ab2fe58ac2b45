"""One signed POST to HQ over HTTP, and what came back: under a size cap, timeouts and a deadline."""

from __future__ import annotations

import ipaddress
import zlib
from gettext import gettext as _
from typing import Final, NamedTuple
from urllib.parse import urlsplit

import requests
import urllib3

from agent.domain.errors import LoyaltyError
from agent.service.ports import Clock
from sync.hq_time import HqTime
from sync.outcomes import HqGarbage, HqUnreachable
from sync.signing import RegisterKey
from sync.wire import messages

CONNECT_TIMEOUT_S: Final = 3.0
READ_TIMEOUT_S: Final = 10.0
ANSWER_DEADLINE_S: Final = 30.0
_CHUNK_BYTES: Final = 32 * 1024


class Answer(NamedTuple):
    """An answer as it came, with our own times before and after."""

    status: int
    content_type: str
    body: bytes
    sent_ms: int
    received_ms: int


class DeadConnection(Exception):
    """The server closed a connection without an answer."""


class HqConnection:
    """Keeps a connection to HQ open between requests, for one thread."""

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

    def post(self, path: str, body: bytes, most_bytes: int, timeout_s: float | None) -> Answer:
        """Send a gzip body, signed, and read the whole answer: at most `most_bytes`, inflated, and under `timeout_s`
        in all where it is given.

        Raises HqUnreachable, HqGarbage, or DeadConnection where a kept connection turned out to be cut.
        """
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
                answer = self._read(response, most_bytes, deadline_s)
        except requests.exceptions.SSLError as error:
            raise away(error) from error
        except (requests.Timeout, urllib3.exceptions.TimeoutError) as error:
            raise HqUnreachable(_("HQ does not answer in time.")) from error
        except (requests.ConnectionError, urllib3.exceptions.HTTPError, OSError) as error:
            raise (DeadConnection() if _was_hung_up(error) else away(error)) from error
        content_type = response.headers.get("Content-Type", "")
        return Answer(response.status_code, content_type, answer, sent_ms, self._clock.now_ms())

    def _read(self, response: requests.Response, most_bytes: int, deadline_s: float) -> bytes:
        """The body, inflated."""
        packed = response.headers.get("Content-Encoding", "")
        inflate = zlib.decompressobj(wbits=31) if packed == "gzip" else None
        found = bytearray()
        while chunk := response.raw.read1(_CHUNK_BYTES, decode_content=False):
            try:
                found += inflate.decompress(chunk, most_bytes + 1) if inflate else chunk
            except zlib.error as error:
                raise HqGarbage(_("it says gzip and is not")) from error
            if len(found) > most_bytes:
                raise HqGarbage(_("it is larger than {limit} bytes").format(limit=most_bytes))
            if self._clock.monotonic_s() > deadline_s:
                raise HqUnreachable(_("HQ does not answer in time."))
        if inflate is not None and not inflate.eof:
            raise HqGarbage(_("it ends in the middle"))
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


def away(error: BaseException) -> HqUnreachable:
    """The trouble that this error of the network is."""
    if isinstance(error, requests.exceptions.SSLError):
        return HqUnreachable(
            _("HQ's certificate is not accepted."), _("Check HQ's address and this machine's date.")
        )
    return HqUnreachable(_("HQ cannot be reached."))


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
