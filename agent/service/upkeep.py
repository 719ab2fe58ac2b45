"""What a register does for itself: checkpoints when nobody sells, a checked backup a day, and tidying."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from agent.service.leases import release_expired
from agent.service.moment import stamp_at
from agent.store.backup import back_up
from agent.store.database import Store, quick_check
from agent.store.print_jobs import drop_printed_before

KEPT_BACKUPS: Final = 7
# A printed receipt can be printed again for so long.
PRINT_JOB_DAYS: Final = 90
TIDIED_AT_ONCE: Final = 500
# A smaller log is not worth a checkpoint's fsyncs.
MIN_CHECKPOINT_BYTES: Final = 256 * 1024

_DAY_MS: Final = 24 * 60 * 60 * 1000


class Upkeep:
    """Called by jobs every few seconds and once a day; each call is short, and safe to repeat."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._commits_seen = -1

    def checkpoint_when_idle(self) -> bool:
        """Checkpoint if nothing was committed since the last call. Returns whether the log went whole."""
        commits = self._store.commits
        idle = commits == self._commits_seen
        self._commits_seen = commits
        if not idle or self._store.wal_bytes() < MIN_CHECKPOINT_BYTES:
            return False
        done = self._store.checkpoint()
        self._commits_seen = self._store.commits
        return done

    def back_up_daily(self, at_ms: int) -> Path | None:
        """Make today's backup unless it is there; keep seven. Raises LoyaltyError where it cannot be made."""
        folder = self._store.path.parent / "backups"
        today = stamp_at(self._store.reader(), at_ms).business_date
        target = folder / f"register-{today.isoformat()}.db"
        if target.exists():
            return None
        back_up(self._store.reader(), target)
        for old in sorted(folder.glob("register-????-??-??.db"))[:-KEPT_BACKUPS]:
            old.unlink(missing_ok=True)
        return target

    def check(self) -> str:
        """SQLite's quick check of the database: empty when it is sound."""
        return quick_check(self._store.reader())

    def tidy(self, at_ms: int) -> None:
        """Give back what expired, and forget printed receipts that nobody asks for any more.

        A clock that cannot be right decides neither.
        """
        stamp = stamp_at(self._store.reader(), at_ms)
        if stamp.clock == "suspect":
            return
        with self._store.unit_of_work() as db:
            release_expired(db, stamp.business_date, at_ms)
            drop_printed_before(db, at_ms - PRINT_JOB_DAYS * _DAY_MS, TIDIED_AT_ONCE)
