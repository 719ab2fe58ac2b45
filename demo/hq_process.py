"""HQ as a process of its own, started, killed and started again on the same data and the same port."""

from __future__ import annotations

import contextlib
import ctypes
import http.client
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Final

# Names a file: while it is there, the demo's HQ dies after the commit of its next PUSH (die_after_commit.py).
DIE_MARKER: Final = "REGULARS_DIE_AFTER_COMMIT"
READY: Final = "HQ listens on "
STOP_TIMEOUT_S: Final = 20.0
COMMAND_TIMEOUT_S: Final = 300.0
ANSWER_TIMEOUT_S: Final = 120.0
_PR_SET_PDEATHSIG: Final = 1


class HqProcess:
    """One HQ. `settings` names another Django settings module; `environment` is added to ours."""

    def __init__(self, data: Path, *, settings: str = "", environment: dict[str, str] | None = None) -> None:
        self.data = data
        self.port = 0
        self._python = os.environ.get("REGULARS_HQ_PYTHON") or sys.executable
        self._environment = {**os.environ, **(environment or {})}
        self._environment["PYTHONPATH"] = str(Path(__file__).parents[1])
        if settings:
            self._environment["DJANGO_SETTINGS_MODULE"] = settings
        self._process: subprocess.Popen[str] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def start(self) -> None:
        """Start HQ and wait until it answers. Raises RuntimeError with its last words when it ends instead."""
        log = (self.data.parent / f"{self.data.name}.log").open("a")
        with log:
            self._process = subprocess.Popen(
                self._command("serve", "--port", str(self.port)),
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
                # A group of its own, so that a kill takes its workers with it.
                start_new_session=True,
                preexec_fn=_end_with_parent if sys.platform == "linux" else None,  # noqa: PLW1509
            )
        assert self._process.stdout is not None
        for line in self._process.stdout:
            if line.startswith(READY):
                self.port = int(line.rsplit(":", 1)[1])
                self._wait_until_it_answers(log.name)
                return
        raise RuntimeError(f"HQ did not start; its log is {log.name}.")

    def _wait_until_it_answers(self, log: str) -> None:
        """HQ listens before its worker has loaded; a register that dials meanwhile might not wait so long."""
        asking = http.client.HTTPConnection("127.0.0.1", self.port, timeout=ANSWER_TIMEOUT_S)
        try:
            asking.request("GET", "/")
            asking.getresponse().read()
        except (OSError, http.client.HTTPException) as error:
            self.kill()
            raise RuntimeError(f"HQ does not answer; its log is {log}.") from error
        finally:
            asking.close()

    def kill(self) -> None:
        """SIGKILL, to HQ and its workers."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        """Ask HQ to end, and wait."""
        self._end(signal.SIGTERM)

    def wait(self, timeout_s: float) -> None:
        """Wait until HQ has ended by itself, and tidy up after it."""
        if self._process is not None:
            self._process.wait(timeout_s)
            self._end(signal.SIGKILL)

    def run(self, *arguments: str, environment: dict[str, str] | None = None) -> str:
        """One of HQ's commands on this data, `environment` added to its own; what it printed."""
        done = subprocess.run(
            self._command(*arguments),
            env={**self._environment, **(environment or {})},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=COMMAND_TIMEOUT_S,
            check=False,
        )
        if done.returncode:
            raise RuntimeError(
                f"regulars-hq {arguments[0]} failed: {done.stderr.strip() or done.stdout.strip()}"
            )
        return done.stdout

    def enrolment_code(self, store_id: str) -> str:
        """A fresh one-time code for a register of this store."""
        return self.run("enrolment-code", "--store", store_id).split()[-1]

    def _command(self, *arguments: str) -> list[str]:
        return [self._python, "-m", "hq", *arguments, "--data", str(self.data)]

    def _end(self, how: signal.Signals) -> None:
        process = self._process
        if process is None:
            return
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, how)
        try:
            process.wait(STOP_TIMEOUT_S)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait(STOP_TIMEOUT_S)
        if process.stdout is not None:
            process.stdout.close()
        self._process = None


def _end_with_parent() -> None:
    """Ask Linux to end this process when its parent is gone: a killed demo leaves no HQ behind (prctl(2))."""
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
