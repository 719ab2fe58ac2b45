"""HQ's data folder: the database, closed to other accounts, and two secrets that are made once.

The secrets are files of mode 0600, written whole before they get their name, so that a power cut leaves either
no file (a new secret is made) or a good one.
"""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from typing import Final

from agent.domain.errors import LoyaltyError

ENVIRONMENT: Final = "REGULARS_HQ_DATA"
DEFAULT: Final = "hq-data"
SECRETS: Final = ("secret_key", "signing_key")
_SECRET_BYTES: Final = 32


def folder() -> Path:
    """The data folder that this process was started with."""
    return Path(os.environ.get(ENVIRONMENT) or DEFAULT).absolute()


def database_path(data: Path) -> Path:
    return data / "hq.db"


def prepare(data: Path) -> None:
    """Make the folder and its secrets where they are missing. Raises LoyaltyError when it cannot be written."""
    try:
        data.mkdir(mode=0o700, parents=True, exist_ok=True)
        for name in SECRETS:
            _make_once(data / name)
        _close_to_others(database_path(data))
    except OSError as error:
        raise LoyaltyError(
            f"The data folder {data} cannot be used ({error.strerror}).",
            "Choose another with --data, or give this account the right to write there.",
            code="data_folder",
        ) from error


def secret(data: Path, name: str) -> bytes:
    """The 32 bytes of a secret. Raises LoyaltyError when the file is missing or has another size."""
    path = data / name
    try:
        value = path.read_bytes()
    except OSError as error:
        raise _bad_secret(path) from error
    if len(value) != _SECRET_BYTES:
        raise _bad_secret(path)
    return value


def require_secrets(data: Path) -> None:
    """Raise LoyaltyError when a secret is missing or damaged: told at start, not at a register's first request."""
    for name in SECRETS:
        secret(data, name)


def _close_to_others(database: Path) -> None:
    """Phones and stores' keys are in it: mode 0600, which SQLite gives its -wal and -shm too."""
    os.close(os.open(database, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))
    database.chmod(0o600)


def _make_once(path: Path) -> None:
    if path.exists():
        return
    fresh = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        os.write(handle, secrets.token_bytes(_SECRET_BYTES))
        os.fsync(handle)
    finally:
        os.close(handle)
    try:
        # A link, not a rename: of two processes that start together, the first one's secret stays.
        os.link(fresh, path)
    except FileExistsError:
        pass
    finally:
        fresh.unlink()


def _bad_secret(path: Path) -> LoyaltyError:
    return LoyaltyError(
        f"The file {path} is missing or damaged.",
        "Put it back from HQ's backup; without it, staff sessions and coupon delegations cannot be checked.",
        code="bad_secret",
    )
