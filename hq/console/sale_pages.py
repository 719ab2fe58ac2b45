"""Sales: a list to find one, and each as the receipt says it, with why each program gave what it gave."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import msgspec
from django.contrib import admin
from django.db.models import OuterRef, QuerySet, Subquery
from django.http import HttpRequest
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from agent.domain.errors import LoyaltyError
from agent.domain.explain import explain
from agent.domain.program import ProgramSet
from agent.domain.quote import Applied
from hq.console import people, words
from hq.console.pages import ReadOnlyPage
from hq.console.refusals import why_not
from hq.devices.models import Register, Store
from hq.ingest.models import ConsoleSale, JournalEntry, Quarantine
from hq.ingest.replay import program_set_of
from hq.members.models import ConsoleMember
from sync.wire.entries import SaleEntry, UnknownEntry, decode_entry

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


def sale_lines(sales: list[ConsoleSale]) -> list[SaleLine]:
    """These sales as lists show them."""
    stores = Store.objects.in_bulk([sale.store_id for sale in sales])
    names = people.names(sale.account_id for sale in sales)
    found = []
    for sale in sales:
        store = stores[sale.store_id]
        member = names.get(sale.account_id) if sale.account_id else None
        found.append(
            SaleLine(
                sale=sale,
                url=reverse("admin:ingest_consolesale_change", args=[sale.pk]),
                when=words.when(sale.at_ms, store.zone),
                member=str(member) if member else "",
                member_url=reverse("admin:members_consolemember_change", args=[member.pk]) if member else "",
                total=words.money(sale.total_minor, store.currency_exponent, store.currency),
                saved=words.money(sale.discount_minor, store.currency_exponent)
                if sale.discount_minor
                else "",
                points=points_words(sale.points_earned, sale.points_spent),
                state=words.chip(sale.get_state_display(), LOOKS.get(sale.state, "")),
            )
        )
    return found


def points_words(earned: int, spent: int) -> str:
    """`+35 -500`, or nothing."""
    told = [f"+{words.whole(earned)}"] if earned else []
    return " ".join([*told, f"−{words.whole(spent)}"] if spent else told)


@admin.register(ConsoleSale)
class SalePages(ReadOnlyPage):
    """Every sale that HQ has projected, newest first."""

    page_template = "console/sale.html"
    list_display = (
        "receipt",
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
    search_help_text = gettext_lazy("Receipt number, or the member's name, phone, e-mail or card")
    ordering = ("-at_ms", "-seq")
    show_full_result_count = False

    def has_change_permission(self, request: HttpRequest, obj: ConsoleSale | None = None) -> bool:
        return False

    def get_queryset(self, request: HttpRequest) -> QuerySet[ConsoleSale]:
        self._stores = {store.pk: store for store in Store.objects.all()}
        self._registers = {register.pk: register for register in Register.objects.all()}
        found: QuerySet[ConsoleSale] = super().get_queryset(request)
        owners = ConsoleMember.objects.filter(account_id=OuterRef("account_id")).order_by("enrolled_ms")
        return found.annotate(member_name=Subquery(owners.values("name")[:1]))

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[ConsoleSale], search_term: str
    ) -> tuple[QuerySet[ConsoleSale], bool]:
        text = search_term.strip()
        if not text:
            return queryset, False
        receipts = queryset.filter(receipt_number__startswith=text)
        if receipts.exists():
            return receipts, False
        members = people.search(ConsoleMember.objects.all(), text)[: self.list_per_page]
        return queryset.filter(account_id__in=[member.account_id for member in members]), False

    @admin.display(description=gettext_lazy("Receipt"), ordering="receipt_number")
    def receipt(self, sale: ConsoleSale) -> str:
        return sale.receipt_number or str(sale.pk)

    @admin.display(description=gettext_lazy("When"), ordering="at_ms")
    def when(self, sale: ConsoleSale) -> str:
        return words.when(sale.at_ms, self._stores[sale.store_id].zone)

    @admin.display(description=gettext_lazy("Register"), ordering="register_id")
    def register(self, sale: ConsoleSale) -> str:
        register = self._registers.get(sale.register_id)
        return register.name if register else sale.register_id

    @admin.display(description=gettext_lazy("Member"))
    def member(self, sale: Any) -> str:
        """The name, or that the account waits for its owner; nothing where no member was there."""
        if sale.member_id is None:
            return ""
        return sale.member_name or _("not known yet")

    @admin.display(description=gettext_lazy("Total"), ordering="total_minor")
    def total(self, sale: ConsoleSale) -> str:
        store = self._stores[sale.store_id]
        return words.money(sale.total_minor, store.currency_exponent, store.currency)

    @admin.display(description=gettext_lazy("Saved"), ordering="discount_minor")
    def saved(self, sale: ConsoleSale) -> str:
        return words.money(sale.discount_minor, self._stores[sale.store_id].currency_exponent)

    @admin.display(description=gettext_lazy("Points"))
    def points(self, sale: ConsoleSale) -> str:
        return points_words(sale.points_earned, sale.points_spent)

    @admin.display(description=gettext_lazy("State"), ordering="state")
    def shown_state(self, sale: ConsoleSale) -> SafeString:
        return words.chip(sale.get_state_display(), LOOKS.get(sale.state, ""))

    def page_context(self, request: HttpRequest, obj: ConsoleSale) -> dict[str, Any]:
        (line,) = sale_lines([obj])
        store = self._stores[obj.store_id]
        entry = _entry_of(obj)
        held = Quarantine.objects.filter(chain_id=obj.chain_id, seq=obj.seq).first()
        return {
            "line": line,
            "store": store,
            "register": self._registers.get(obj.register_id),
            "held": held,
            "held_url": reverse("admin:ingest_consolequarantine_change", args=[held.quarantine_id])
            if held
            else "",
            "held_reason": words.reason(held.code) if held else "",
            **(_receipt(entry, store) if entry else {}),
        }


def _entry_of(sale: ConsoleSale) -> SaleEntry | None:
    stored = JournalEntry.objects.filter(chain_id=sale.chain_id, seq=sale.seq).first()
    if stored is None:
        return None
    try:
        entry = decode_entry(stored.kind, stored.version, bytes(stored.body))
    except (UnknownEntry, msgspec.DecodeError):
        return None
    return entry if isinstance(entry, SaleEntry) else None


def _receipt(entry: SaleEntry, store: Store) -> dict[str, Any]:
    """The sale as its receipt tells it."""
    exponent = store.currency_exponent
    program_set = program_set_of(entry.quote_input.program_set_hash, entry.quote_input.context.currency)
    titles = _titles(program_set)

    def money(amount_minor: int) -> str:
        return words.money(amount_minor, exponent)

    return {
        "entry": entry,
        "goods": [
            {
                "name": line.name,
                "quantity": f"{line.quantity.normalize():f} {'' if line.uom == 'each' else line.uom}".strip(),
                "amount": money(line.extended_minor),
                "discounts": [
                    (titles.get(one.program_id, one.program_id), money(-one.amount_minor))
                    for one in entry.discounts
                    if one.line_id == line.line_id
                ],
            }
            for line in entry.quote_input.basket.lines
        ],
        "goods_total": money(entry.goods_minor),
        "discount_total": money(-entry.discount_minor) if entry.discount_minor else "",
        "total": words.money(entry.total_minor, exponent, store.currency),
        "tenders": [
            (words.tender(one.kind), one.reference, money(one.amount_minor)) for one in entry.tenders
        ],
        "change": money(entry.change_minor) if entry.change_minor else "",
        "coupons": [
            (titles.get(one.redeems_program_id, one.redeems_program_id), one) for one in entry.coupons_issued
        ],
        "reasons": _reasons(entry, program_set, store),
        "program_set": program_set,
    }


def _titles(program_set: ProgramSet | None) -> dict[str, str]:
    language = (get_language() or "en").replace("-hans", "_Hans")
    return {program.id: program.title(language) for program in program_set.programs} if program_set else {}


def _reasons(entry: SaleEntry, program_set: ProgramSet | None, store: Store) -> list[tuple[str, bool, str]]:
    """For every program: its title, whether it gave something, and how much or why not."""
    if program_set is None:
        return []
    titles = _titles(program_set)
    found = []
    for program in program_set.programs:
        try:
            told = explain(entry.quote_input, program_set, program.id)
        except LoyaltyError as error:
            return [(_("All programs"), False, error.title)]
        if isinstance(told, Applied):
            found.append((titles[program.id], True, _gave(told, store)))
        else:
            found.append((titles[program.id], False, why_not(told, store.currency_exponent, titles)))
    return sorted(found, key=lambda reason: not reason[1])


def _gave(applied: Applied, store: Store) -> str:
    parts = []
    if applied.discount_minor:
        amount = words.money(-applied.discount_minor, store.currency_exponent, store.currency)
        parts.append(amount)
    if applied.points_cost:
        parts.append(_("{n} points spent").format(n=words.whole(applied.points_cost)))
    if applied.points_earned:
        parts.append(_("{n} points earned").format(n=words.whole(applied.points_earned)))
    if applied.coupons_issued:
        parts.append(_("a coupon for the next visit"))
    return ", ".join(parts)
