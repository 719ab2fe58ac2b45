"""`regulars doctor`: looks at database, printer, clock, disk and HQ, and says what to do about each.

It changes nothing, and works on a register that is selling: it opens the database read-only.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from gettext import gettext as _
from gettext import ngettext
from pathlib import Path
from typing import TYPE_CHECKING, Final

from agent.bootstrap import DATABASE, the_clock
from agent.config import Config, load_config
from agent.domain.errors import LoyaltyError
from agent.key_store import SIGNING_KEY, STORE_KEY, KeyStore
from agent.service.moment import MAX_CLOCK_SKEW_MS
from agent.store.register import Register
from sync.signing import RegisterKey
from sync.wire.messages import ChainState

if TYPE_CHECKING:
    from printers.status import StatusCode

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
        mark = _("ok") if self.well else _("LOOK")
        return f"{mark:4} {self.subject:10} {self.found} {self.advice}".rstrip()


def examine(data_dir: Path) -> list[Finding]:
    """Look at everything; a check that cannot be made is a finding too."""
    try:
        config = load_config(data_dir)
    except LoyaltyError as error:
        return [Finding(_("settings"), False, error.title, error.advice), _disk(data_dir)]
    checks: list[Callable[[], list[Finding]]] = [
        lambda: [Finding(_("settings"), True, _("register.toml is usable."))],
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
    text = _("{size} GiB free.").format(size=f"{free / 1024**3:.1f}")
    if free < LOW_DISK_BYTES:
        return Finding(_("disk"), False, text, _("Free some space: sales need a little, backups need more."))
    return Finding(_("disk"), True, text)


def _database(data_dir: Path) -> list[Finding]:
    from agent.store.database import quick_check
    from agent.store.sqlite import DatabaseError, open_connection

    path = data_dir / DATABASE
    if not path.exists():
        return [
            Finding(_("database"), False, _("There is none yet."), _("Enrol this register: regulars enrol."))
        ]
    try:
        db = open_connection(path, read_only=True)
        try:
            complaint = quick_check(db)
            (version,) = db.execute("select sqlite_version()").fetchone()
        finally:
            db.close()
    except LoyaltyError as error:
        return [Finding(_("database"), False, error.title, error.advice)]
    except DatabaseError as error:
        return [
            Finding(
                _("database"),
                False,
                _("{path} cannot be read: {reason}.").format(path=path, reason=error),
                _("Put the newest backup in its place."),
            )
        ]
    if complaint:
        return [
            Finding(
                _("database"),
                False,
                _("It is damaged: {complaint}.").format(complaint=complaint),
                _("Put the newest backup in its place."),
            )
        ]
    backups = sorted((data_dir / "backups").glob("register-*.db"))
    if not backups:
        sound = _("It is sound (SQLite {version}), no backup yet.").format(version=version)
    else:
        sound = _("It is sound (SQLite {version}), newest backup {day}.").format(
            version=version, day=backups[-1].stem.removeprefix("register-")
        )
    return [Finding(_("database"), True, sound)]


def _keys(data_dir: Path, config: Config) -> Finding:
    try:
        keys = KeyStore(data_dir, config.secrets)
        missing = [name for name in (SIGNING_KEY, STORE_KEY) if keys.read(name) is None]
    except LoyaltyError as error:
        return Finding(_("keys"), False, error.title, error.advice)
    if missing:
        return Finding(_("keys"), False, _("The register has no keys yet."), _("Enrol it: regulars enrol."))
    if keys.degraded:
        return Finding(
            _("keys"),
            True,
            _(
                "In files that only this user can read; a keyring would be safer, none is available or wanted."
            ),
        )
    return Finding(_("keys"), True, _("In the system's keyring."))


def _printer(config: Config) -> Finding:
    """Connect and ask for the status; a register that is selling has the only connection, and its word counts."""
    from printers.build import connector
    from printers.session import PrinterSession
    from printers.transports.base import PrinterAway

    settings = config.printer
    if settings.kind in ("file", "virtual"):
        return Finding(
            _("printer"),
            True,
            _("Receipts go into a {kind} printer, which needs no paper.").format(kind=settings.kind),
        )
    clock = the_clock()
    connect = connector(settings, clock, Path())
    if connect is None:
        return Finding(
            _("printer"),
            False,
            _("None is set up; receipts wait."),
            _("Name one under [printer] in register.toml."),
        )
    try:
        session = PrinterSession(connect(), clock)
        try:
            code = session.ask_status(PRINTER_ANSWER_S).code
        finally:
            session.close()
    except PrinterAway as error:
        return Finding(
            _("printer"),
            False,
            _("{address} does not answer: {reason}.").format(address=settings.address, reason=error),
            _("Switch it on and check the cable. While the till prints, it may have the only connection."),
        )
    return _printer_words(code)


def _printer_words(code: StatusCode) -> Finding:
    printer = _("printer")
    match code:
        case "ready":
            return Finding(printer, True, _("It is ready."))
        case "paper_low":
            return Finding(printer, True, _("It is ready; the roll is nearly at its end."))
        case "paper_out":
            return Finding(
                printer,
                False,
                _("It is out of paper."),
                _("Put in a roll; receipts print by themselves then."),
            )
        case "cover_open":
            return Finding(
                printer, False, _("Its cover is open."), _("Close it; receipts print by themselves then.")
            )
        case "offline":
            return Finding(
                printer, False, _("It says that it cannot print."), _("Switch it off and on again.")
            )
        case "unknown":
            return Finding(
                printer,
                True,
                _("It is connected and does not tell its state."),
                _("Receipts are printed without confirmation."),
            )


def _hq(data_dir: Path, config: Config) -> list[Finding]:
    if not config.hq.url:
        return [
            Finding(
                _("HQ"),
                False,
                _("No address is set."),
                _("Enrol this register: regulars enrol --hq https://..."),
            )
        ]
    if not (data_dir / DATABASE).exists():
        return [Finding(_("HQ"), False, _("This register is not enrolled."), _("Enrol it: regulars enrol."))]
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
        return [Finding(_("HQ"), False, _("This register is not enrolled."), _("Enrol it: regulars enrol."))]
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
            return Finding(
                _("HQ"), False, _("The register's key is missing."), _("Enrol it again with a new code.")
            )
        clock = the_clock()
        client = HqClient(config.hq.url, RegisterKey(secret), HqTime(clock), clock)
        try:
            client.pull(Pull(cursor="", scopes=(f"chain:{register.chain_id}",)))
        finally:
            client.close()
    except (HqTrouble, LoyaltyError) as error:
        return Finding(_("HQ"), False, error.title, error.advice)
    return Finding(
        _("HQ"), True, _("{address} answers and knows this register.").format(address=config.hq.url)
    )


def _chain_state(state: ChainState, unsent: int) -> Finding:
    waiting = _("Every sale is sent.")
    if unsent:
        waiting = ngettext("{count} sale waits to be sent.", "{count} sales wait to be sent.", unsent).format(
            count=unsent
        )
    again = _("Sales go on and are kept. Enrol it again with a new code from HQ: regulars enrol.")
    match state:
        case "forked":
            found = _("HQ holds another journal under this register's name.")
            return Finding(_("journal"), False, f"{found} {waiting}", again)
        case "revoked":
            found = _("HQ has revoked this register.")
            return Finding(_("journal"), False, f"{found} {waiting}", again)
        case "ok":
            return Finding(_("journal"), True, waiting)


def _clock(skew_ms: int | None) -> Finding:
    if skew_ms is None:
        return Finding(_("clock"), True, _("It could not be compared yet: HQ has never answered."))
    seconds = abs(skew_ms) / 1000
    if abs(skew_ms) > MAX_CLOCK_SKEW_MS:
        return Finding(
            _("clock"),
            False,
            _("It differs from HQ's by {seconds} seconds.").format(seconds=f"{seconds:.0f}"),
            _("Set the date and time of this machine."),
        )
    agreed = _("It agreed with HQ's at the last contact ({seconds} seconds apart).")
    return Finding(_("clock"), True, agreed.format(seconds=f"{seconds:.1f}"))
