"""The projector's own thread: woken by every PUSH that brought entries, and at start for what was left waiting.

Between entries it looks at the members whose day has come, a page at a time (hq.daily_look), and counts what programs
gave before HQ kept figures of it (hq.program_figures.earlier).
"""

from __future__ import annotations

import logging
import threading
import time
from typing import Final

from django.db import connection

from hq import clock
from hq.daily_look import look_at_next
from hq.database import write_mark
from hq.ingest.projector import chains_waiting, project_batch
from hq.program_figures.earlier import count_next_earlier

POLL_S: Final = 5.0
# How often the mark that betrays a restored database is brought up to date.
MARK_S: Final = 60.0
_MOST_PAUSE_S: Final = 30.0
_log = logging.getLogger(__name__)
_wake = threading.Event()


def wake() -> None:
    """There are entries to project."""
    _wake.set()


class ProjectorThread(threading.Thread):
    """Projects every chain, a batch of each in turn, until it is stopped."""

    def __init__(self) -> None:
        super().__init__(name="projector", daemon=True)
        self._stopping = threading.Event()

    def run(self) -> None:
        pause_s = 1.0
        marked_s = time.monotonic()
        try:
            while not self._stopping.is_set():
                try:
                    self._project_all()
                    pause_s = 1.0
                    if look_at_next(clock.now_ms()) or count_next_earlier():
                        # There are more members or entries; entries that came meanwhile go first.
                        _wake.set()
                    if time.monotonic() - marked_s > MARK_S:
                        write_mark()
                        marked_s = time.monotonic()
                    _wake.wait(POLL_S)
                    _wake.clear()
                except Exception:  # noqa: BLE001
                    # The top of this worker: a full disk or a lost connection ends one round, not the thread.
                    _log.exception("the projector could not go on; it tries again in %s s", pause_s)
                    connection.close()
                    self._stopping.wait(pause_s)
                    pause_s = min(2 * pause_s, _MOST_PAUSE_S)
        finally:
            connection.close()

    def stop(self, timeout_s: float) -> None:
        """Ask it to end after its batch, and wait that long for it."""
        self._stopping.set()
        _wake.set()
        self.join(timeout_s)

    def _project_all(self) -> None:
        while waiting := chains_waiting():
            for chain_id in waiting:
                if self._stopping.is_set():
                    return
                project_batch(chain_id, clock.now_ms())
