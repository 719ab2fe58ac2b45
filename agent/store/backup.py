"""Backups by SQLite's online backup: a copy of one moment while sales go on, opened and checked before it counts."""

from __future__ import annotations

import contextlib
import os
from gettext import gettext as _
from pathlib import Path

from agent.domain.errors import LoyaltyError
from agent.store.sqlite import Connection, DatabaseError, open_connection


def back_up(db: Connection, target: Path) -> None:
    """Copy the database to `target`, which exists only when the copy is whole, sound and on disk.

    Raises LoyaltyError; an older file of that name stays then.
    """
    part = target.with_name(target.name + ".part")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        part.unlink(missing_ok=True)
        copy = open_connection(part)
        try:
            db.backup(copy)
            copy.execute("pragma journal_mode = delete")
            (answer,) = copy.execute("pragma quick_check(1)").fetchone()
        finally:
            copy.close()
        if answer != "ok":
            raise DatabaseError(answer)
        _sync(part)
        part.replace(target)
        _sync(target.parent)
    except (DatabaseError, OSError) as error:
        with contextlib.suppress(OSError):
            part.unlink(missing_ok=True)
        raise LoyaltyError(
            _("The backup {path} could not be made: {reason}.").format(path=target, reason=error),
            _("Check that the disk has room; the register's data is untouched."),
            code="backup_failed",
        ) from error


def _sync(path: Path) -> None:
    if os.name == "nt" and path.is_dir():
        return
    handle = os.open(path, os.O_RDONLY if path.is_dir() else os.O_RDWR)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
