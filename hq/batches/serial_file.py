"""Coupons that somebody else printed: their serials from a CSV file."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from gettext import gettext as _
from typing import Final

from agent.domain.coupon import serial_letters
from hq.batches.making import MAX_BATCH
from hq.csv_lines import FileProblem, no_progress, read_lines
from hq.ledger import serials as all_serials

_COLUMNS: Final = ("serial",)


@dataclass(slots=True)
class SerialFile:
    """The serials of the file, twelve letters each, or what is wrong with it."""

    serials: list[str] = field(default_factory=list)
    problems: list[FileProblem] = field(default_factory=list)


def read_serials(data: bytes, progress: Callable[[int], None] = no_progress) -> SerialFile:
    """The file's serials; each must be new, in the file and at HQ."""
    known = all_serials.taken(_letters_in(data))
    found = SerialFile()
    seen: set[str] = set()

    def take(told: dict[str, str]) -> None:
        letters = serial_letters(told["serial"])
        if letters is None:
            raise ValueError(
                _(
                    "a serial has twelve letters and digits without I, L, O and U; spaces and dashes may stand between them"
                )
            )
        if letters in seen:
            raise ValueError(_("the serial {serial} is on a line above").format(serial=letters))
        if letters in known:
            raise ValueError(_("HQ has a coupon {serial} already").format(serial=letters))
        if len(seen) == MAX_BATCH:
            raise ValueError(_("a batch has at most {most} coupons").format(most=MAX_BATCH))
        seen.add(letters)
        found.serials.append(letters)

    found.problems = read_lines(data, _COLUMNS, _COLUMNS, take, progress)
    if found.problems:
        found.serials.clear()
    return found


def _letters_in(data: bytes) -> list[str]:
    """Every serial that can be read, so that HQ is asked for many at once."""
    found: dict[str, None] = {}

    def note(told: dict[str, str]) -> None:
        letters = serial_letters(told["serial"])
        if letters is not None and len(found) < MAX_BATCH:
            found[letters] = None

    read_lines(data, _COLUMNS, _COLUMNS, note)
    return list(found)
