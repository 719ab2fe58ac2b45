"""Bringing HQ's database up to date, and noticing that it was restored from a backup.

A file beside the database holds the incarnation and the highest commit number that HQ is known to have reached.
When the database is behind that file, it is an older copy: a new incarnation begins, registers send again what it
lacks, and no lease is granted until every chain has reported (formats.md, Wire).
"""

from __future__ import annotations

import os
import tempfile
from gettext import gettext as _
from pathlib import Path
from typing import Final

import msgspec
from django.core.management import call_command
from django.db import DatabaseError, transaction

from agent.domain.errors import LoyaltyError
from hq import data_folder
from hq.devices.models import Chain
from hq.feed.models import HqState
from hq.feed.state import last_commit, make_identity, new_incarnation

MARK: Final = "incarnation.json"


class Mark(msgspec.Struct, frozen=True):
    """What the file holds."""

    incarnation: str
    commit_number: int


def prepare_database() -> None:
    """Migrate, give a new database its identity, and compare it with the mark.

    Raises LoyaltyError when the database cannot be used.
    """
    try:
        call_command("migrate", verbosity=0, interactive=False)
        with transaction.atomic():
            make_identity()
            _notice_restore()
        write_mark()
    except (DatabaseError, OSError) as error:
        path = data_folder.database_path(data_folder.folder())
        raise LoyaltyError(
            _("HQ's database {path} cannot be used ({reason}).").format(path=path, reason=error),
            _("Check the disk and who owns the file, or put HQ's backup in its place; it was left as it is."),
            code="bad_database",
        ) from error


def write_mark() -> None:
    """Remember how far this HQ has come: at start and at a clean stop."""
    state = HqState.objects.get(pk=1)
    path = data_folder.folder() / MARK
    # A command may write it while the server does; each has a file of its own until it is whole.
    handle, name = tempfile.mkstemp(prefix=f".{MARK}.", dir=path.parent)
    with os.fdopen(handle, "wb") as file:
        file.write(msgspec.json.encode(Mark(state.incarnation, last_commit())))
        file.flush()
        os.fsync(file.fileno())
    Path(name).replace(path)


def _notice_restore() -> None:
    mark = _read_mark(data_folder.folder() / MARK)
    state = HqState.objects.select_for_update().get(pk=1)
    if mark is None or mark.incarnation != state.incarnation or mark.commit_number <= state.commit_number:
        return
    state.incarnation = new_incarnation()
    # Numbers go on above those that the lost copy may have given out.
    state.commit_number = mark.commit_number
    state.save(update_fields=("incarnation", "commit_number"))
    Chain.objects.update(reported=False)


def _read_mark(path: Path) -> Mark | None:
    try:
        return msgspec.json.decode(path.read_bytes(), type=Mark)
    except (OSError, msgspec.DecodeError):
        return None
