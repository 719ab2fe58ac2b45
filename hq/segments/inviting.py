"""Invitation lists: segments whose members come from a file, beside those that HQ keeps by a rule."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from gettext import gettext as _
from pathlib import Path
from typing import Final

from django.db import transaction

from agent.domain.errors import LoyaltyError
from agent.domain.occasions.segment import Segment
from agent.domain.program_set import ProgramSet
from hq.csv_lines import MAX_FILE_BYTES, FileProblem, no_progress, read_lines
from hq.feed import news
from hq.feed.writer import FeedWriter
from hq.members import aliases, roll
from hq.members.finding import one_named
from hq.members.models import Member
from hq.programs import publishing
from hq.segments.models import MemberSegment

# Members in one transaction: a PUSH waits for the write lock not longer than this takes.
PAGE: Final = 100
MAX_NAME: Final = 64
_COLUMNS: Final = ("member",)


@dataclass(slots=True)
class Invited:
    """Whom a file names, each once, or what is wrong with it."""

    members: list[uuid.UUID] = field(default_factory=list)
    problems: list[FileProblem] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Changed:
    """How many members came to a list, and how many left it."""

    came: int
    left: int


def read_invited(data: bytes, progress: Callable[[int], None] = no_progress) -> Invited:
    """A file with the column `member`: a whole phone number, e-mail address, card or id on each line."""
    found = Invited()
    seen: set[uuid.UUID] = set()

    def take(told: dict[str, str]) -> None:
        known = one_named(told["member"])
        if known is None:
            # What was typed may be a phone number, and problems go into pages that others read.
            raise ValueError(_("no member has this phone, e-mail, card or id"))
        if known.pk in seen:
            raise ValueError(_("the member is on a line above"))
        seen.add(known.pk)
        found.members.append(known.pk)

    found.problems = read_lines(data, _COLUMNS, _COLUMNS, take, progress)
    if found.problems:
        found.members.clear()
    return found


def invite_from(
    path: Path, name: str, now_ms: int, *, replace: bool, progress: Callable[[int], None]
) -> tuple[Invited, Changed]:
    """Invite whom the file names; where it has problems, nobody. Raises LoyaltyError for a wrong name or no file."""
    require_list_name(name, publishing.active())
    try:
        with path.open("rb") as file:
            data = file.read(MAX_FILE_BYTES + 1)
    except OSError as error:
        raise LoyaltyError(
            _("{path} cannot be read: {error}.").format(path=path, error=error.strerror),
            _("Check the name of the file."),
            code="no_file",
        ) from error
    read = read_invited(data, progress)
    changed = invite(name, read.members, now_ms, replace=replace) if not read.problems else Changed(0, 0)
    return read, changed


def require_list_name(name: str, program_set: ProgramSet | None) -> None:
    """Raises LoyaltyError for a name that no audience could have, or of a segment that HQ keeps by a rule."""
    if not name or len(name) > MAX_NAME or not name.isprintable() or name != name.strip():
        raise LoyaltyError(
            _("A list's name has 1 to {most} characters.").format(most=MAX_NAME),
            _("Write it as the program's audience names it."),
            code="list_name",
        )
    program = program_set.program(name) if program_set is not None else None
    kept = MemberSegment.objects.filter(segment=name, kept=True).exists()
    if kept or (program is not None and isinstance(program.occasion, Segment)):
        raise LoyaltyError(
            _("HQ keeps the segment {name} by its rule.").format(name=name),
            _("Choose another name for the list."),
            code="list_kept",
        )


def invite(name: str, members: Sequence[uuid.UUID], now_ms: int, *, replace: bool) -> Changed:
    """Put members on the list; with `replace` whoever is not among them leaves it. In pages, each whole."""
    on_it = set(MemberSegment.objects.filter(segment=name).values_list("member_id", flat=True))
    leaving = sorted(on_it - set(members)) if replace else []
    coming = [member for member in members if member not in on_it]
    for first in range(0, len(coming), PAGE):
        page = coming[first : first + PAGE]
        with transaction.atomic():
            MemberSegment.objects.bulk_create(
                (MemberSegment(member_id=one, segment=name, kept=False, since_ms=now_ms) for one in page),
                ignore_conflicts=True,
            )
            _tell(page)
    for first in range(0, len(leaving), PAGE):
        page = leaving[first : first + PAGE]
        with transaction.atomic():
            MemberSegment.objects.filter(segment=name, member_id__in=page, kept=False).delete()
            _tell(page)
    return Changed(len(coming), len(leaving))


def hand_over(duplicate_id: uuid.UUID, survivor_id: uuid.UUID) -> None:
    """Who turned out to be somebody else brings their invitations along."""
    theirs = MemberSegment.objects.filter(member_id=duplicate_id, kept=False)
    MemberSegment.objects.bulk_create(
        [
            MemberSegment(member_id=survivor_id, segment=one.segment, kept=False, since_ms=one.since_ms)
            for one in theirs
        ],
        ignore_conflicts=True,
    )
    theirs.delete()


def _tell(members: Sequence[uuid.UUID]) -> None:
    """These members' rows, with their lists, to every store that knows them."""
    feed = FeedWriter()
    accounts = Member.objects.filter(member_id__in=members).values_list("account_id", flat=True)
    for owner in dict.fromkeys(aliases.owners_of(accounts).values()):
        news.tell_members(feed, owner, roll.stores_of(owner))
    feed.write()
