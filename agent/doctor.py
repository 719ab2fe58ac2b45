"""`regulars doctor`: looks at database, printer, clock, disk and HQ, and says what to do about each.

It changes nothing, and works on a register that is selling: it opens the database read-only.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from agent.config import Config, load_config
from agent.domain.errors import LoyaltyError

LOW_DISK_BYTES: Final = 1024 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Finding:
    """What was looked at, whether it is well, what was found, and what to do."""

    subject: str
    well: bool
    found: str
    advice: str = ""

    def line(self) -> str:
        """One line for a person."""
        mark = "ok  " if self.well else "LOOK"
        return f"{mark} {self.subject:10} {self.found} {self.advice}".rstrip()


def examine(data_dir: Path) -> list[Finding]:
    """Look at everything; a check that cannot be made is a finding too."""
    try:
        config = load_config(data_dir)
    except LoyaltyError as error:
        return [Finding("settings", False, error.title, error.advice), _disk(data_dir)]
    checks: list[Callable[[], list[Finding]]] = [
        lambda: [Finding("settings", True, "register.toml is usable.")],
        lambda: _database(data_dir),
        lambda: [_keys(data_dir, config)],
        lambda: [_disk(data_dir)],
        lambda: [_printer(config)],
        lambda: _hq(data_dir, config),
    ]
    return [finding for check in checks for finding in check()]


def _disk(data_dir: Path) -> Finding:
    folder = next(part for part in (data_dir, *data_dir.absolute().parents) if part.exists())
    free = shutil.disk_usage(folder).free
    text = f"{free / 1024**3:.1f} GiB free."
    if free < LOW_DISK_BYTES:
        return Finding("disk", False, text, "Free some space: sales need a little, backups need more.")
    return Finding("disk", True, text)


def _database(data_dir: Path) -> list[Finding]:
    from agent.bootstrap import DATABASE
    from agent.store.database import quick_check
    from agent.store.sqlite import DatabaseError, open_connection

    path = data_dir / DATABASE
    if not path.exists():
        return [Finding("database", False, "There is none yet.", "Enrol this register: regulars enrol.")]
    try:
        db = open_connection(path, read_only=True)
        try:
            complaint = quick_check(db)
            (version,) = db.execute("select sqlite_version()").fetchone()
        finally:
            db.close()
    except LoyaltyError as error:
        return [Finding("database", False, error.title, error.advice)]
    except DatabaseError as error:
        return [Finding("database", False, f"{path} cannot be read: {error}.", "Put the newest backup in its place.")]
    if complaint:
        return [Finding("database", False, f"It is damaged: {complaint}.", "Put the newest backup in its place.")]
    backups = sorted((data_dir / "backups").glob("register-*.db"))
    newest = f"newest backup {backups[-1].stem.removeprefix('register-')}" if backups else "no backup yet"
    return [Finding("database", True, f"It is sound (SQLite {version}), {newest}.")]


def _keys(data_dir: Path, config: Config) -> Finding:
    from agent.key_store import SIGNING_KEY, STORE_KEY, KeyStore

    try:
        keys = KeyStore(data_dir, config.secrets)
        missing = [name for name in (SIGNING_KEY, STORE_KEY) if keys.read(name) is None]
    except LoyaltyError as error:
        return Finding("keys", False, error.title, error.advice)
    if missing:
        return Finding("keys", False, "The register has no keys yet.", "Enrol it: regulars enrol.")
    if keys.degraded:
        return Finding(
            "keys", True, "In files that only this user can read; a keyring would be safer, none is available or wanted."
        )
    return Finding("keys", True, "In the system's keyring.")


def _printer(config: Config) -> Finding:
    from agent.bootstrap import examine_printer

    well, found, advice = examine_printer(config.printer)
    return Finding("printer", well, found, advice)


def _hq(data_dir: Path, config: Config) -> list[Finding]:
    if not config.hq.url:
        return [Finding("HQ", False, "No address is set.", "Enrol this register: regulars enrol --hq https://...")]
    from agent.bootstrap import examine_hq

    return [Finding(*finding) for finding in examine_hq(data_dir, config)]
