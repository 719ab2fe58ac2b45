"""Kill HQ between its commit and its answer, once, when a marker file asks for it.

A Django middleware of the demo, outermost, so that a PUSH's transaction is committed when it looks. It is no
part of HQ: only demo/hq_settings.py names it.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from pathlib import Path

from django.http import HttpRequest, HttpResponseBase

from demo.hq_process import DIE_MARKER
from sync.wire.messages import PATH_PUSH


class DieAfterCommit:
    """With the marker file present, the next PUSH that carries entries gets no answer: HQ is killed (SIGKILL)."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._answer = get_response
        told = os.environ.get(DIE_MARKER)
        self._marker = Path(told) if told else None

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self._answer(request)
        if (
            self._marker is not None
            and request.path == PATH_PUSH
            and response.status_code == 200
            and int(request.headers.get("Content-Length") or 0) > 400
            and self._marker.exists()
        ):
            self._marker.unlink()
            os.killpg(os.getpgid(0), signal.SIGKILL)
        return response
