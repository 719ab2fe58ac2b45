"""`regulars doctor`: looks at database, printer, clock, disk and HQ, and says what to do about each.

It changes nothing, and works on a register that is selling: it opens the database read-only.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from agent.bootstrap import DATABASE, the_clock
from agent.config import Config, load_config
from agent.domain.errors import LoyaltyError
from agent.key_store import SIGNING_KEY, STORE_KEY, KeyStore
from agent.service.moment import MAX_CLOCK_SKEW_MS
from agent.store.register import Register
from sync.signing import RegisterKey

LOW_DISK_BYTES: Final = 1024 * 1024 * 1024
PRINTER_ANSWER_S: Final = 1.0


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
        return [
            Finding(
                "database", False, f"{path} cannot be read: {error}.", "Put the newest backup in its place."
            )
        ]
    if complaint:
        return [
            Finding("database", False, f"It is damaged: {complaint}.", "Put the newest backup in its place.")
        ]
    backups = sorted((data_dir / "backups").glob("register-*.db"))
    newest = f"newest backup {backups[-1].stem.removeprefix('register-')}" if backups else "no backup yet"
    return [Finding("database", True, f"It is sound (SQLite {version}), {newest}.")]


def _keys(data_dir: Path, config: Config) -> Finding:
    try:
        keys = KeyStore(data_dir, config.secrets)
        missing = [name for name in (SIGNING_KEY, STORE_KEY) if keys.read(name) is None]
    except LoyaltyError as error:
        return Finding("keys", False, error.title, error.advice)
    if missing:
        return Finding("keys", False, "The register has no keys yet.", "Enrol it: regulars enrol.")
    if keys.degraded:
        return Finding(
            "keys",
            True,
            "In files that only this user can read; a keyring would be safer, none is available or wanted.",
        )
    return Finding("keys", True, "In the system's keyring.")


def _printer(config: Config) -> Finding:
    """Connect and ask for the status; a register that is selling has the only connection, and its word counts."""
    from printers.build import connector
    from printers.session import PrinterSession
    from printers.transports.base import PrinterAway

    settings = config.printer
    if settings.kind in ("file", "virtual"):
        return Finding("printer", True, f"Receipts go into a {settings.kind} printer, which needs no paper.")
    clock = the_clock()
    connect = connector(settings, clock, Path())
    if connect is None:
        return Finding(
            "printer", False, "None is set up; receipts wait.", "Name one under [printer] in register.toml."
        )
    try:
        session = PrinterSession(connect(), clock)
        try:
            code = session.ask_status(PRINTER_ANSWER_S).code
        finally:
            session.close()
    except PrinterAway as error:
        return Finding(
            "printer",
            False,
            f"{settings.address} does not answer: {error}.",
            "Switch it on and check the cable. While the till prints, it may have the only connection.",
        )
    return _PRINTER_WORDS[code]


_PRINTER_WORDS: Final = {
    "ready": Finding("printer", True, "It is ready."),
    "paper_low": Finding("printer", True, "It is ready; the roll is nearly at its end."),
    "paper_out": Finding(
        "printer", False, "It is out of paper.", "Put in a roll; receipts print by themselves then."
    ),
    "cover_open": Finding(
        "printer", False, "Its cover is open.", "Close it; receipts print by themselves then."
    ),
    "offline": Finding("printer", False, "It says that it cannot print.", "Switch it off and on again."),
    "unknown": Finding(
        "printer",
        True,
        "It is connected and does not tell its state.",
        "Receipts are printed without confirmation.",
    ),
}


def _hq(data_dir: Path, config: Config) -> list[Finding]:
    if not config.hq.url:
        return [
            Finding("HQ", False, "No address is set.", "Enrol this register: regulars enrol --hq https://...")
        ]
    if not (data_dir / DATABASE).exists():
        return [Finding("HQ", False, "This register is not enrolled.", "Enrol it: regulars enrol.")]
    from agent.store.chains import read_chain
    from agent.store.journal import count_sales_after
    from agent.store.register import read_register
    from agent.store.sqlite import open_connection
    from agent.store.status import HqContact, read_status

    db = open_connection(data_dir / DATABASE, read_only=True)
    try:
        register = read_register(db)
        contact = read_status(db, HqContact)
        chain = read_chain(db, register.chain_id) if register is not None else None
        unsent = count_sales_after(db, chain.chain_id, chain.acked_seq) if chain is not None else 0
    finally:
        db.close()
    if register is None or chain is None:
        return [Finding("HQ", False, "This register is not enrolled.", "Enrol it: regulars enrol.")]
    return [_line(data_dir, config, register), _chain_state(chain.state, unsent), _clock(contact.skew_ms)]


def _line(data_dir: Path, config: Config, register: Register) -> Finding:
    """One signed question, to which the answer changes nothing."""
    from sync.client import HqClient
    from sync.hq_time import HqTime
    from sync.outcomes import HqTrouble
    from sync.wire.messages import Pull

    try:
        secret = KeyStore(data_dir, config.secrets).read(SIGNING_KEY)
        if secret is None:
            return Finding("HQ", False, "The register's key is missing.", "Enrol it again with a new code.")
        clock = the_clock()
        client = HqClient(config.hq.url, RegisterKey(secret), HqTime(clock), clock)
        try:
            client.pull(Pull(cursor="", scopes=(f"chain:{register.chain_id}",)))
        finally:
            client.close()
    except (HqTrouble, LoyaltyError) as error:
        return Finding("HQ", False, error.title, error.advice)
    return Finding("HQ", True, f"{config.hq.url} answers and knows this register.")


def _chain_state(state: str, unsent: int) -> Finding:
    waiting = f"{unsent} sales wait to be sent." if unsent else "Every sale is sent."
    match state:
        case "forked":
            return Finding(
                "journal",
                False,
                f"HQ holds another journal under this register's name. {waiting}",
                "Sales go on and are kept. Ask whoever runs HQ.",
            )
        case "revoked":
            return Finding(
                "journal", False, f"HQ has revoked this register. {waiting}", "Ask whoever runs HQ."
            )
        case _:
            return Finding("journal", True, waiting)


def _clock(skew_ms: int | None) -> Finding:
    if skew_ms is None:
        return Finding("clock", True, "It could not be compared yet: HQ has never answered.")
    seconds = abs(skew_ms) / 1000
    if abs(skew_ms) > MAX_CLOCK_SKEW_MS:
        return Finding(
            "clock",
            False,
            f"It differs from HQ's by {seconds:.0f} seconds.",
            "Set the date and time of this machine.",
        )
    return Finding("clock", True, f"It agreed with HQ's at the last contact ({seconds:.1f} seconds apart).")
