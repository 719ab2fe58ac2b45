"""Bringing a database file to the schema that this program knows, or refusing to touch a newer one.

All pending migrations run in one transaction, after a backup that was opened and checked. `user_version` repeats how
many are applied, so that an up-to-date start needs no sqlite-utils (importing it costs a tenth of a second).
"""

from __future__ import annotations

from gettext import gettext as _
from pathlib import Path
from typing import Final

from agent.domain.errors import LoyaltyError
from agent.store.sqlite import Connection

# One for each file in migrations/; a test holds them together.
SCHEMA_VERSION: Final = 11


def bring_up_to_date(db: Connection, path: Path) -> None:
    """Create or upgrade the schema of this connection's file.

    Raises LoyaltyError when a newer Regulars has written the file.
    """
    (version,) = db.execute("pragma user_version").fetchone()
    if version > SCHEMA_VERSION:
        raise LoyaltyError(
            _(
                "The register's database {path} was written by a newer Regulars "
                "(schema {version}, this one knows {known})."
            ).format(path=path, version=version, known=SCHEMA_VERSION),
            _("Start the newer Regulars, or put back the backup that was made before its upgrade."),
            code="newer_schema",
        )
    if version == 0:
        # Until the first commit there is nothing to lose but the file's own name in its folder.
        db.execute("pragma synchronous = extra")
    # Each time, since a backup put in the database's place comes without it.
    db.execute("pragma journal_mode = wal")
    if version == SCHEMA_VERSION:
        return
    if version:
        from agent.store.backup import back_up

        back_up(db, path.parent / "backups" / f"before-schema-{SCHEMA_VERSION}.db")
    _migrate(db)


def _migrate(db: Connection) -> None:
    import sqlite_utils

    from agent.store.migrations import MIGRATIONS

    db.execute("begin immediate")
    try:
        # The WAL is already on, and sqlite-utils joins the transaction that is open.
        MIGRATIONS.apply(sqlite_utils.Database(db))
        db.execute(f"pragma user_version = {SCHEMA_VERSION:d}")
        db.execute("commit")
    except BaseException:
        if db.in_transaction:
            db.execute("rollback")
        raise
