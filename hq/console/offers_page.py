"""Personal offers: which programs members are offered, and a file with new lists."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import UploadedFile
from django.db.models import Count, Max, Min
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from unfold.widgets import UnfoldAdminFileFieldWidget

from hq import clock
from hq.console import words
from hq.csv_lines import MAX_FILE_BYTES
from hq.offers import giving
from hq.offers.models import MemberOffer
from hq.offers.offer_file import OfferFile, read_offers
from hq.offers.today import today
from hq.programs import publishing

MAY_SEE = "offers.view_memberoffer"
MAY_GIVE = "offers.add_memberoffer"


@dataclass(frozen=True, slots=True)
class OfferedProgram:
    """A program with how many members it is offered to."""

    title: str
    program_id: str
    members: str
    first: str
    last: str


class OfferFileForm(forms.Form):
    """A CSV file of lists."""

    file = forms.FileField(
        label=gettext_lazy("Lists of personal offers"),
        help_text=gettext_lazy(
            "A CSV file with the columns member (phone, e-mail, card or id), program, until, and if wanted from and reason. "
            "The lines of a member are their list, the best for them first; it takes the place of the list they had."
        ),
        widget=UnfoldAdminFileFieldWidget,
    )


def offers_context(request: HttpRequest) -> tuple[dict[str, Any], bool]:
    """What the page shows, and whether a file was taken. Raises PermissionDenied."""
    if not request.user.has_perm(MAY_SEE):
        raise PermissionDenied
    form = OfferFileForm(request.POST or None, request.FILES or None)
    problems: list[str] = []
    taken = False
    if request.method == "POST":
        if not request.user.has_perm(MAY_GIVE):
            raise PermissionDenied
        if form.is_valid():
            read = _read(form.cleaned_data["file"])
            problems = [str(problem) for problem in read.problems]
            taken = not problems
            if taken:
                giving.give(read.lists, request.user.get_username(), clock.now_ms())
                messages.success(request, _said(len(read.lists)))
    return {
        "title": _("Personal offers"),
        "form": form,
        "problems": problems,
        "programs": _programs(),
        "may_give": request.user.has_perm(MAY_GIVE),
    }, taken


def offers_of(member_id: uuid.UUID) -> list[tuple[str, str, str]]:
    """(title, reason, until) of what one member is offered, the best for them first."""
    titles = words.titles(publishing.active())
    return [
        (titles.get(one.program_id, one.program_id), one.reason, words.day(one.valid_until))
        for one in MemberOffer.objects.filter(member_id=member_id).order_by("rank")
    ]


def _read(told: UploadedFile) -> OfferFile:
    return read_offers(told.read(MAX_FILE_BYTES + 1), publishing.active(), today(clock.now_ms()))


def _said(members: int) -> str:
    told = ngettext(
        "{count} member has a new list. Registers hear of it at their next contact.",
        "{count} members have a new list. Registers hear of it at their next contact.",
        members,
    )
    return told.format(count=words.whole(members))


def _programs() -> list[OfferedProgram]:
    titles = words.titles(publishing.active())
    rows = (
        MemberOffer.objects.values("program_id")
        .annotate(members=Count("member_id"), first=Min("valid_from"), last=Max("valid_until"))
        .order_by("program_id")
    )
    return [
        OfferedProgram(
            title=titles.get(row["program_id"], row["program_id"]),
            program_id=row["program_id"],
            members=words.whole(row["members"]),
            first=words.day(row["first"]),
            last=words.day(row["last"]),
        )
        for row in rows
    ]
