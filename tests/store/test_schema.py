"""The schema comes in one step, after a backup, or not at all."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from sqlite_utils import Database, Migrations

from agent.domain.errors import LoyaltyError
from agent.store import schema
from agent.store.database import Store
from agent.store.migrations import MIGRATIONS
from agent.store.migrations.m0001_first_schema import STATEMENTS, first_schema
from agent.store.settings import put_operator, read_operators
from agent.store.sqlite import OperationalError, open_connection
from sync.wire.feed import OperatorRow


def test_the_version_counts_the_migrations() -> None:
    db = open_connection(Path(":memory:"))
    try:
        assert len(MIGRATIONS.pending(Database(db))) == schema.SCHEMA_VERSION
    finally:
        db.close()


def test_a_new_database_has_every_table_strict_and_in_the_singular(store: Store) -> None:
    tables = (
        store.reader()
        .execute(
            "select name, strict from pragma_table_list where schema = 'main' and type = 'table'"
            " and name not like 'sqlite%' and name not like '\\_sqlite%' escape '\\'"
        )
        .fetchall()
    )

    assert {"journal", "sale", "print_job", "member", "lease", "coupon"} <= {name for name, _ in tables}
    assert [name for name, strict in tables if not strict] == []


def test_starting_again_changes_nothing_and_loads_no_sqlite_utils(path: Path) -> None:
    Store(path).close()
    before = path.read_bytes()

    done = subprocess.run(
        [
            sys.executable,
            "-c",
            _OPEN_AND_TELL,
            str(path),
        ],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
        cwd=Path(schema.__file__).parents[2],
    )

    assert done.stdout.strip() == "False"
    assert path.read_bytes() == before


def test_a_database_of_a_newer_regulars_is_refused_and_left_as_it_is(path: Path) -> None:
    Store(path).close()
    newer = open_connection(path)
    newer.execute("pragma user_version = 99")
    newer.close()
    before = path.read_bytes()

    with pytest.raises(LoyaltyError, match=r"newer Regulars .*schema 99") as refused:
        Store(path)

    assert "backup" in refused.value.advice
    assert path.read_bytes() == before


def test_a_creation_that_fails_half_way_can_be_done_again(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = (*STATEMENTS[:5], "create table broken (")
    monkeypatch.setattr("agent.store.migrations.m0001_first_schema.STATEMENTS", broken)
    with pytest.raises((OperationalError, LoyaltyError)):
        Store(path)
    monkeypatch.undo()

    store = Store(path)

    assert read_operators(store.reader()) == ()
    store.close()


def test_an_upgrade_makes_a_backup_that_can_be_opened(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = Store(path)
    with store.unit_of_work() as db:
        put_operator(db, OperatorRow(operator_id="7", name="Elena P."))
    store.close()
    monkeypatch.setattr(schema, "SCHEMA_VERSION", schema.SCHEMA_VERSION + 1)

    upgraded = Store(path)
    assert [operator.name for operator in read_operators(upgraded.reader())] == ["Elena P."]
    upgraded.close()

    backup = path.parent / "backups" / f"before-schema-{schema.SCHEMA_VERSION}.db"
    monkeypatch.undo()
    kept = Store(backup)
    assert [operator.name for operator in read_operators(kept.reader())] == ["Elena P."]
    kept.close()


def test_an_upgrade_that_fails_leaves_the_database_of_before(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Store(path).close()
    monkeypatch.setattr(schema, "SCHEMA_VERSION", schema.SCHEMA_VERSION + 1)
    half_done = Migrations("regulars")
    half_done(name="0001_first_schema")(first_schema)
    half_done(name="0002_half_done")(_drop_the_journal_and_stumble)
    monkeypatch.setattr("agent.store.migrations.MIGRATIONS", half_done)
    with pytest.raises(RuntimeError):
        Store(path)
    monkeypatch.undo()

    store = Store(path)
    assert store.reader().execute("select count(*) from journal").fetchone() == (0,)
    store.close()


def _drop_the_journal_and_stumble(db: Database) -> None:
    db.execute("drop table journal")
    raise RuntimeError("half done")


_OPEN_AND_TELL = """
import sys
from pathlib import Path
from agent.store.database import Store

Store(Path(sys.argv[1])).close()
print("sqlite_utils" in sys.modules)
"""
