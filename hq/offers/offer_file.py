"""Reading a list of personal offers from CSV: all of it is good, or nothing is given and every mistake is named by its line.

The header names the columns, in any order: `member` (a whole phone number, e-mail address, card or id), `program`,
`until`, and if wanted `from` and `reason`. A member's lines in the file's order are their ranked list.
"""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from gettext import gettext as _
from typing import Final

from agent.domain.program_set import ProgramSet
from hq.csv_lines import FileProblem, no_progress, read_lines
from hq.members.finding import one_named
from sync.wire.feed import MAX_PERSONAL_OFFERS, PersonalOffer

MAX_REASON: Final = 100
_NEEDED: Final = ("member", "program", "until")
_KNOWN: Final = (*_NEEDED, "from", "reason")


@dataclass(slots=True)
class OfferFile:
    """The lists in the file, or what is wrong with it."""

    lists: dict[uuid.UUID, list[PersonalOffer]] = field(default_factory=dict)
    problems: list[FileProblem] = field(default_factory=list)


def read_offers(
    data: bytes,
    program_set: ProgramSet | None,
    today: datetime.date,
    progress: Callable[[int], None] = no_progress,
) -> OfferFile:
    """The file's lists. `progress` is told the lines that were read, now and then."""
    found = OfferFile()
    checks = _Checks(program_set, today)
    seen: set[tuple[uuid.UUID, str]] = set()

    def take(told: dict[str, str]) -> None:
        _add(told, found, checks, seen)

    found.problems = read_lines(data, _NEEDED, _KNOWN, take, progress)
    if found.problems:
        found.lists.clear()
    return found


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


def _add(told: dict[str, str], found: OfferFile, checks: _Checks, seen: set[tuple[uuid.UUID, str]]) -> None:
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
