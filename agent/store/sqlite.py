"""The one SQLite that the register uses: pysqlite3's, never the standard library's.

SQLite 3.7.0 to 3.51.2 can corrupt a database when its WAL is reset (sqlite.org/wal.html), so the version is checked
on every connection that is opened.
"""

from __future__ import annotations

from gettext import gettext as _
from pathlib import Path
from typing import TYPE_CHECKING, Final

from agent.domain.errors import LoyaltyError

if TYPE_CHECKING:
    # pysqlite3 is the standard module built with a newer SQLite; typeshed describes the standard one.
    from sqlite3 import Connection, DatabaseError, IntegrityError, OperationalError, connect
else:
    from pysqlite3.dbapi2 import Connection, DatabaseError, IntegrityError, OperationalError, connect

__all__ = ["Connection", "DatabaseError", "IntegrityError", "OperationalError", "open_connection"]

OLDEST_SAFE: Final = (3, 51, 3)
BUSY_TIMEOUT_S: Final = 5.0
CACHED_STATEMENTS: Final = 256
# What a reader may keep of the file: the inner pages of the indexes over a million members, and a search's own.
READER_CACHE_KIB: Final = 8 * 1024


def open_connection(
    path: Path, *, read_only: bool = False, connection_class: type[Connection] = Connection
) -> Connection:
    """A checked connection in autocommit mode with our pragmas, except for `synchronous`.

    Raises LoyaltyError when the SQLite behind it is too old.
    """
    db = connect(
        path,
        timeout=BUSY_TIMEOUT_S,
        isolation_level=None,
        check_same_thread=False,
        cached_statements=CACHED_STATEMENTS,
        factory=connection_class,
    )
    try:
        require_safe_sqlite(db)
        db.execute("pragma foreign_keys = on")
        db.execute("pragma wal_autocheckpoint = 0")
        if read_only:
            db.execute("pragma query_only = on")
            db.execute(f"pragma cache_size = -{READER_CACHE_KIB:d}")
    except BaseException:
        db.close()
        raise
    return db


def require_safe_sqlite(db: Connection) -> None:
    """Raise LoyaltyError unless this very connection runs SQLite 3.51.3 or newer."""
    (text,) = db.execute("select sqlite_version()").fetchone()
    if tuple(int(part) for part in text.split(".")) < OLDEST_SAFE:
        oldest = ".".join(str(part) for part in OLDEST_SAFE)
        raise LoyaltyError(
            _(
                "SQLite {version} can damage the register's database; Regulars needs {oldest} or newer."
            ).format(version=text, oldest=oldest),
            _("Install the libraries that Regulars is locked to: ./run does it."),
            code="sqlite_too_old",
        )
