"""The ledger, newest first: every entry with its postings, of everyone or of one account."""

from __future__ import annotations

import contextlib
import uuid
from dataclasses import dataclass
from typing import Any, Final

from django.core.exceptions import PermissionDenied
from django.core.paginator import Page, Paginator
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from hq.console import people, words
from hq.console.ledger_words import LedgerWords
from hq.devices.models import Store
from hq.ledger.books import KIND_OF
from hq.ledger.models import LedgerEntry, PostingRow
from hq.members import aliases
from hq.members.models import ConsoleMember

PAGE: Final = 50


@dataclass(frozen=True, slots=True)
class Leg:
    """A posting in words, with its unit and bucket as the ledger names them."""

    unit: str
    bucket: str
    amount: str
    raw: str


@dataclass(frozen=True, slots=True)
class Line:
    """A ledger entry with its legs."""

    when: str
    kind: str
    account: str
    account_url: str
    store: str
    sale_url: str
    legs: list[Leg]


def ledger_context(request: HttpRequest) -> dict[str, Any]:
    """What the page shows for the reader's search. Raises PermissionDenied."""
    if not request.user.has_perm("ledger.view_ledgerentry"):
        raise PermissionDenied
    named = people.may_see(request)
    text = request.GET.get("q", "").strip()
    kind = request.GET.get("kind", "")
    entries = LedgerEntry.objects.order_by("-at_ms", "-seq", "n")
    if text:
        entries = entries.filter(account_id__in=_accounts(text, named))
    if kind in KIND_OF.values():
        entries = entries.filter(kind=kind)
    page = Paginator(entries, PAGE).get_page(request.GET.get("p"))
    return {
        "title": _("Ledger"),
        "lines": lines(list(page.object_list), named=named),
        "page": page,
        "query": text,
        "search_hint": _("Name, whole phone, e-mail or card, or account") if named else _("Account"),
        "kind": kind,
        "kinds": [(name, words.ledger_kind(name)) for name in dict.fromkeys(KIND_OF.values())],
        "next_page": _page_link(request, page, 1) if page.has_next() else "",
        "previous_page": _page_link(request, page, -1) if page.has_previous() else "",
    }


def of_accounts(account_ids: list[uuid.UUID], most: int) -> list[Line]:
    """The newest entries of these accounts."""
    entries: QuerySet[LedgerEntry] = LedgerEntry.objects.filter(account_id__in=account_ids)
    return lines(list(entries.order_by("-at_ms", "-seq", "n")[:most]), named=True)


def lines(entries: list[LedgerEntry], *, named: bool) -> list[Line]:
    """These entries as they are shown; without names their accounts are ids."""
    zones = dict(Store.objects.values_list("store_id", "zone"))
    names = people.names(entry.account_id for entry in entries) if named else {}
    legs = _legs(entries, LedgerWords())
    return [_line(entry, legs, names, zones.get(entry.store_id, "UTC")) for entry in entries]


def _line(
    entry: LedgerEntry,
    legs: dict[tuple[object, ...], list[Leg]],
    names: dict[uuid.UUID, ConsoleMember],
    zone: str,
) -> Line:
    member = names.get(entry.account_id)
    return Line(
        when=words.when(entry.at_ms, zone),
        kind=words.ledger_kind(entry.kind),
        account=str(member) if member else str(entry.account_id),
        account_url=reverse("admin:members_consolemember_change", args=[member.pk]) if member else "",
        store=entry.store_id,
        sale_url=reverse("admin:ingest_consolesale_change", args=[entry.sale_id]) if entry.sale_id else "",
        legs=legs.get((entry.account_id, entry.chain_id, entry.seq, entry.n), []),
    )


def _legs(entries: list[LedgerEntry], said: LedgerWords) -> dict[tuple[object, ...], list[Leg]]:
    if not entries:
        return {}
    wanted = Q(pk__in=[])
    for entry in entries:
        wanted |= Q(account_id=entry.account_id, chain_id=entry.chain_id, seq=entry.seq, n=entry.n)
    found: dict[tuple[object, ...], list[Leg]] = {}
    for row in PostingRow.objects.filter(wanted).order_by("leg"):
        raw = f"{row.unit}, {row.bucket}"
        amount = ("+" if row.amount > 0 else "") + said.amount(row.unit, row.amount)
        leg = Leg(said.unit(row.unit), said.bucket(row.bucket), amount, raw)
        found.setdefault((row.account_id, row.chain_id, row.seq, row.n), []).append(leg)
    return found


def _accounts(text: str, named: bool) -> list[uuid.UUID]:
    """The accounts of the members whom the text means, with those that became theirs; or the account itself."""
    members = people.search(ConsoleMember.objects.all(), text)[:PAGE] if named else []
    found = [account for member in members for account in aliases.of(member.account_id)]
    with contextlib.suppress(ValueError):
        found.append(uuid.UUID(text))
    return found


def _page_link(request: HttpRequest, page: Page[LedgerEntry], step: int) -> str:
    told = request.GET.copy()
    told["p"] = str(page.number + step)
    return f"?{told.urlencode()}"
