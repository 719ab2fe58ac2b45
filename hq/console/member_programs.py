"""What a member's page shows of the programs that HQ runs, and what staff enter there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from agent.domain.errors import LoyaltyError
from agent.domain.occasions.badge import Leaderboard
from agent.domain.occasions.referral import shown_code
from agent.domain.program_set import ProgramSet
from hq import clock
from hq.badges.models import Participant
from hq.badges.participants import leave, take_part
from hq.console import words
from hq.console.offers_page import offers_of
from hq.devices.models import Store
from hq.members.models import ConsoleMember
from hq.members.told import told_of
from hq.occasions import activities, whom
from hq.occasions.models import OccasionGrant
from hq.occasions.office import open_office
from hq.programs import publishing
from hq.referrals.models import Referral

MAY_ENTER = "occasions.add_occasiongrant"
MAY_ENROL = "badges.change_participant"
_SHOWN = 50


@dataclass(frozen=True, slots=True)
class GivenLine:
    """One thing that HQ gave the member."""

    when: str
    title: str
    subject: str
    points: str
    by: str
    taken_back: bool


def programs_context(request: HttpRequest, member: ConsoleMember) -> dict[str, Any]:
    """Segments, badges, what was given, and the activities that this reader may enter."""
    program_set = publishing.active()
    titles = words.titles(program_set)
    told = told_of([member.pk])[member.pk]
    may_enter = request.user.has_perm(MAY_ENTER) and member.merged_into is None
    return {
        "segments": [titles.get(one, one) for one in told.segments],
        "badges": [titles.get(one, one) for one in told.badges],
        "given": _given(member, titles),
        "offers": offers_of(member.pk),
        "referral_code": shown_code(told.referral_code),
        "brought_by": _brought_by(member),
        "friends": _friends(member),
        "activities": _choices(program_set) if may_enter else [],
        "alias": _alias(member),
        "may_take_part": _may_take_part(request, program_set) and member.merged_into is None,
    }


def enter_activity(request: HttpRequest, member: ConsoleMember) -> tuple[str, str, int]:
    """Give the member what the chosen activity is worth: what to say, what to audit, and how well it went.

    Raises PermissionDenied for staff without the right.
    """
    if not request.user.has_perm(MAY_ENTER):
        raise PermissionDenied
    found = activities.find(request.POST.get("program", ""))
    store = Store.objects.filter(pk=member.enrolled_store).first()
    known = whom.find(member.pk)
    if found is None or store is None or known is None:
        return _("Choose an activity of the active program set."), "no activity", messages.ERROR
    program, activity = found
    try:
        with open_office(clock.now_ms()) as office:
            done = whom.when_in(store, office.now_ms)
            given = activities.record(
                office,
                program,
                known,
                store,
                done,
                by=request.user.get_username(),
                subject=request.POST.get("subject", ""),
            )
    except LoyaltyError as error:
        return f"{error.title} {error.advice}", f"{program.id}: {error.code}", messages.ERROR
    title = program.title(words.language())
    if not given:
        said = _("{activity} was rewarded for this occasion before; nothing was given.").format(
            activity=title
        )
        return said, f"{program.id}: done before", messages.WARNING
    said = ngettext(
        "{activity}: {count} point was given.", "{activity}: {count} points were given.", activity.points
    ).format(activity=title, count=words.whole(activity.points))
    return said, f"{program.id}: {activity.points}", messages.SUCCESS


def enter_alias(request: HttpRequest, member: ConsoleMember) -> tuple[str, str, int]:
    """The member takes part in the leaderboard under an alias, or, without one, no longer does.

    Says what `enter_activity` says. Raises PermissionDenied for staff without the right.
    """
    if not _may_take_part(request, publishing.active()):
        raise PermissionDenied
    alias = request.POST.get("alias", "").strip()
    if not alias:
        left = leave(member)
        said = _("The member takes part in no leaderboard.")
        return said, "left the leaderboard" if left else "in no leaderboard", messages.SUCCESS
    try:
        participant = take_part(member, alias, by=request.user.get_username(), now_ms=clock.now_ms())
    except LoyaltyError as error:
        return f"{error.title} {error.advice}", f"leaderboard: {error.code}", messages.ERROR
    said = _("The member takes part as {alias}.").format(alias=participant.alias)
    # The alias itself stays out of the audit log, which outlives it.
    return said, "takes part in the leaderboard", messages.SUCCESS


def _may_take_part(request: HttpRequest, program_set: ProgramSet | None) -> bool:
    programs = program_set.programs if program_set is not None else ()
    has_board = any(isinstance(program.occasion, Leaderboard) for program in programs)
    return has_board and request.user.has_perm(MAY_ENROL)


def _alias(member: ConsoleMember) -> str:
    participant = Participant.objects.filter(pk=member.pk).first()
    return participant.alias if participant is not None else ""


def _brought_by(member: ConsoleMember) -> str:
    """Whose code the member joined with, and what became of it."""
    told = Referral.objects.filter(pk=member.pk).first()
    if told is None:
        return ""
    referrer = ConsoleMember.objects.filter(pk=told.referrer_id).first() if told.referrer_id else None
    name = str(referrer) if referrer is not None else told.code
    return _("{name} ({state})").format(name=name, state=_state(told))


def _friends(member: ConsoleMember) -> list[tuple[str, str]]:
    """(name, what became of it) of those who joined with the member's code."""
    told = list(Referral.objects.filter(referrer_id=member.pk).order_by("-linked_ms")[:_SHOWN])
    names = {one.pk: str(one) for one in ConsoleMember.objects.filter(pk__in=[one.pk for one in told])}
    return [(names.get(one.pk, one.code), _state(one)) for one in told]


def _state(told: Referral) -> str:
    return words.refused_referral(told.reason) if told.reason else str(told.get_state_display())


def _choices(program_set: ProgramSet | None) -> list[tuple[str, str, bool]]:
    """(id, title, whether it needs a subject) of every activity."""
    language = words.language()
    return [
        (program.id, program.title(language), activity.per_subject)
        for program, activity in activities.activities(program_set)
    ]


def _given(member: ConsoleMember, titles: dict[str, str]) -> list[GivenLine]:
    store = Store.objects.filter(pk=member.enrolled_store).first()
    rows = OccasionGrant.objects.filter(member_id=member.pk).order_by("-at_ms", "-seq")[:_SHOWN]
    return [
        GivenLine(
            when=words.when(row.at_ms, store.zone if store else "UTC"),
            title=titles.get(row.program_id, row.program_id),
            subject=row.subject,
            points=words.whole(row.points),
            by=row.entered_by,
            taken_back=row.taken_ms is not None,
        )
        for row in rows
    ]
