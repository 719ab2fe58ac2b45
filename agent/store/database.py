"""The register's database file: one writer, many readers, and the unit of work.

Durable before anything is said: WAL with `synchronous=FULL`, so that a sale is exactly one fsync. Checkpoints never
ride on a sale: they run when the register is idle (`Store.checkpoint`).
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator
from gettext import gettext as _
from pathlib import Path
from typing import Final

from agent.domain.errors import LoyaltyError
from agent.store.schema import bring_up_to_date
from agent.store.sqlite import Connection, DatabaseError, OperationalError, open_connection

# A WAL this large is checkpointed by the sale that finds it so: bounded even if nothing is ever idle.
MAX_WAL_BYTES: Final = 64 * 1024 * 1024


class CommitUnknown(LoyaltyError):
    """COMMIT failed: what was written may be there or not. Read it back by its id before anything is said."""

    def __init__(self, reason: str) -> None:
        super().__init__(
            _("It is not certain whether this was saved: {reason}.").format(reason=reason),
            _("Check that the disk has room, and look before doing it again."),
            code="commit_unknown",
        )


class StoreBusy(LoyaltyError):
    """Another program holds the database's write lock for longer than the busy timeout."""


class StoreClosed(LoyaltyError):
    """The program is ending, and its database is closed already."""

    def __init__(self) -> None:
        super().__init__(
            _("The register's database is closed."),
            _("Nothing was saved. Start Regulars again."),
            code="store_closed",
        )


class Store:
    """The database of one register.

    Opening it creates or upgrades the schema (after a backup), and runs a quick check after an unclean stop.
    `connection_class` is the writer's, for a benchmark that records what a sale executes.
    Raises LoyaltyError for an SQLite that is too old, a newer schema, or a damaged file.
    """

    def __init__(self, path: Path, *, connection_class: type[Connection] = Connection) -> None:
        self.path = path
        # How many units of work were committed since the start; two equal readings mean that nobody sold.
        self.commits = 0
        self._closed = False
        self._lock = threading.RLock()
        self._checkpointing = threading.Lock()
        self._readers: dict[int, tuple[threading.Thread, Connection]] = {}
        self._wal = path.with_name(path.name + "-wal")
        path.parent.mkdir(parents=True, exist_ok=True)
        unclean = self._wal.exists() and self._wal.stat().st_size > 0
        try:
            self._writer = open_connection(path, connection_class=connection_class)
            try:
                self._prepare(unclean)
            except BaseException:
                self._writer.close()
                raise
            self._upkeep = open_connection(path)
            # A checkpoint that would have to wait for a reader is tried again later; it never holds up a sale.
            self._upkeep.execute("pragma busy_timeout = 0")
        except DatabaseError as error:
            raise _unusable(path, str(error)) from error

    @contextlib.contextmanager
    def unit_of_work(self) -> Iterator[Connection]:
        """Commit everything in the block, or nothing.

        IMMEDIATE takes the write lock before the first read. A deferred BEGIN fails at once with
        SQLITE_BUSY_SNAPSHOT, ignoring the busy timeout, when another connection commits in between.
        Raises StoreBusy, StoreClosed, LoyaltyError for a full disk, and CommitUnknown where the COMMIT itself failed.
        """
        with self._transaction() as db:
            yield db
        if self.wal_bytes() > MAX_WAL_BYTES:
            # What was asked for is committed, so a checkpoint that cannot be made now must not look like a failure
            # of it; the next unit of work tries again.
            with contextlib.suppress(LoyaltyError):
                self.checkpoint()

    def reader(self) -> Connection:
        """This thread's read connection; each statement sees what is committed. Raises StoreClosed."""
        thread = threading.current_thread()
        held = self._readers.get(thread.ident or 0)
        if held is not None and held[0] is thread:
            return held[1]
        with self._lock:
            self._require_open()
            self._close_readers_of_ended_threads()
            db = open_connection(self.path, read_only=True)
            self._readers[thread.ident or 0] = (thread, db)
        return db

    @contextlib.contextmanager
    def snapshot(self) -> Iterator[Connection]:
        """This thread's read connection, seeing one moment throughout the block."""
        db = self.reader()
        db.execute("begin")
        try:
            yield db
        finally:
            db.execute("rollback")

    def wal_bytes(self) -> int:
        """How large the write-ahead log is."""
        try:
            return self._wal.stat().st_size
        except FileNotFoundError:
            return 0

    def checkpoint(self) -> bool:
        """Move the write-ahead log into the database. Returns whether all of it went.

        The first commit after a full checkpoint restarts the log, which costs it a second fsync; so this makes
        that commit itself, and the next sale is back to one. Raises LoyaltyError where the disk does not let it.
        """
        with self._checkpointing:
            try:
                # Most of the work needs no write lock, so sales go on meanwhile.
                self._upkeep.execute("pragma wal_checkpoint(passive)").fetchone()
                with self._lock:
                    busy, *_pages = self._upkeep.execute("pragma wal_checkpoint(truncate)").fetchone()
                    if busy:
                        return False
                    with self._transaction() as db:
                        db.execute("update upkeep set checkpoints = checkpoints + 1")
                    return True
            except OperationalError as error:
                raise _write_failed(error) from error

    def close(self) -> None:
        """Close every connection; the last one folds the log into the database: a clean stop.

        No other thread may be using it any more.
        """
        with self._lock:
            self._closed = True
            for _thread, db in self._readers.values():
                db.close()
            self._readers.clear()
            self._upkeep.close()
            self._writer.close()

    @contextlib.contextmanager
    def _transaction(self) -> Iterator[Connection]:
        db = self._writer
        with self._lock:
            self._require_open()
            try:
                db.execute("begin immediate")
            except OperationalError as error:
                raise _begin_failed(error) from error
            try:
                yield db
            except BaseException as error:
                _roll_back(db)
                if isinstance(error, OperationalError) and _is_the_disk(error):
                    raise _write_failed(error) from error
                raise
            try:
                db.execute("commit")
            except DatabaseError as error:
                _roll_back(db)
                raise CommitUnknown(str(error)) from error
            self.commits += 1

    def _prepare(self, unclean: bool) -> None:
        bring_up_to_date(self._writer, self.path)
        self._writer.execute("pragma synchronous = full")
        if unclean:
            problem = quick_check(self._writer)
            if problem:
                raise _unusable(self.path, problem)

    def _require_open(self) -> None:
        if self._closed:
            raise StoreClosed

    def _close_readers_of_ended_threads(self) -> None:
        for ident, (thread, db) in list(self._readers.items()):
            if not thread.is_alive():
                db.close()
                del self._readers[ident]


def quick_check(db: Connection) -> str:
    """SQLite's quick check: empty when the file is sound, else its first complaint."""
    (answer,) = db.execute("pragma quick_check(1)").fetchone()
    return "" if answer == "ok" else str(answer)


def _roll_back(db: Connection) -> None:
    # Some errors (a full disk among them) have rolled back already; a second ROLLBACK would be an error itself.
    if db.in_transaction:
        with contextlib.suppress(OperationalError):
            db.execute("rollback")


def _begin_failed(error: OperationalError) -> LoyaltyError:
    if "locked" in str(error) or "busy" in str(error):
        return StoreBusy(
            _("Another program is using the register's database."),
            _("Try again; if it stays so, close the other program."),
            code="store_busy",
        )
    return _write_failed(error)


def _is_the_disk(error: OperationalError) -> bool:
    """The outside world, not a mistake in a statement: pysqlite3 gives no code, only SQLite's words."""
    text = str(error)
    return any(words in text for words in ("disk", "readonly", "unable to open"))


def _write_failed(error: OperationalError) -> LoyaltyError:
    if "full" in str(error):
        return LoyaltyError(
            _("The disk of this register is full, so nothing was saved."),
            _("Free some space, then try again."),
            code="disk_full",
        )
    return LoyaltyError(
        _("The register's database cannot be written: {reason}.").format(reason=error),
        _("Nothing was saved. Check the disk, then try again."),
        code="store_unwritable",
    )


def _unusable(path: Path, problem: str) -> LoyaltyError:
    return LoyaltyError(
        _("The register's database {path} cannot be used: {problem}.").format(path=path, problem=problem),
        _("Keep the file, and put the newest one of {folder} in its place.").format(
            folder=path.parent / "backups"
        ),
        code="store_damaged",
    )
