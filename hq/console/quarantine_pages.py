"""Quarantine: what waits for a person, why, its bytes, and the two things that can be done about it."""

from __future__ import annotations

import json
import zlib
from typing import Any, Final

import msgspec
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.urls import URLPattern, reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hq import clock
from hq.console import words
from hq.console.pages import ReadOnlyPage
from hq.devices.models import Chain
from hq.ingest.models import ConsoleQuarantine, ConsoleSale
from hq.ingest.retry import try_again
from sync.wire.entries import MAX_ENTRY_BYTES, ForkedEntry, UnknownEntry, decode_entry

LOOKS: Final = {"waiting": "waiting", "seen": "", "posted": "good"}
MAX_SHOWN_BYTES: Final = 256 * 1024
_HEX_LINE: Final = 16


class WaitingFilter(admin.SimpleListFilter):
    """What waits comes first; the rest is one click away."""

    title = gettext_lazy("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [
            ("all", gettext_lazy("all")),
            ("seen", gettext_lazy("looked at")),
            ("posted", gettext_lazy("posted since")),
        ]

    def choices(self, changelist: Any) -> Any:
        first, *rest = super().choices(changelist)
        yield {**first, "display": _("waits for a person")}
        yield from rest

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() == "all":
            return queryset
        return queryset.filter(state=self.value() or ConsoleQuarantine.State.WAITING)


@admin.register(ConsoleQuarantine)
class QuarantinePages(ReadOnlyPage):
    """Entries that could not be posted."""

    page_template = "console/quarantine.html"
    list_display = ("reason", "shown_kind", "register", "seq", "since", "shown_state")
    list_filter = (WaitingFilter, "code")
    ordering = ("-since_ms",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[ConsoleQuarantine]:
        chains = Chain.objects.select_related("register__store")
        self.known.chains = {chain.pk: chain for chain in chains}
        found: QuerySet[ConsoleQuarantine] = super().get_queryset(request)
        return found

    def get_urls(self) -> list[URLPattern]:
        return [self.doing("seen", self.mark_seen), self.doing("again", self.try_again), *super().get_urls()]

    @admin.display(description=gettext_lazy("Reason"), ordering="code")
    def reason(self, held: ConsoleQuarantine) -> str:
        return words.reason(held.code)

    @admin.display(description=gettext_lazy("What"), ordering="kind")
    def shown_kind(self, held: ConsoleQuarantine) -> str:
        return words.entry_kind(held.kind)

    @admin.display(description=gettext_lazy("Register"))
    def register(self, held: ConsoleQuarantine) -> str:
        chain = self.known.chains.get(held.chain_id)
        return f"{chain.register.store.name}, {chain.register.name}" if chain else str(held.chain_id)

    @admin.display(description=gettext_lazy("Since"), ordering="since_ms")
    def since(self, held: ConsoleQuarantine) -> str:
        chain = self.known.chains.get(held.chain_id)
        return words.when(held.since_ms, chain.register.store.zone if chain else "UTC")

    @admin.display(description=gettext_lazy("State"), ordering="state")
    def shown_state(self, held: ConsoleQuarantine) -> SafeString:
        return words.chip(held.get_state_display(), LOOKS.get(held.state, ""))

    def page_context(self, request: HttpRequest, obj: ConsoleQuarantine) -> dict[str, Any]:
        carried = _carried(obj)
        sale = ConsoleSale.objects.filter(chain_id=obj.chain_id, seq=obj.seq).first()
        return {
            "title": words.reason(obj.code),
            "kind": words.entry_kind(obj.kind),
            "register": self.register(obj),
            "since": self.since(obj),
            "state": self.shown_state(obj),
            "body": pretty(bytes(obj.body) if carried is None else carried[1]),
            "carried": carried[0] if carried else None,
            "carried_kind": words.entry_kind(carried[0].kind) if carried else "",
            "size": len(obj.body),
            "sale_url": reverse("admin:ingest_consolesale_change", args=[sale.pk]) if sale else "",
            "can_try": obj.state != ConsoleQuarantine.State.POSTED and obj.code != "forked",
            "can_see": obj.state == ConsoleQuarantine.State.WAITING,
        }

    def mark_seen(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """A person has looked at it; it no longer counts as waiting."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        held = self.require_change(request, object_id)
        if held.state == ConsoleQuarantine.State.WAITING:
            held.state = ConsoleQuarantine.State.SEEN
            held.seen_by = request.user.get_username()
            held.save(update_fields=("state", "seen_by"))
        return self.done(request, held, _("Marked as looked at."), audit="looked at")

    def try_again(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Project the entry once more."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        held = self.require_change(request, object_id)
        verdict = try_again(held, clock.now_ms())
        if verdict.state == "quarantined":
            said = _("Nothing has changed: {reason}. {detail}").format(
                reason=words.reason(verdict.code), detail=verdict.detail
            )
            return self.done(
                request, held, said, audit=f"tried again: {verdict.code}", level=messages.WARNING
            )
        return self.done(request, held, _("The entry is posted now."), audit="posted")


def _carried(held: ConsoleQuarantine) -> tuple[ForkedEntry, bytes] | None:
    """An entry of an earlier journal with its unpacked bytes, where the held one brought it."""
    try:
        entry = decode_entry(held.kind, held.version, bytes(held.body))
        if not isinstance(entry, ForkedEntry):
            return None
        return entry, zlib.decompressobj().decompress(entry.packed, MAX_ENTRY_BYTES)
    except (UnknownEntry, msgspec.DecodeError, zlib.error):
        return None


def pretty(body: bytes) -> str:
    """JSON with line breaks, else the bytes in hexadecimal with what can be read of them."""
    shown = body[:MAX_SHOWN_BYTES]
    try:
        return json.dumps(json.loads(shown), ensure_ascii=False, indent=2)
    except (ValueError, RecursionError):
        return hex_lines(shown)


def hex_lines(body: bytes) -> str:
    """`00000000  7b 22 ...  {"...`, sixteen bytes to a line."""
    found = []
    for start in range(0, len(body), _HEX_LINE):
        part = body[start : start + _HEX_LINE]
        read = "".join(chr(byte) if 32 <= byte < 127 else "." for byte in part)
        found.append(f"{start:08x}  {part.hex(' '):<47}  {read}")
    return "\n".join(found)
