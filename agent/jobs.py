"""What the register does by itself: checkpoints when idle, a backup a day, tidying, and a nudge for the courier.

Each job is short, never overlaps itself, and a failure is logged and tried again at its next turn.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Final

from apscheduler.schedulers.background import BackgroundScheduler

from agent.domain.errors import LoyaltyError

CHECKPOINT_EVERY_S: Final = 5
UPKEEP_EVERY_S: Final = 15 * 60

_log = logging.getLogger(__name__)


class Jobs:
    """The register's timetable. `start` begins it, `stop` waits for what runs."""

    def __init__(self) -> None:
        # A register that slept does a missed job once, however late (misfire_grace_time=None, coalesce).
        self._scheduler = BackgroundScheduler(
            timezone="UTC", job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None}
        )

    def every(self, seconds: int, name: str, job: Callable[[], object]) -> None:
        """Run `job` every so many seconds."""
        self._scheduler.add_job(
            _shielded, "interval", args=(name, job), seconds=seconds, id=name, replace_existing=True
        )

    def start(self) -> None:
        # APScheduler tells of every run at INFO; the log is for what a shop would want to know.
        logging.getLogger("apscheduler").setLevel(logging.WARNING)
        self._scheduler.start()

    def stop(self) -> None:
        if self._scheduler.running:
            self._scheduler.shutdown(wait=True)


def _shielded(name: str, job: Callable[[], object]) -> None:
    """The top of a job: what the outside world did is a warning, a bug of ours is logged whole."""
    try:
        job()
    except LoyaltyError as error:
        _log.warning("%s: %s %s", name, error.title, error.advice)
    except Exception:  # noqa: BLE001 - the top of a worker: recorded whole, and the next turn tries again
        _log.exception("%s failed", name)
