"""The last known state of printer and HQ, so that the strip is right from the first second after a start."""

from __future__ import annotations

from typing import TypeVar

import msgspec

from agent.store.sqlite import Connection


class PrinterReport(msgspec.Struct, frozen=True, omit_defaults=True):
    """What the spooler last heard of its printer. `code`: ready, paper_out, cover_open, offline, off, none, ..."""

    code: str = "none"
    since_ms: int = 0


class HqContact(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """The line to HQ. `skew_ms` is HQ's time less ours at the last contact; None before the first.

    `title` and `advice` are the last trouble's two lines, empty when all is well; feed trouble has them online too.
    """

    online: bool = False
    since_ms: int = 0
    address: str = ""
    skew_ms: int | None = None
    title: str = ""
    advice: str = ""


class BacklogAnswer(msgspec.Struct, frozen=True, omit_defaults=True):
    """Print jobs made before this time may print, however old: somebody said so."""

    print_before_ms: int = 0


class ProgramSetRefusal(msgspec.Struct, frozen=True, omit_defaults=True):
    """Why the newest program set was not taken; the one before it goes on."""

    sha256: str = ""
    title: str = ""
    advice: str = ""


class WantedProgramSet(msgspec.Struct, frozen=True, omit_defaults=True):
    """The program set that HQ's feed last named: to be fetched, checked and activated."""

    version: int = 0
    sha256: str = ""
    size: int = 0


class PassedOverRows(msgspec.Struct, frozen=True, omit_defaults=True):
    """How many feed rows of each kind a newer HQ sent that this release does not know."""

    kinds: dict[str, int] = {}


Status = PrinterReport | HqContact | BacklogAnswer | ProgramSetRefusal | WantedProgramSet | PassedOverRows
_T = TypeVar(
    "_T", PrinterReport, HqContact, BacklogAnswer, ProgramSetRefusal, WantedProgramSet, PassedOverRows
)


def put_status(db: Connection, status: Status) -> None:
    """Keep the newest of its kind."""
    db.execute(
        "insert into status (name, body) values (?, ?) on conflict (name) do update set body = excluded.body",
        (type(status).__name__, msgspec.json.encode(status)),
    )


def read_status(db: Connection, kind: type[_T]) -> _T:
    """The newest of this kind, or its defaults."""
    row = db.execute("select body from status where name = ?", (kind.__name__,)).fetchone()
    return msgspec.json.decode(row[0], type=kind) if row else kind()
