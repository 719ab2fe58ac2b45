"""One program at a time on a register's data: a lock file that the operating system frees when we die."""

from __future__ import annotations

import os
from gettext import gettext as _
from pathlib import Path
from types import TracebackType
from typing import Final

from agent.domain.errors import LoyaltyError

LOCK_FILE: Final = "register.lock"


class SingleInstance:
    """Hold the data folder's lock for the length of a `with` block.

    Raises LoyaltyError when another program holds it. A lock of a process that was killed is free again at once,
    since the operating system, not the file's existence, says who holds it.
    """

    def __init__(self, data_dir: Path) -> None:
        self._path = data_dir / LOCK_FILE
        self._handle: int | None = None

    def __enter__(self) -> SingleInstance:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            _lock(handle)
        except OSError as error:
            os.close(handle)
            raise LoyaltyError(
                _("This register is running already."),
                _("Use the window that is open, or close it first."),
                code="running_already",
            ) from error
        self._handle = handle
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._handle is not None:
            os.close(self._handle)
            self._handle = None


def _lock(handle: int) -> None:
    if os.name == "nt":
        import msvcrt

        msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined,unused-ignore]
    else:
        import fcntl

        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
