"""Program sets: upload a file, see what it says, publish it. Nothing published is ever changed."""

from __future__ import annotations

import json
from typing import Any, Final

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect
from django.urls import URLPattern
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.widgets import UnfoldAdminFileFieldWidget

from agent.domain.errors import LoyaltyError
from agent.domain.program_document import MAX_PROGRAM_SET_BYTES, decode_program_set
from agent.domain.program_set import ProgramSet
from hq import clock
from hq.console import words
from hq.console.pages import ReadOnlyPage
from hq.console.refusals import why_not
from hq.console.share_lines import ShareLine, share_lines
from hq.devices.models import Store
from hq.programs import publishing
from hq.programs.models import ProgramSetVersion

LOOKS: Final = {"draft": "waiting", "active": "good", "retired": ""}
KINDS: Final = {
    "points": gettext_lazy("points"),
    "points_reward": gettext_lazy("points reward"),
    "points_multiplier": gettext_lazy("points multiplier"),
    "stamps": gettext_lazy("stamp card"),
    "cashback": gettext_lazy("cashback"),
    "promotion": gettext_lazy("promotion"),
    "next_visit_coupon": gettext_lazy("next-visit coupon"),
    "coupon": gettext_lazy("coupon"),
    "experience": gettext_lazy("experience"),
    "tiers": gettext_lazy("tiers"),
    "welcome": gettext_lazy("welcome"),
    "birthday": gettext_lazy("birthday"),
    "referral": gettext_lazy("referral"),
    "activity": gettext_lazy("activity"),
    "segment": gettext_lazy("segment"),
    "badge": gettext_lazy("badge"),
    "leaderboard": gettext_lazy("leaderboard"),
}


class UploadForm(forms.Form):
    """The file of a program set; a mistake in it is named by its place."""

    file = forms.FileField(
        label=gettext_lazy("Program set"),
        help_text=gettext_lazy("A JSON file. It is checked now and published later."),
        widget=UnfoldAdminFileFieldWidget,
    )

    def clean_file(self) -> bytes:
        told = self.cleaned_data["file"]
        if not isinstance(told, UploadedFile) or (told.size or 0) > MAX_PROGRAM_SET_BYTES:
            raise ValidationError(_("The file is too large for a program set. Split it into several."))
        data: bytes = told.read()
        try:
            decode_program_set(data)
        except LoyaltyError as error:
            raise ValidationError([error.title, error.advice]) from error
        return data


@admin.register(ProgramSetVersion)
class ProgramPages(ReadOnlyPage):
    """Every version that was uploaded, the active one among them."""

    page_template = "console/program_set.html"
    list_display = (
        "set_id",
        "version",
        "shown_state",
        "published",
        "published_by",
        "uploaded",
        "uploaded_by",
    )
    list_filter = ("state",)
    ordering = ("-uploaded_ms",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("programs.add_programsetversion")

    def get_urls(self) -> list[URLPattern]:
        return [self.doing("publish", self.publish), *super().get_urls()]

    @admin.display(description=gettext_lazy("State"), ordering="state")
    def shown_state(self, version: ProgramSetVersion) -> SafeString:
        return words.chip(version.get_state_display(), LOOKS.get(version.state, ""))

    @admin.display(description=gettext_lazy("Published"), ordering="published_ms")
    def published(self, version: ProgramSetVersion) -> str:
        return words.when_utc(version.published_ms)

    @admin.display(description=gettext_lazy("Uploaded"), ordering="uploaded_ms")
    def uploaded(self, version: ProgramSetVersion) -> str:
        return words.when_utc(version.uploaded_ms)

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Upload a file; what is wrong with it stands beside the field."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        form = UploadForm(request.POST or None, request.FILES or None)
        if request.method == "POST" and form.is_valid():
            try:
                version = publishing.upload(
                    form.cleaned_data["file"], request.user.get_username(), clock.now_ms()
                )
            except LoyaltyError as error:
                form.add_error("file", [error.title, error.advice])
            else:
                self.log_addition(request, version, "uploaded")
                messages.success(
                    request,
                    _("{version} is a draft now. Look at it, then publish it.").format(version=version),
                )
                return redirect(self.page_url(version.pk))
        return self.draw(request, "console/upload.html", {"title": _("Upload a program set"), "form": form})

    def page_context(self, request: HttpRequest, obj: ProgramSetVersion) -> dict[str, Any]:
        data = bytes(obj.content.data)
        program_set = publishing.decoded(obj)
        language = words.language()
        titles = words.titles(program_set)
        programs = [
            (titles[one.id], one.id, str(KINDS.get(one.kind, one.kind)), "") for one in program_set.programs
        ]
        programs += [
            (
                one.name.get(language) or one.name.get("en") or one.program_id,
                one.program_id,
                "",
                why_not(one.refusal, 2, titles),
            )
            for one in program_set.disabled
        ]
        return {
            "state": self.shown_state(obj),
            "programs": programs,
            "switched_off": len(program_set.disabled),
            "currency": program_set.currency,
            "shares": self._shares(obj, program_set),
            "body": json.dumps(json.loads(data), ensure_ascii=False, indent=2),
            "published": self.published(obj),
            "uploaded": self.uploaded(obj),
            "can_publish": obj.state != ProgramSetVersion.State.ACTIVE,
        }

    def _shares(self, obj: ProgramSetVersion, program_set: ProgramSet) -> list[ShareLine]:
        """What became of the totals; only the set in force has any."""
        if obj.state != ProgramSetVersion.State.ACTIVE:
            return []
        store = Store.objects.filter(currency=program_set.currency).first()
        return share_lines(program_set, store.currency_exponent if store is not None else 2)

    def publish(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Make it the active program set of every store."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        version = self.require_change(request, object_id)
        try:
            publishing.publish(version, request.user.get_username(), clock.now_ms())
        except LoyaltyError as error:
            said = f"{error.title} {error.advice}"
            return self.done(request, version, said, audit="not published", level=messages.ERROR)
        said = _("{version} is active. Registers fetch it at their next contact.").format(version=version)
        return self.done(request, version, said, audit="published")
