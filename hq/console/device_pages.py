"""Stores and registers: who they are, when they were heard, a code for a new one, and an end for a lost one."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.urls import URLPattern, reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hq import clock
from hq.console import words
from hq.console.ledger_words import LedgerWords
from hq.console.pages import ReadOnlyPage
from hq.console.register_lines import RegisterLine, register_line, register_lines
from hq.devices.enrolment import LIFETIME_MS, TRIES, new_code
from hq.devices.models import Chain, Register, Store
from hq.devices.revocation import revoke
from hq.ledger.models import LeaseGrant


@admin.register(Register)
class RegisterPages(ReadOnlyPage):
    """Every register with how it stands."""

    page_template = "console/register.html"
    list_display = ("shown_name", "store", "last_seen", "clock", "stored", "waiting", "shown_state")
    list_filter = ("store", "state")
    ordering = ("store__name", "register_id")
    list_select_related = ("store",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Register]:
        self.known.lines = {line.register.pk: line for line in register_lines(clock.now_ms())}
        found: QuerySet[Register] = super().get_queryset(request)
        return found

    def get_urls(self) -> list[URLPattern]:
        return [self.doing("revoke", self.revoke), *super().get_urls()]

    def _line(self, register: Register) -> RegisterLine:
        lines: dict[str, RegisterLine] = self.known.lines
        # One enrolled since the lines were made has a line of its own.
        return lines.get(register.pk) or register_line(register, clock.now_ms())

    @admin.display(description=gettext_lazy("Register"), ordering="name")
    def shown_name(self, register: Register) -> str:
        return register.name

    @admin.display(description=gettext_lazy("Last seen"))
    def last_seen(self, register: Register) -> str:
        return self._line(register).last_seen

    @admin.display(description=gettext_lazy("Clock"))
    def clock(self, register: Register) -> str:
        return self._line(register).clock

    @admin.display(description=gettext_lazy("Entries stored"))
    def stored(self, register: Register) -> str:
        return self._line(register).stored

    @admin.display(description=gettext_lazy("To post"))
    def waiting(self, register: Register) -> str:
        return words.whole(self._line(register).waiting)

    @admin.display(description=gettext_lazy("State"), ordering="state")
    def shown_state(self, register: Register) -> SafeString:
        line = self._line(register)
        return words.chip(line.state, line.look, line.icon)

    def page_context(self, request: HttpRequest, obj: Register) -> dict[str, Any]:
        zone = obj.store.zone
        chains = list(Chain.objects.filter(register=obj).order_by("-opened_ms"))
        held = LeaseGrant.objects.filter(chain_id__in=[chain.pk for chain in chains], remaining__gt=0)
        said = LedgerWords()
        return {
            "title": obj.name,
            "line": self._line(obj),
            "forked": any(chain.state == Chain.State.FORKED for chain in chains),
            "store_url": reverse("admin:devices_store_change", args=[obj.store_id]),
            "enrolled": words.when(obj.enrolled_ms, zone),
            "revoked": words.when(obj.revoked_ms, zone) if obj.revoked_ms else "",
            "chains": [
                {
                    "chain": chain,
                    "opened": words.when(chain.opened_ms, zone),
                    "seen": words.when(chain.last_seen_ms, zone),
                    "look": "good" if chain.state == Chain.State.OK else "bad",
                    "hash": bytes(chain.acked_hash).hex(),
                }
                for chain in chains
            ],
            "leases": [(said.unit(lease.unit), lease) for lease in held.order_by("granted_ms")],
        }

    def revoke(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Ask, then revoke: HQ takes nothing from the register any more. Its leases stay booked to it."""
        register = self.require_change(request, object_id)
        if request.method != "POST":
            context = {
                "title": _("Revoke {register}").format(register=register.name),
                "original": register,
                "back_url": self.page_url(register.pk),
            }
            return self.draw(request, "console/revoke.html", context)
        revoke(register.pk, clock.now_ms())
        said = _("{register} is revoked. It goes on selling and is told so at its next contact.")
        return self.done(request, register, said.format(register=register.name), audit="revoked")


@admin.register(Store)
class StorePages(ReadOnlyPage):
    """Stores, as their shop file set them."""

    page_template = "console/store.html"
    list_display = ("name", "store_id", "currency", "zone", "register_count")
    search_fields = ("name", "store_id")
    ordering = ("name",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Store]:
        found: QuerySet[Store] = super().get_queryset(request)
        return found.annotate(registers_known=Count("registers"))

    def get_urls(self) -> list[URLPattern]:
        return [self.doing("enrolment-code", self.enrolment_code), *super().get_urls()]

    @admin.display(description=gettext_lazy("Registers"), ordering="registers_known")
    def register_count(self, store: Any) -> str:
        return words.whole(store.registers_known)

    def page_context(self, request: HttpRequest, obj: Store) -> dict[str, Any]:
        lines = [line for line in register_lines(clock.now_ms()) if line.register.store_id == obj.pk]
        return {
            "registers": lines,
            "may_enrol": request.user.has_perm("devices.add_enrolmentcode"),
            "code_url": reverse("admin:devices_store_enrolment-code", args=[obj.pk]),
        }

    def enrolment_code(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """A one-time code for a new register of this store, shown this once."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        store = self.found(request, object_id)
        if not request.user.has_perm("devices.add_enrolmentcode"):
            raise PermissionDenied
        code = new_code(store, clock.now_ms())
        self.log_change(request, store, f"enrolment code {code[:4]}-****-****")
        context = {
            "title": _("Enrolment code for {store}").format(store=store.name),
            "original": store,
            "code": code,
            "minutes": LIFETIME_MS // 60_000,
            "tries": TRIES,
            "back_url": self.page_url(store.pk),
        }
        return self.draw(request, "console/enrolment_code.html", context)
