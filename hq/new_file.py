"""A file that somebody else reads: it gets its name when it is whole, and never takes that of another."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from gettext import gettext as _
from pathlib import Path
from typing import TextIO

from agent.domain.errors import LoyaltyError


@contextmanager
def new_file(path: Path) -> Iterator[TextIO]:
    """A text file beside the place where it goes; moved there when the block ends well, gone when it does not.

    Raises LoyaltyError, before the block, where a file has this name already or none can be made there; after it, where it
    cannot be written to its end.
    """
    aside = path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")
    try:
        if path.exists():
            raise FileExistsError
        file = aside.open("x", encoding="utf-8", newline="")
    except OSError as error:
        raise _cannot(path, error) from error
    try:
        with file:
            yield file
            _put_in_place(file, aside, path)
    finally:
        aside.unlink(missing_ok=True)


def _put_in_place(file: TextIO, aside: Path, path: Path) -> None:
    try:
        file.flush()
        os.fsync(file.fileno())
        # A link, not a rename: a file that came to this name in the meantime stays.
        os.link(aside, path)
    except OSError as error:
        raise _cannot(path, error) from error


def _cannot(path: Path, error: OSError) -> LoyaltyError:
    reason = _("it exists already") if isinstance(error, FileExistsError) else error.strerror
    return LoyaltyError(
        _("{path} cannot be written: {reason}.").format(path=path, reason=reason),
        _("Name a new file."),
        code="no_file",
    )
