"""One writer, many readers, everything or nothing."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from agent.domain.errors import LoyaltyError
from agent.store import database
from agent.store.backup import back_up
from agent.store.database import Store, StoreBusy
from agent.store.settings import put_operator, read_operators
from agent.store.sqlite import (
    Connection,
    IntegrityError,
    OperationalError,
    open_connection,
    require_safe_sqlite,
)
from sync.wire.feed import OperatorRow

ELENA = OperatorRow(operator_id="7", name="Elena P.")


def names(store: Store) -> list[str]:
    return [operator.name for operator in read_operators(store.reader())]


def test_the_database_is_durable_by_wal_and_full_sync(store: Store) -> None:
    with store.unit_of_work() as db:
        asked = {
            pragma: db.execute(f"pragma {pragma}").fetchone()[0]
            for pragma in ("journal_mode", "synchronous", "foreign_keys", "wal_autocheckpoint")
        }

    assert asked == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "wal_autocheckpoint": 0}


def test_a_backup_put_in_the_databases_place_is_as_durable_as_before(store: Store, tmp_path: Path) -> None:
    back_up(store.reader(), tmp_path / "restored" / "register.db")

    restored = Store(tmp_path / "restored" / "register.db")

    assert restored.reader().execute("pragma journal_mode").fetchone() == ("wal",)
    restored.close()


def test_an_sqlite_inside_the_wal_reset_bug_is_refused_with_the_reason() -> None:
    if sqlite3.sqlite_version_info >= (3, 51, 3):
        pytest.skip("this Python's own SQLite is new enough")
    old = sqlite3.connect(":memory:")
    try:
        with pytest.raises(LoyaltyError, match=r"SQLite 3\.\d+\.\d+ can damage .* needs 3\.51\.3 or newer"):
            require_safe_sqlite(old)
    finally:
        old.close()


def test_a_committed_unit_of_work_is_seen_by_readers(store: Store) -> None:
    with store.unit_of_work() as db:
        put_operator(db, ELENA)

    assert names(store) == ["Elena P."]


def test_a_unit_of_work_that_fails_leaves_nothing(store: Store) -> None:
    def interrupted() -> None:
        with store.unit_of_work() as db:
            put_operator(db, ELENA)
            raise RuntimeError("the power of a bug")

    with pytest.raises(RuntimeError):
        interrupted()

    assert names(store) == []
    with store.unit_of_work() as db:
        put_operator(db, ELENA)
    assert names(store) == ["Elena P."]


def test_a_reader_sees_nothing_of_an_open_unit_of_work(store: Store) -> None:
    with store.unit_of_work() as db:
        put_operator(db, ELENA)
        assert names(store) == []


def test_a_snapshot_stays_at_its_moment_while_others_commit(store: Store) -> None:
    with store.snapshot() as db:
        before = read_operators(db)
        committed = threading.Thread(target=_commit, args=(store,))
        committed.start()
        committed.join()
        assert read_operators(db) == before

    assert names(store) == ["Elena P."]


def test_a_reader_cannot_write(store: Store) -> None:
    with pytest.raises(OperationalError, match="readonly"):
        store.reader().execute("update upkeep set checkpoints = 9")


def test_a_mistake_in_a_statement_is_not_called_a_full_disk(store: Store) -> None:
    with pytest.raises(OperationalError, match="no such table"), store.unit_of_work() as db:
        db.execute("select * from nowhere")


def test_foreign_keys_hold(store: Store) -> None:
    with pytest.raises(IntegrityError), store.unit_of_work() as db:
        db.execute("insert into item_code (code, item_code) values ('1', 'no such item')")


def test_units_of_work_of_many_threads_come_one_after_the_other(store: Store) -> None:
    def count_up() -> None:
        for _ in range(20):
            with store.unit_of_work() as db:
                (before,) = db.execute("select checkpoints from upkeep").fetchone()
                db.execute("update upkeep set checkpoints = ?", (before + 1,))

    threads = [threading.Thread(target=count_up) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert store.reader().execute("select checkpoints from upkeep").fetchone() == (80,)


def test_another_program_that_holds_the_database_is_named_as_the_reason(
    store: Store, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with store.unit_of_work() as db:
        put_operator(db, ELENA)
    store._writer.execute("pragma busy_timeout = 50")
    other = open_connection(path)
    other.execute("begin immediate")
    try:
        with pytest.raises(StoreBusy, match="Another program is using"), store.unit_of_work():
            pass
    finally:
        other.execute("rollback")
        other.close()

    with store.unit_of_work() as db:
        put_operator(db, OperatorRow(operator_id="8", name="Ana"))
    assert names(store) == ["Ana", "Elena P."]


def test_a_commit_that_the_disk_refuses_is_unknown_and_nothing_of_it_is_seen(tmp_path: Path) -> None:
    # A file-size limit is the one full disk that any user can make; it needs a process of its own.
    done = subprocess.run(
        [sys.executable, "-c", _COMMIT_ON_A_FULL_DISK, str(tmp_path / "register.db")],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        cwd=Path(database.__file__).parents[2],
        env={**os.environ, "PYTHONWARNINGS": "error"},
    )

    assert done.stdout.split() == ["CommitUnknown", "0", "committed", "1"], done.stderr


def test_a_checkpoint_empties_the_log_and_pays_for_the_next_sales_second_fsync(store: Store) -> None:
    _commit(store)
    before = store.wal_bytes()

    assert store.checkpoint()

    assert 0 < store.wal_bytes() < before
    assert names(store) == ["Elena P."]


def test_a_checkpoint_never_waits_for_a_reader(store: Store) -> None:
    _commit(store)
    with store.snapshot() as db:
        read_operators(db)
        assert not store.checkpoint()

    assert store.checkpoint()


def test_the_log_is_bounded_even_if_nobody_is_ever_idle(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "MAX_WAL_BYTES", 100_000)

    for _ in range(60):
        _commit(store)

    assert store.wal_bytes() < 200_000


class _NoRoomForCheckpoints(Connection):
    """A writer on a disk that is full for as long as `full` says."""

    full = False

    def execute(self, sql, *values):  # type: ignore[no-untyped-def]
        if self.full and sql.startswith("update upkeep"):
            raise OperationalError("database or disk is full")
        return super().execute(sql, *values)


def test_a_checkpoint_that_fails_leaves_the_register_able_to_sell(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = Store(path, connection_class=_NoRoomForCheckpoints)
    _commit(store)
    monkeypatch.setattr(_NoRoomForCheckpoints, "full", True)
    with pytest.raises(LoyaltyError, match="disk of this register is full"):
        store.checkpoint()

    with store.unit_of_work() as db:
        put_operator(db, OperatorRow(operator_id="8", name="Ana"))

    assert names(store) == ["Ana", "Elena P."]
    store.close()


def test_what_was_committed_is_not_called_a_failure_because_the_checkpoint_after_it_failed(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = Store(path, connection_class=_NoRoomForCheckpoints)
    monkeypatch.setattr(database, "MAX_WAL_BYTES", 1)
    monkeypatch.setattr(_NoRoomForCheckpoints, "full", True)

    _commit(store)

    assert names(store) == ["Elena P."]
    store.close()


def test_readers_of_ended_threads_are_closed(store: Store) -> None:
    for _ in range(5):
        thread = threading.Thread(target=store.reader)
        thread.start()
        thread.join()

    store.reader()

    assert len(store._readers) <= 2


def test_a_clean_stop_leaves_one_file(path: Path) -> None:
    store = Store(path)
    _commit(store)
    store.close()

    assert [found.name for found in path.parent.iterdir()] == ["register.db"]


def test_a_damaged_database_is_found_after_an_unclean_stop(path: Path) -> None:
    store = Store(path)
    with store.unit_of_work() as db:
        for number in range(2000):
            put_operator(db, OperatorRow(operator_id=str(number), name="Elena P." * 20))
    assert store.checkpoint()
    _commit(store)
    # The files as a power cut leaves them, with a page that the disk has lost.
    data, log = path.read_bytes(), path.with_name("register.db-wal").read_bytes()
    store.close()
    middle = (len(data) // 4096 // 2) * 4096
    path.write_bytes(data[:middle] + b"\xff" * 4096 + data[middle + 4096 :])
    path.with_name("register.db-wal").write_bytes(log)

    with pytest.raises(LoyaltyError, match="cannot be used") as refused:
        Store(path)
    assert "backups" in refused.value.advice


def test_what_was_committed_before_an_unclean_stop_is_there_after_it(path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", _COMMIT_AND_DIE, str(path)],
        timeout=60,
        check=False,
        cwd=Path(database.__file__).parents[2],
    )
    assert done.returncode == 9
    assert path.with_name("register.db-wal").exists()

    store = Store(path)

    assert names(store) == ["Elena P."]
    store.close()


def _commit(store: Store) -> None:
    with store.unit_of_work() as db:
        put_operator(db, ELENA)


_COMMIT_ON_A_FULL_DISK = """
import resource, signal, sys
from pathlib import Path
from agent.store.database import CommitUnknown, Store
from agent.store.settings import put_operator, read_operators
from sync.wire.feed import OperatorRow

signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
store = Store(Path(sys.argv[1]))
store.checkpoint()
soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
resource.setrlimit(resource.RLIMIT_FSIZE, (store.wal_bytes() + 100, hard))
try:
    with store.unit_of_work() as db:
        put_operator(db, OperatorRow(operator_id="7", name="Elena P."))
except CommitUnknown:
    print("CommitUnknown", len(read_operators(store.reader())))
resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
with store.unit_of_work() as db:
    put_operator(db, OperatorRow(operator_id="7", name="Elena P."))
print("committed", len(read_operators(store.reader())))
store.close()
"""

_COMMIT_AND_DIE = """
import os, sys
from pathlib import Path
from agent.store.database import Store
from agent.store.settings import put_operator
from sync.wire.feed import OperatorRow

store = Store(Path(sys.argv[1]))
with store.unit_of_work() as db:
    put_operator(db, OperatorRow(operator_id="7", name="Elena P."))
os._exit(9)
"""
