"""A request from a register: its size, its signature (RFC 9421), its freshness, and the message inside.

Signatures cover method, path, content digest and key id, not the authority; PUSH has no freshness window, since
(chain_id, seq) dedupes, so that a hub can forward it (formats.md, Wire).
"""

from __future__ import annotations

import datetime
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeVar

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest
from django.http.request import UnreadablePostError
from http_message_signatures import (
    HTTPMessageSignaturesException,
    HTTPMessageVerifier,
    HTTPSignatureKeyResolver,
    algorithms,
)

from hq.ingest.problems import Refused
from sync.wire.messages import CONTENT_TYPE, MAX_BODY_BYTES, PROBLEM_CLOCK, PROBLEM_UNKNOWN_KEY
from sync.wire.signatures import COVERED, MAX_SKEW_S, TAG

_GZIP: Final = 31

T = TypeVar("T")


def read_body(request: HttpRequest) -> bytes:
    """The content as sent. Raises Refused for another type, or above 4 MiB."""
    if request.content_type != CONTENT_TYPE:
        told = request.content_type or "of no type"
        raise Refused("other_type", f"The message must be {CONTENT_TYPE}, and it is {told}.")
    try:
        return request.body
    except RequestDataTooBig as error:
        raise Refused(
            "too_large", f"The message is over {MAX_BODY_BYTES} bytes; send fewer entries at once."
        ) from error
    except UnreadablePostError as error:
        raise Refused("bad_message", "The message ended before it was complete; send it again.") from error


def decode(request: HttpRequest, body: bytes, decoder: msgspec.msgpack.Decoder[T]) -> T:
    """The message in the body, inflated under a cap. Raises Refused naming the field that is wrong."""
    try:
        return decoder.decode(_inflated(request, body))
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError, OverflowError, MemoryError) as error:
        what = str(error) or type(error).__name__
        raise Refused("bad_message", f"The message cannot be read: {what}.") from error


def check_signature(request: HttpRequest, body: bytes, find_key: Callable[[str], bytes | None]) -> int:
    """When the request was signed, in seconds UTC as the signer says.

    `find_key` gives the public key of a key id. Raises Refused unless that key signed exactly this request.
    """
    keys = _Keys(find_key)
    verifier = _Verifier(signature_algorithm=algorithms.ED25519, key_resolver=keys)
    try:
        results = verifier.verify(
            _Signed(request.method or "", f"http://hq{request.path}", request.headers),
            max_age=None,
            expect_tag=TAG,
            require_components=COVERED,
            body=body,
        )
        created = results[0].parameters["created"]
    except HTTPMessageSignaturesException as error:
        if keys.unknown:
            raise Refused(
                PROBLEM_UNKNOWN_KEY, "HQ does not know this register's key; enrol the register again."
            ) from error
        raise Refused("bad_signature", f"The request's signature cannot be accepted: {error}.") from error
    except KeyError as error:
        raise Refused("bad_signature", "The request's signature does not say when it was made.") from error
    return int(created)


def require_fresh(created_s: int, now_ms: int) -> None:
    """Raise Refused when the signature is further than five minutes from HQ's clock."""
    skew_s = created_s - now_ms // 1000
    if abs(skew_s) > MAX_SKEW_S:
        side = "ahead of" if skew_s > 0 else "behind"
        raise Refused(
            PROBLEM_CLOCK, f"The request was signed {abs(skew_s)} s {side} HQ's clock; use HQ's time."
        )


def _inflated(request: HttpRequest, body: bytes) -> bytes:
    """The body without its gzip, of which no more than the cap is ever unpacked."""
    encoding = request.headers.get("Content-Encoding", "identity").strip().lower()
    if encoding in ("", "identity"):
        return body
    if encoding != "gzip":
        raise Refused("other_type", f"HQ reads gzip, not {encoding}.")
    unpacker = zlib.decompressobj(wbits=_GZIP)
    try:
        found = unpacker.decompress(body, MAX_BODY_BYTES + 1)
    except zlib.error as error:
        raise Refused("bad_message", "The message says that it is gzip, and it is not.") from error
    if len(found) > MAX_BODY_BYTES:
        raise Refused(
            "too_large", f"The message unpacks to more than {MAX_BODY_BYTES} bytes; send fewer entries."
        )
    if not unpacker.eof or unpacker.unused_data:
        raise Refused("bad_message", "The message's gzip is cut or has something behind it; send it again.")
    return found


@dataclass(frozen=True, slots=True)
class _Signed:
    """What the library reads of a request."""

    method: str
    url: str
    headers: Mapping[str, str]


class _Keys(HTTPSignatureKeyResolver):
    def __init__(self, find_key: Callable[[str], bytes | None]) -> None:
        self._find = find_key
        self.unknown = False

    def resolve_public_key(self, key_id: str) -> Ed25519PublicKey | None:
        raw = self._find(key_id)
        if raw is None:
            self.unknown = True
            return None
        return Ed25519PublicKey.from_public_bytes(raw)


class _Verifier(HTTPMessageVerifier):
    """Freshness is judged by HQ's own clock, after the signature (`require_fresh`), and for PUSH not at all."""

    def validate_created_and_expires(self, sig_input: Any, max_age: datetime.timedelta | None = None) -> None:
        return None
