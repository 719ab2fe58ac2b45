"""HQ served in this process over a real socket, by threads that each have their own database connection."""

from __future__ import annotations

import threading
from pathlib import Path
from socketserver import ThreadingMixIn
from types import TracebackType
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer


class _QuietHandler(WSGIRequestHandler):
    protocol_version = "HTTP/1.0"

    def log_message(self, format: str, *arguments: object) -> None:
        return None


class _Server(ThreadingMixIn, WSGIServer):
    # Waited for at the end, so that no thread outlives its test.
    daemon_threads = False
    block_on_close = True
    request_queue_size = 64

    def process_request_thread(self, request, client_address) -> None:
        from django.db import connections

        try:
            super().process_request_thread(request, client_address)
        finally:
            connections.close_all()


class ServedHq:
    """An HQ at `url`. `settle` projects what waits, which the real one does in a thread of its own."""

    def __init__(self, data: Path) -> None:
        from hq.wsgi import application

        self.data = data
        self._server = _Server(("127.0.0.1", 0), _QuietHandler)
        self._server.set_app(application)
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02})
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> ServedHq:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def settle(self) -> None:
        """Project what waits, here and now."""
        from hq import clock
        from hq.ingest.projector import chains_waiting, project_chain

        for chain_id in chains_waiting():
            project_chain(chain_id, clock.now_ms())
