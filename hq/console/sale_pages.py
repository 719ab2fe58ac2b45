"""Sales: a list to find one, and each as the receipt says it, with why each program gave what it gave."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect
from django.urls import URLPattern, reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hq.console import forgotten_card, people, receipt, words
from hq.console.pages import ReadOnlyPage
from hq.console.return_pages import returns_of
from hq.devices.models import Register, Store
from hq.ingest.models import ConsoleSale, Quarantine
from hq.members import aliases
from hq.members.models import ConsoleMember

LOOKS: Final = {"posted": "good", "shortfall": "waiting", "quarantined": "waiting"}


@dataclass(frozen=True, slots=True)
class SaleLine:
    """A sale in a list."""

    sale: ConsoleSale
    url: str
    when: str
    member: str
    member_url: str
    total: str
    saved: str
    points: str
    state: SafeString


def sale_lines(sales: list[ConsoleSale], *, named: bool) -> list[SaleLine]:
    """These sales as they are shown; `named` tells whose they are."""
    stores = Store.objects.in_bulk([sale.store_id for sale in sales])
    names = people.names(sale.account_id for sale in sales) if named else {}
    found = []
    for sale in sales:
        store = stores[sale.store_id]
        member = names.get(sale.account_id) if sale.account_id else None
        found.append(
            SaleLine(
                sale=sale,
                url=reverse("admin:ingest_consolesale_change", args=[sale.pk]),
                when=words.when(sale.at_ms, store.zone),
                member=_whose(sale, member, named),
                member_url=reverse("admin:members_consolemember_change", args=[member.pk]) if member else "",
                total=words.money(sale.total_minor, store.currency_exponent, store.currency),
                saved=words.money(sale.discount_minor, store.currency_exponent)
                if sale.discount_minor
                else "",
                points=words.points_words(sale.points_earned, sale.points_spent),
                state=words.chip(sale.get_state_display(), LOOKS.get(sale.state, "")),
            )
        )
    return found


def _whose(sale: ConsoleSale, member: ConsoleMember | None, named: bool) -> str:
    """The name, or that the account waits for its owner; nothing where no member was there."""
    if sale.account_id is None:
        return ""
    if not named:
        return _("a member")
    return str(member) if member else _("not known yet")


@admin.register(ConsoleSale)
class SalePages(ReadOnlyPage):
    """Every sale that HQ has projected, newest first."""

    page_template = "console/sale.html"
    list_display = (
        "shown_receipt",
        "when",
        "register",
        "member",
        "line_count",
        "total",
        "saved",
        "points",
        "shown_state",
    )
    list_filter = ("state", "store_id", "register_id", "business_date", "stale_facts", "replayed")
    search_fields = ("receipt_number",)
    search_help_text = gettext_lazy("Receipt, or member's name or whole phone")
    ordering = ("-at_ms", "-seq")
    show_full_result_count = False

    def has_change_permission(self, request: HttpRequest, obj: ConsoleSale | None = None) -> bool:
        return False

    def get_urls(self) -> list[URLPattern]:
        return [self.doing("attach", self.attach), *super().get_urls()]

    def attach(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """A forgotten card: the sale goes to a member afterwards."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        sale = self.found(request, object_id)
        said, level = forgotten_card.attach(request, sale)
        if level != messages.SUCCESS:
            messages.add_message(request, level, said)
            return redirect(self.page_url(sale.pk))
        return self.done(request, sale, said, audit="a forgotten card was attached")

    def get_queryset(self, request: HttpRequest) -> QuerySet[ConsoleSale]:
        self.known.stores = {store.pk: store for store in Store.objects.all()}
        self.known.registers = {register.pk: register for register in Register.objects.all()}
        found: QuerySet[ConsoleSale] = super().get_queryset(request)
        return found

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        """The page of the list, each sale with whose it is."""
        found = super().get_changelist_instance(request)
        named = people.may_see(request)
        found.result_list = list(found.result_list)
        names = people.names(sale.account_id for sale in found.result_list) if named else {}
        for sale in found.result_list:
            sale.whose = _whose(sale, names.get(sale.account_id), named)
        return found

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[ConsoleSale], search_term: str
    ) -> tuple[QuerySet[ConsoleSale], bool]:
        text = search_term.strip()
        if not text:
            return queryset, False
        receipts = queryset.filter(receipt_number__startswith=text)
        if receipts.exists():
            return receipts, False
        if not people.may_see(request):
            return receipts, False
        members = people.search(ConsoleMember.objects.all(), text)[: self.list_per_page]
        accounts = [account for member in members for account in aliases.of(member.account_id)]
        return queryset.filter(account_id__in=accounts), False

    @admin.display(description=gettext_lazy("Receipt"), ordering="receipt_number")
    def shown_receipt(self, sale: ConsoleSale) -> str:
        return sale.receipt_number or str(sale.pk)

    @admin.display(description=gettext_lazy("When"), ordering="at_ms")
    def when(self, sale: ConsoleSale) -> str:
        return words.when(sale.at_ms, self.known.stores[sale.store_id].zone)

    @admin.display(description=gettext_lazy("Register"), ordering="register_id")
    def register(self, sale: ConsoleSale) -> str:
        register = self.known.registers.get(sale.register_id)
        return register.name if register else sale.register_id

    @admin.display(description=gettext_lazy("Member"))
    def member(self, sale: Any) -> str:
        whose: str = sale.whose
        return whose

    @admin.display(description=gettext_lazy("Total"), ordering="total_minor")
    def total(self, sale: ConsoleSale) -> str:
        store = self.known.stores[sale.store_id]
        return words.money(sale.total_minor, store.currency_exponent, store.currency)

    @admin.display(description=gettext_lazy("Saved"), ordering="discount_minor")
    def saved(self, sale: ConsoleSale) -> str:
        if not sale.discount_minor:
            return ""
        return words.money(sale.discount_minor, self.known.stores[sale.store_id].currency_exponent)

    @admin.display(description=gettext_lazy("Points"))
    def points(self, sale: ConsoleSale) -> str:
        return words.points_words(sale.points_earned, sale.points_spent)

    @admin.display(description=gettext_lazy("State"), ordering="state")
    def shown_state(self, sale: ConsoleSale) -> SafeString:
        return words.chip(sale.get_state_display(), LOOKS.get(sale.state, ""))

    def page_context(self, request: HttpRequest, obj: ConsoleSale) -> dict[str, Any]:
        (line,) = sale_lines([obj], named=people.may_see(request))
        store = self.known.stores[obj.store_id]
        entry = receipt.entry_of(obj)
        held = Quarantine.objects.filter(chain_id=obj.chain_id, seq=obj.seq).first()
        return {
            "line": line,
            "store": store,
            "register": self.known.registers.get(obj.register_id),
            "held": held,
            "held_url": reverse("admin:ingest_consolequarantine_change", args=[held.quarantine_id])
            if held
            else "",
            "held_reason": words.reason(held.code) if held else "",
            "returns": returns_of(obj, store),
            "may_attach": forgotten_card.may_attach(request) and obj.account_id is None,
            "attached": forgotten_card.told(obj, store),
            **(receipt.receipt(entry, store) if entry else {}),
        }
