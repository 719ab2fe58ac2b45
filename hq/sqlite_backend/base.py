"""Django's own SQLite backend, with pysqlite3 as its `Database`.

The standard library's SQLite may be older than 3.51.3 and inside the WAL-reset corruption bug (3.7.0 to 3.51.2,
SQLite's wal.html). Django's backend imports the name `sqlite3`, so it is swapped only while that import runs.
"""

from __future__ import annotations

import importlib
import sys
from typing import Any, Final

import pysqlite3
from django.core.exceptions import ImproperlyConfigured

OLDEST_SQLITE: Final = (3, 51, 3)
_BACKEND: Final = "django.db.backends.sqlite3"


def _import_with_pysqlite3() -> Any:
    """Django's base module, bound to pysqlite3. What was imported before, under either name, is put back."""
    ours = {"sqlite3": pysqlite3, "sqlite3.dbapi2": pysqlite3.dbapi2}
    swapped = [name for name in sys.modules if name in ours or name.startswith(_BACKEND)]
    before = {name: sys.modules.pop(name) for name in swapped}
    sys.modules.update(ours)
    try:
        return importlib.import_module(f"{_BACKEND}.base")
    finally:
        for name in ours:
            sys.modules.pop(name)
        for name in [name for name in sys.modules if name.startswith(_BACKEND)]:
            sys.modules.pop(name)
        sys.modules.update(before)


_django = _import_with_pysqlite3()

if _django.Database.__name__ != "pysqlite3.dbapi2":
    raise ImproperlyConfigured("Django's SQLite backend was not bound to pysqlite3; HQ does not start.")
if pysqlite3.sqlite_version_info < OLDEST_SQLITE:
    raise ImproperlyConfigured(
        f"SQLite {pysqlite3.sqlite_version} can corrupt a database in WAL mode; install pysqlite3 0.6.1 or newer."
    )

Database = _django.Database


class DatabaseWrapper(_django.DatabaseWrapper):  # type: ignore[misc,name-defined]
    """What `ENGINE = "hq.sqlite_backend"` gives Django."""

    display_name = "SQLite (pysqlite3)"
