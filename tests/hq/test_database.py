"""HQ's database: SQLite without the WAL bug, safe settings, and a schema that other databases can hold."""

from __future__ import annotations

import contextlib
import sqlite3
import sys

import pysqlite3
import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import connection, models, transaction

from tests.hq.books import rows

OURS = ("devices", "members", "membership", "programs", "ledger", "ingest", "feed")
# Tables that every shard would hold a copy of: hq.md, schema rule 4.
REFERENCE = {
    "store",
    "register",
    "enrolment_code",
    "content_blob",
    "program_set_version",
    "hq_state",
    "chain",
}
# What a row is spread by; a lookup table is spread by its own key.
SPREAD_BY = {"account_id", "chain_id", "digest", "scope", "coupon_id", "provisional_id", "serial"}


def test_django_uses_the_sqlite_that_we_bring(hq):
    assert connection.Database.__name__ == "pysqlite3.dbapi2"
    assert rows("SELECT sqlite_version()") == [(pysqlite3.sqlite_version,)]
    assert pysqlite3.sqlite_version_info >= (3, 51, 3)


def test_the_standard_librarys_sqlite_is_left_alone():
    assert sys.modules["sqlite3"] is sqlite3
    assert sqlite3.__name__ == "sqlite3"


def test_every_connection_has_the_safe_settings(hq):
    assert rows("PRAGMA journal_mode") == [("wal",)]
    assert rows("PRAGMA synchronous") == [(2,)]
    assert rows("PRAGMA foreign_keys") == [(1,)]
    assert rows("PRAGMA busy_timeout") == [(20_000,)]


def test_a_transaction_takes_the_write_lock_at_once(hq):
    other = pysqlite3.connect(str(hq.data / "hq.db"), timeout=0)
    with (
        contextlib.closing(other),
        transaction.atomic(),
        pytest.raises(pysqlite3.OperationalError, match="locked"),
    ):
        other.execute("BEGIN IMMEDIATE")


def test_the_models_and_their_migrations_agree(hq):
    call_command("makemigrations", "--check", "--dry-run", verbosity=0)


def test_every_key_holds_what_its_table_is_spread_by():
    for label in OURS:
        for model in apps.get_app_config(label).get_models():
            if not model._meta.managed or model._meta.db_table in REFERENCE:
                continue
            for names in unique_keys(model):
                assert SPREAD_BY & set(names), f"{model._meta.db_table} has the key {names}"


def unique_keys(model):
    key = model._meta.pk
    yield tuple(key.field_names) if isinstance(key, models.CompositePrimaryKey) else (key.attname,)
    for field in model._meta.local_fields:
        if field.unique and not field.primary_key:
            yield (field.attname,)
    for constraint in model._meta.constraints:
        if isinstance(constraint, models.UniqueConstraint):
            yield constraint.fields


def test_the_schema_has_no_triggers(hq):
    assert rows("SELECT name FROM sqlite_master WHERE type = 'trigger'") == []
