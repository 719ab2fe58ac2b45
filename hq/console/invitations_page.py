"""Invitations: the lists that programs are for, and a file with the members of one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from unfold.widgets import UnfoldAdminFileFieldWidget, UnfoldAdminTextInputWidget

from agent.domain.errors import LoyaltyError
from agent.domain.program_set import ProgramSet
from hq import clock
from hq.console import words
from hq.csv_lines import MAX_FILE_BYTES
from hq.programs import publishing
from hq.segments.inviting import MAX_NAME, Changed, invite, read_invited, require_list_name
from hq.segments.models import MemberSegment

MAY_SEE: Final = "segments.view_membersegment"
MAY_INVITE: Final = "segments.add_membersegment"


@dataclass(frozen=True, slots=True)
class ListLine:
    """A list with how many are on it, and the programs that are for it, or for all others."""

    name: str
    members: str
    programs: str


class InvitationForm(forms.Form):
    """A CSV file of members, and the list that they come to."""

    name = forms.CharField(
        label=gettext_lazy("List"), max_length=MAX_NAME, widget=UnfoldAdminTextInputWidget, strip=True
    )
    file = forms.FileField(
        label=gettext_lazy("Members"),
        help_text=gettext_lazy(
            "A CSV file with the column member: phone, e-mail, card or id, one on each line."
        ),
        widget=UnfoldAdminFileFieldWidget,
    )
    replace = forms.BooleanField(
        label=gettext_lazy("Members who are not in the file leave the list"), required=False
    )


def invitations_context(request: HttpRequest) -> tuple[dict[str, Any], bool]:
    """What the page shows, and whether a file was taken. Raises PermissionDenied."""
    if not request.user.has_perm(MAY_SEE):
        raise PermissionDenied
    form = InvitationForm(request.POST or None, request.FILES or None)
    problems: list[str] = []
    taken = False
    if request.method == "POST":
        if not request.user.has_perm(MAY_INVITE):
            raise PermissionDenied
        if form.is_valid():
            problems = _take(request, form)
            taken = not problems
    program_set = publishing.active()
    return {
        "title": _("Invitations"),
        "form": form,
        "problems": problems,
        "lists": _lists(program_set),
        "may_invite": request.user.has_perm(MAY_INVITE),
    }, taken


def _take(request: HttpRequest, form: InvitationForm) -> list[str]:
    """Invite whom the file names; what is wrong with it otherwise."""
    told = form.cleaned_data
    try:
        require_list_name(told["name"], publishing.active())
    except LoyaltyError as error:
        return [f"{error.title} {error.advice}"]
    read = read_invited(told["file"].read(MAX_FILE_BYTES + 1))
    if read.problems:
        return [str(problem) for problem in read.problems]
    changed = invite(told["name"], read.members, clock.now_ms(), replace=told["replace"])
    messages.success(request, said(told["name"], changed))
    return []


def said(name: str, changed: Changed) -> str:
    """What became of the list."""
    came = ngettext("{count} member came", "{count} members came", changed.came)
    left = ngettext("{count} left", "{count} left", changed.left)
    return _("{name}: {came}, {left}. Registers hear of it at their next contact.").format(
        name=name,
        came=came.format(count=words.whole(changed.came)),
        left=left.format(count=words.whole(changed.left)),
    )


def _lists(program_set: ProgramSet | None) -> list[ListLine]:
    """The lists that have members or that a program names; those that HQ keeps by a rule are shown with members."""
    counts = dict(
        MemberSegment.objects.values_list("segment").annotate(members=Count("member_id")).order_by("segment")
    )
    naming: dict[str, list[str]] = {name: [] for name in counts}
    for program in program_set.programs if program_set is not None else ():
        for name in dict.fromkeys((*program.audience.segments, *program.audience.not_segments)):
            naming.setdefault(name, []).append(program.title(words.language()))
    return [
        ListLine(name, words.whole(counts.get(name, 0)), ", ".join(naming[name])) for name in sorted(naming)
    ]
