"""Returns and voids: who took back what, when and why, and what was paid out for it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar, Final

import msgspec
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agent.domain.sold_units import units_of
from hq.console import people, words
from hq.console.pages import ReadOnlyPage
from hq.console.receipt import entry_of
from hq.devices.models import Register, Store
from hq.ingest.models import ConsoleReturn, ConsoleSale, JournalEntry, Quarantine
from sync.wire.entries import ReturnEntry, UnknownEntry, VoidEntry, decode_entry

LOOKS: Final = {"posted": "good", "quarantined": "waiting"}


@dataclass(frozen=True, slots=True)
class ReturnLine:
    """A return in a list or on its sale's page."""

    done: ConsoleReturn
    url: str
    when: str
    refund: str
    reason: str
    state: SafeString


def returns_of(sale: ConsoleSale, store: Store) -> list[ReturnLine]:
    """What came back of a sale, first things first."""
    found = ConsoleReturn.objects.filter(sale_chain_id=sale.chain_id, sale_seq=sale.seq).order_by(
        "at_ms", "seq"
    )
    return [_line(done, store) for done in found]


def _line(done: ConsoleReturn, store: Store) -> ReturnLine:
    return ReturnLine(
        done=done,
        url=reverse("admin:ingest_consolereturn_change", args=[done.pk]),
        when=words.when(done.at_ms, store.zone),
        refund=words.money(done.refund_minor, store.currency_exponent, store.currency),
        reason=words.return_reason(done.reason),
        state=words.chip(done.get_state_display(), LOOKS.get(done.state, "")),
    )


@admin.register(ConsoleReturn)
class ReturnPages(ReadOnlyPage):
    """Every return and void that HQ has projected, newest first."""

    page_template = "console/return.html"
    list_display: ClassVar = (
        "shown_receipt",
        "when",
        "shown_kind",
        "of_receipt",
        "register",
        "operator_name",
        "shown_reason",
        "refund",
        "points",
        "shown_state",
    )
    list_filter = ("kind", "state", "store_id", "register_id", "operator_name", "business_date", "reason")
    search_fields = ("receipt_number", "sale_receipt_number")
    search_help_text = gettext_lazy("Receipt of the return or of its sale")
    ordering = ("-at_ms", "-seq")
    show_full_result_count = False

    def has_change_permission(self, request: HttpRequest, obj: ConsoleReturn | None = None) -> bool:
        return False

    def get_queryset(self, request: HttpRequest) -> QuerySet[ConsoleReturn]:
        self.known.stores = {store.pk: store for store in Store.objects.all()}
        self.known.registers = {register.pk: register for register in Register.objects.all()}
        found: QuerySet[ConsoleReturn] = super().get_queryset(request)
        return found

    @admin.display(description=gettext_lazy("Receipt"), ordering="receipt_number")
    def shown_receipt(self, done: ConsoleReturn) -> str:
        return done.receipt_number or str(done.pk)

    @admin.display(description=gettext_lazy("When"), ordering="at_ms")
    def when(self, done: ConsoleReturn) -> str:
        return words.when(done.at_ms, self.known.stores[done.store_id].zone)

    @admin.display(description=gettext_lazy("Kind"), ordering="kind")
    def shown_kind(self, done: ConsoleReturn) -> str:
        return str(done.get_kind_display())

    @admin.display(description=gettext_lazy("Of receipt"), ordering="sale_receipt_number")
    def of_receipt(self, done: ConsoleReturn) -> str:
        return done.sale_receipt_number

    @admin.display(description=gettext_lazy("Register"), ordering="register_id")
    def register(self, done: ConsoleReturn) -> str:
        register = self.known.registers.get(done.register_id)
        return register.name if register else done.register_id

    @admin.display(description=gettext_lazy("Reason"), ordering="reason")
    def shown_reason(self, done: ConsoleReturn) -> str:
        return words.return_reason(done.reason)

    @admin.display(description=gettext_lazy("Paid out"), ordering="refund_minor")
    def refund(self, done: ConsoleReturn) -> str:
        store = self.known.stores[done.store_id]
        return words.money(done.refund_minor, store.currency_exponent, store.currency)

    @admin.display(description=gettext_lazy("Points"))
    def points(self, done: ConsoleReturn) -> str:
        return words.points_words(done.points_given, done.points_taken)

    @admin.display(description=gettext_lazy("State"), ordering="state")
    def shown_state(self, done: ConsoleReturn) -> SafeString:
        return words.chip(done.get_state_display(), LOOKS.get(done.state, ""))

    def page_context(self, request: HttpRequest, obj: ConsoleReturn) -> dict[str, Any]:
        store = self.known.stores[obj.store_id]
        sale = ConsoleSale.objects.filter(chain_id=obj.sale_chain_id, seq=obj.sale_seq).first()
        held = Quarantine.objects.filter(chain_id=obj.chain_id, seq=obj.seq).first()
        entry = _entry_of(obj)
        owner = people.names([obj.account_id]).get(obj.account_id) if obj.account_id else None
        return {
            "line": _line(obj, store),
            "store": store,
            "register": self.known.registers.get(obj.register_id),
            "member": str(owner) if owner and people.may_see(request) else "",
            "points": words.points_words(obj.points_given, obj.points_taken),
            "sale_url": reverse("admin:ingest_consolesale_change", args=[sale.pk]) if sale else "",
            "held": held,
            "held_url": (
                reverse("admin:ingest_consolequarantine_change", args=[held.quarantine_id]) if held else ""
            ),
            "held_reason": words.reason(held.code) if held else "",
            "goods": _goods(entry, sale, store) if entry is not None else [],
            "tenders": [
                (
                    words.tender(one.kind),
                    one.reference,
                    words.money(one.amount_minor, store.currency_exponent),
                )
                for one in entry.tenders
            ]
            if entry is not None
            else [],
            "deducted": words.money(-entry.deducted_minor, store.currency_exponent)
            if isinstance(entry, ReturnEntry) and entry.deducted_minor
            else "",
            "repriced": isinstance(entry, ReturnEntry) and entry.repriced,
        }


def _entry_of(done: ConsoleReturn) -> ReturnEntry | VoidEntry | None:
    stored = JournalEntry.objects.filter(chain_id=done.chain_id, seq=done.seq).first()
    if stored is None:
        return None
    try:
        entry = decode_entry(stored.kind, stored.version, bytes(stored.body))
    except (UnknownEntry, msgspec.DecodeError):
        return None
    return entry if isinstance(entry, ReturnEntry | VoidEntry) else None


def _goods(
    entry: ReturnEntry | VoidEntry, sale: ConsoleSale | None, store: Store
) -> list[tuple[str, str, str]]:
    """(name, how many, what was paid for them) of each line that came back."""
    sold = entry_of(sale) if sale is not None else None
    lines = {line.line_id: line for line in sold.quote_input.basket.lines} if sold is not None else {}
    if isinstance(entry, VoidEntry):
        return [(_("The whole sale"), "", words.money(entry.total_minor, store.currency_exponent))]
    found = []
    for back in entry.lines:
        line = lines.get(back.line_id)
        count = sum(span.count for span in back.units)
        whole = line is not None and line.units == count == len(units_of(back.units))
        quantity = f"{line.quantity.normalize():f}" if line is not None and whole else words.whole(count)
        if line is not None and line.uom != "each":
            quantity = f"{quantity} {line.uom}"
        found.append(
            (
                line.name if line is not None else str(back.line_id),
                quantity,
                words.money(back.amount_minor, store.currency_exponent),
            )
        )
    return found
