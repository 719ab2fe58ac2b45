"""The register's database for a look from outside: read-only, while the till may be selling."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from gettext import gettext as _
from pathlib import Path

from agent.domain.errors import LoyaltyError
from agent.store.schema import SCHEMA_VERSION
from agent.store.sqlite import Connection, DatabaseError, open_connection


@contextmanager
def open_for_reading(path: Path) -> Iterator[Connection]:
    """A connection that changes nothing, closed at the end of the block.

    Raises LoyaltyError where there is no database, where another version of Regulars wrote it, and where it is
    damaged, also when that shows only in the block.
    """
    if not path.exists():
        raise LoyaltyError(
            _("There is no register at {folder}.").format(folder=path.parent),
            _("Name its data folder with --data, or enrol this register: regulars enrol."),
            code="no_register",
        )
    try:
        db = open_connection(path, read_only=True)
        try:
            _require_this_schema(db, path)
            yield db
        finally:
            db.close()
    except DatabaseError as error:
        raise LoyaltyError(
            _("The register's database {path} cannot be read: {reason}.").format(path=path, reason=error),
            _("Run regulars doctor; it says what to do."),
            code="cannot_read",
        ) from error


def _require_this_schema(db: Connection, path: Path) -> None:
    (version,) = db.execute("pragma user_version").fetchone()
    if version != SCHEMA_VERSION:
        raise LoyaltyError(
            _("The register's database {path} was written by another version of Regulars.").format(path=path),
            _("Start this version's till once, or use the version that the till uses."),
            code="other_schema",
        )
