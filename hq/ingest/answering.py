"""From an HTTP request to a typed message and back: what every wire view shares.

Whatever is sent, the answer is MessagePack: data, or one Problem. No page, no trace.
"""

from __future__ import annotations

import gzip
import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, TypeVar

import msgspec
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt

from hq import clock
from hq.devices.models import Register
from hq.ingest import signed_request
from hq.ingest.problems import Refused
from sync.wire.messages import CONTENT_TYPE, PROBLEM_REVOKED, Problem

_GZIP_FROM_BYTES: Final = 400
_log = logging.getLogger(__name__)

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Asking:
    """Who asks, and when, by HQ's clock."""

    register: Register
    now_ms: int


Handler = Callable[[Asking, T], msgspec.Struct]
View = Callable[[HttpRequest], HttpResponse]


def wire_view(
    shape: type[T], *, fresh: bool = True, revoked_too: bool = False
) -> Callable[[Handler[T]], View]:
    """A view of a handler that gets a register's signed message and returns the answer's structure.

    `fresh`: the signature must be of now. `revoked_too`: a revoked register is heard as well.
    """
    decoder = msgspec.msgpack.Decoder(shape)

    def wrap(handler: Handler[T]) -> View:
        def view(request: HttpRequest) -> HttpResponse:
            return answer(request, lambda: _handle(request, decoder, handler, fresh, revoked_too))

        return csrf_exempt(view)

    return wrap


def answer(request: HttpRequest, work: Callable[[], msgspec.Struct]) -> HttpResponse:
    """Do the work; the answer is what it returns, or the problem that it met."""
    try:
        if request.method != "POST":
            raise Refused("post_only", "Registers talk to HQ with POST.")
        return _packed(request, 200, work())
    except Refused as refused:
        return _problem(request, refused)
    except OperationalError:
        _log.exception("the database could not be used")
        return _problem(
            request, Refused("hq_busy", "HQ's database is busy or full; the register tries again.")
        )
    except Exception:  # noqa: BLE001
        # The top of a request: our own defect is logged whole and told in one sentence.
        _log.exception("a defect while answering a register")
        return _problem(request, Refused("hq_defect", "HQ met a defect and wrote it to its log."))


def _handle(
    request: HttpRequest,
    decoder: msgspec.msgpack.Decoder[T],
    handler: Handler[T],
    fresh: bool,
    revoked_too: bool,
) -> msgspec.Struct:
    now_ms = clock.now_ms()
    body = signed_request.read_body(request)
    found: list[Register] = []

    def find_key(key_id: str) -> bytes | None:
        register = Register.objects.select_related("store").filter(key_id=key_id).first()
        if register is None:
            return None
        found.append(register)
        return bytes(register.public_key)

    created_s = signed_request.check_signature(request, body, find_key)
    register = found[0]
    if fresh:
        signed_request.require_fresh(created_s, now_ms)
    if register.state != Register.State.ACTIVE and not revoked_too:
        raise Refused(
            PROBLEM_REVOKED, f"{register.name} was revoked at HQ; a person there can enrol it again."
        )
    return handler(Asking(register, now_ms), signed_request.decode(request, body, decoder))


def _problem(request: HttpRequest, refused: Refused) -> HttpResponse:
    problem = Problem(code=refused.code, detail=refused.detail, hq_time=clock.now_ms())
    return _packed(request, refused.status, problem)


def _packed(request: HttpRequest, status: int, message: msgspec.Struct) -> HttpResponse:
    body = msgspec.msgpack.encode(message)
    response = HttpResponse(status=status, content_type=CONTENT_TYPE)
    if len(body) >= _GZIP_FROM_BYTES and "gzip" in request.headers.get("Accept-Encoding", ""):
        body = gzip.compress(body, compresslevel=5, mtime=0)
        response["Content-Encoding"] = "gzip"
    response.content = body
    response["Content-Length"] = str(len(body))
    response["Cache-Control"] = "no-store"
    return response
