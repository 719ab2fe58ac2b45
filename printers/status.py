"""What a printer says about itself, typed. What it has not said is unknown, and unknown never means ready.

Bits follow Epson's command reference: `DLE EOT n` answers one byte, automatic status comes in frames of four.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

PaperLevel = Literal["ok", "low", "out"]
# What the till's strip can say of the printer, besides `off` (no connection) and `none` (no printer is set up).
StatusCode = Literal["ready", "paper_low", "paper_out", "cover_open", "offline", "unknown"]

PRINTER: Final = 1
OFFLINE_CAUSE: Final = 2
PAPER_SENSOR: Final = 4
ASKED: Final = (PRINTER, OFFLINE_CAUSE, PAPER_SENSOR)


@dataclass(frozen=True, slots=True, kw_only=True)
class PrinterStatus:
    """Each field is None while the printer has not answered it. `drawer_high` is the level of the drawer's switch."""

    online: bool | None = None
    cover_open: bool | None = None
    error: bool | None = None
    paper: PaperLevel | None = None
    drawer_high: bool | None = None

    @property
    def code(self) -> StatusCode:
        """The one thing that a person should know first."""
        if self.cover_open:
            return "cover_open"
        if self.paper == "out":
            return "paper_out"
        if self.online is False or self.error:
            return "offline"
        if None in (self.online, self.cover_open, self.error, self.paper):
            return "unknown"
        return "paper_low" if self.paper == "low" else "ready"

    @property
    def blocked(self) -> bool:
        """It has said that it cannot print now."""
        return self.code in ("cover_open", "paper_out", "offline")

    def drawer_open(self, open_level: Literal["high", "low"]) -> bool | None:
        """Whether the drawer stands open, for drawers whose switch has this level then."""
        return None if self.drawer_high is None else self.drawer_high == (open_level == "high")


def question(number: int) -> bytes:
    """DLE EOT n: answered at once, even by a printer that cannot print."""
    return b"\x10\x04" + bytes([number])


def from_answers(answers: dict[int, int | None]) -> PrinterStatus:
    """The status in the answers to questions 1, 2 and 4; None or a missing number is no answer."""
    printer, cause, sensor = (answers.get(number) for number in ASKED)
    return PrinterStatus(
        online=None if printer is None else not printer & 0x08,
        drawer_high=None if printer is None else bool(printer & 0x04),
        cover_open=None if cause is None else bool(cause & 0x04),
        error=None if cause is None else bool(cause & 0x40),
        paper=_paper(sensor, out=0x60, low=0x0C),
    )


def from_automatic(frame: bytes) -> PrinterStatus:
    """The status in an automatic frame of four bytes."""
    first, errors, sensor, _reserved = frame
    return PrinterStatus(
        online=not first & 0x08,
        drawer_high=bool(first & 0x04),
        cover_open=bool(first & 0x20),
        error=bool(errors & 0x6C),
        paper=_paper(sensor, out=0x0C, low=0x03),
    )


def _paper(sensor: int | None, *, out: int, low: int) -> PaperLevel | None:
    if sensor is None:
        return None
    if sensor & out:
        return "out"
    return "low" if sensor & low else "ok"
