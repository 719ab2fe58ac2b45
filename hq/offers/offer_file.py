"""Reading a list of personal offers from CSV: all of it is good, or nothing is given and every mistake is named by its line.

The header names the columns, in any order: `member` (a whole phone number, e-mail address, card or id), `program`,
`until`, and if wanted `from` and `reason`. A member's lines in the file's order are their ranked list.
"""

from __future__ import annotations

import csv
import datetime
import io
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from gettext import gettext as _
from typing import Final

from agent.domain.program_set import ProgramSet
from hq.members.finding import one_named
from sync.wire.feed import MAX_PERSONAL_OFFERS, PersonalOffer

MAX_FILE_BYTES: Final = 32 * 1024 * 1024
MAX_REASON: Final = 100
# More would help nobody: whoever made the file made the same mistake on every line.
MAX_PROBLEMS: Final = 50
_NEEDED: Final = ("member", "program", "until")
_KNOWN: Final = (*_NEEDED, "from", "reason")


@dataclass(frozen=True, slots=True)
class FileProblem:
    """What is wrong on a line of the file; line 1 is the header."""

    line: int
    what: str

    def __str__(self) -> str:
        return _("Line {line}: {what}.").format(line=self.line, what=self.what)


@dataclass(slots=True)
class OfferFile:
    """The lists in the file, or what is wrong with it."""

    lists: dict[uuid.UUID, list[PersonalOffer]] = field(default_factory=dict)
    problems: list[FileProblem] = field(default_factory=list)


def read_offers(
    data: bytes,
    program_set: ProgramSet | None,
    today: datetime.date,
    progress: Callable[[int], None] = lambda lines: None,
) -> OfferFile:
    """The file's lists. `progress` is told the lines that were read, now and then."""
    found = OfferFile()
    if len(data) > MAX_FILE_BYTES:
        told = _("it has more than {most} bytes; split the file").format(most=MAX_FILE_BYTES)
        found.problems.append(FileProblem(1, told))
        return found
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        found.problems.append(FileProblem(line, _("it is not written in UTF-8; save the file as CSV UTF-8")))
        return found
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
    try:
        _read_rows(rows, found, _Checks(program_set, today), progress)
    except csv.Error as error:
        found.problems.append(FileProblem(rows.line_num, _("it cannot be read: {error}").format(error=error)))
    if found.problems:
        found.lists.clear()
    return found


def _delimiter(text: str) -> str:
    """What separates the header's names: spreadsheets of many countries write semicolons."""
    head = text.partition("\n")[0]
    return max(",;\t", key=head.count)


class _Checks:
    """What one line must be."""

    def __init__(self, program_set: ProgramSet | None, today: datetime.date) -> None:
        self._set = program_set
        self._today = today
        self._members: dict[str, uuid.UUID | None] = {}

    def member(self, text: str) -> uuid.UUID:
        """Raises ValueError."""
        if text not in self._members:
            known = one_named(text) if text else None
            self._members[text] = known.pk if known is not None else None
        found = self._members[text]
        if found is None:
            # What was typed may be a phone number, and problems go into pages that others read.
            raise ValueError(_("no member has this phone, e-mail, card or id"))
        return found

    def offer(self, told: dict[str, str]) -> PersonalOffer:
        """Raises ValueError."""
        program = self._set.program(told["program"]) if self._set is not None else None
        if program is None:
            raise ValueError(_("the active program set has no program {id}").format(id=told["program"][:64]))
        if program.audience.who != "offered":
            raise ValueError(
                _('the program {id} is not for personal offers: its audience must be "offered"').format(
                    id=program.id
                )
            )
        until = _date(told["until"], "until")
        begins = _date(told["from"], "from") if told.get("from") else self._today
        if until < begins:
            raise ValueError(_("until is before from"))
        if until < self._today:
            raise ValueError(_("the offer ended on {date}").format(date=until.isoformat()))
        reason = " ".join(told.get("reason", "").split())
        if len(reason) > MAX_REASON or not reason.isprintable():
            raise ValueError(_("the reason must be at most {most} characters").format(most=MAX_REASON))
        return PersonalOffer(program_id=program.id, valid_from=begins, valid_until=until, reason=reason)


def _read_rows(
    rows: csv._reader,  # type: ignore[name-defined]
    found: OfferFile,
    checks: _Checks,
    progress: Callable[[int], None],
) -> None:
    header = [name.strip().lower() for name in next(rows, [])]
    wrong = [name for name in header if name not in _KNOWN] or [
        name for name in _NEEDED if name not in header
    ]
    if wrong or len(set(header)) < len(header):
        told = _("the columns must be {columns}, each once").format(columns=", ".join(_KNOWN))
        found.problems.append(FileProblem(1, told))
        return
    seen: set[tuple[uuid.UUID, str]] = set()
    for count, row in enumerate(rows, start=1):
        if count % 500 == 0:
            progress(count)
        if not any(cell.strip() for cell in row):
            continue
        try:
            _add(
                dict(zip(header, (cell.strip() for cell in row), strict=False)),
                row,
                header,
                found,
                checks,
                seen,
            )
        except ValueError as error:
            found.problems.append(FileProblem(rows.line_num, str(error)))
            if len(found.problems) == MAX_PROBLEMS:
                return


def _add(
    told: dict[str, str],
    row: list[str],
    header: list[str],
    found: OfferFile,
    checks: _Checks,
    seen: set[tuple[uuid.UUID, str]],
) -> None:
    if len(row) != len(header):
        raise ValueError(
            _("it has {count} cells, and the header has {columns}").format(
                count=len(row), columns=len(header)
            )
        )
    member_id = checks.member(told["member"])
    offer = checks.offer(told)
    if (member_id, offer.program_id) in seen:
        raise ValueError(_("the member has the program {id} on a line above").format(id=offer.program_id))
    seen.add((member_id, offer.program_id))
    offers = found.lists.setdefault(member_id, [])
    if len(offers) == MAX_PERSONAL_OFFERS:
        raise ValueError(_("the member has more than {most} offers").format(most=MAX_PERSONAL_OFFERS))
    offers.append(offer)


def _date(text: str, column: str) -> datetime.date:
    try:
        return datetime.date.fromisoformat(text)
    except ValueError:
        raise ValueError(_("{column} must be a date like 2026-12-31").format(column=column)) from None
