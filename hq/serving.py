"""Serving HQ: gunicorn with one worker of threads, and the projector's thread inside it.

One process writes the database, so SQLite's one writer never waits on another's lock across processes.
"""

from __future__ import annotations

import ctypes
import ipaddress
import os
import signal
import socket
import sys
from gettext import gettext as _
from typing import Any, Final

from gunicorn.app.base import BaseApplication

from agent.domain.errors import LoyaltyError
from hq.database import write_mark
from hq.ingest.worker import ProjectorThread

THREADS: Final = 8
REQUEST_TIMEOUT_S: Final = 60
# Longer than the registers' heartbeat, so that their connections stay open between two.
KEEP_ALIVE_S: Final = 75
STOP_TIMEOUT_S: Final = 10
_PR_SET_PDEATHSIG: Final = 1


class HqServer(BaseApplication):  # type: ignore[misc]
    """HQ on an address; prints one line with the port when it listens."""

    def __init__(self, host: str, port: int) -> None:
        self._bind = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
        super().__init__()

    def load_config(self) -> None:
        settings: dict[str, Any] = {
            "bind": [self._bind],
            "worker_class": "gthread",
            "workers": 1,
            "threads": THREADS,
            "timeout": REQUEST_TIMEOUT_S,
            "graceful_timeout": STOP_TIMEOUT_S,
            "keepalive": KEEP_ALIVE_S,
            "control_socket_disable": True,
            "worker_tmp_dir": "/dev/shm" if os.access("/dev/shm", os.W_OK) else None,  # noqa: S108 - the heartbeat file
            "loglevel": "warning",
            "proc_name": "regulars-hq",
            "when_ready": _say_ready,
            "post_fork": _die_with_parent,
            "post_worker_init": _start_projector,
            "worker_exit": _stop_projector,
        }
        for name, value in settings.items():
            self.cfg.set(name, value)

    def load(self) -> Any:
        from hq.wsgi import application

        return application


def require_free(host: str, port: int) -> None:
    """Raise LoyaltyError for an address of another machine's reach, or a port that is taken.

    Plain HTTP goes to this machine only (formats.md, Wire). Gunicorn would try a taken port for five seconds.
    """
    if not _is_loopback(host):
        raise LoyaltyError(
            _("HQ does not listen on {host}: what it speaks is not encrypted.").format(host=host),
            _(
                "Let it listen on 127.0.0.1 and put a proxy with TLS before it (--public-name tells its name)."
            ),
            code="not_loopback",
        )
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        with socket.socket(family) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((host, port))
    except (OSError, OverflowError) as error:
        raise LoyaltyError(
            _("Port {port} of {host} cannot be used ({reason}).").format(port=port, host=host, reason=error),
            _("Choose another with --port (0 takes a free one), or stop what listens there."),
            code="port_taken",
        ) from error


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _say_ready(server: Any) -> None:
    host, port = server.LISTENERS[0].sock.getsockname()[:2]
    print(f"HQ listens on http://{f'[{host}]' if ':' in host else host}:{port}", flush=True)  # noqa: T201


def _die_with_parent(server: Any, worker: Any) -> None:
    """A worker whose master was killed would go on serving the old socket; Linux ends it at once instead."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def _start_projector(worker: Any) -> None:
    worker.projector = ProjectorThread()
    worker.projector.start()


def _stop_projector(server: Any, worker: Any) -> None:
    projector = getattr(worker, "projector", None)
    if projector is not None:
        projector.stop(STOP_TIMEOUT_S)
        write_mark()
