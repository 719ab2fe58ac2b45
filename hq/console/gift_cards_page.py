"""Gift cards at HQ: what the shop owes on them, and one card by its whole number."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.core.exceptions import PermissionDenied
from django.db import connection
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from agent.domain.errors import LoyaltyError
from agent.domain.gift_cards import card_account, card_number, last_four
from agent.domain.ledger import AVAILABLE, PENDING
from agent.domain.money import plain_amount
from hq.console import words
from hq.devices.models import Store
from hq.ingest.gift_cards import KIND
from hq.ledger.books import LEASE, Books
from hq.members.models import Account

MAY_SEE = "ledger.view_ledgerentry"


@dataclass(frozen=True, slots=True)
class Owed:
    """What all cards of one currency hold together."""

    currency: str
    cards: str
    amount: str


@dataclass(frozen=True, slots=True)
class FoundCard:
    """One card: where it was sold, and what it holds of each currency, (currency, on it, of that not lent)."""

    last4: str
    store: str
    sold: str
    held: list[tuple[str, str, str]]
    ledger_url: str


def gift_cards_context(request: HttpRequest) -> dict[str, Any]:
    """What the page shows. A number is posted and never stands in an address. Raises PermissionDenied."""
    if not request.user.has_perm(MAY_SEE):
        raise PermissionDenied
    text = request.POST.get("number", "") if request.method == "POST" else ""
    found: list[FoundCard] = []
    problem = ""
    if text:
        try:
            found = _find(card_number(text))
        except LoyaltyError as error:
            problem = f"{error.title} {error.advice}"
        else:
            problem = "" if found else _("No store has sold a gift card with this number.")
    return {"title": _("Gift cards"), "owed": _owed(), "found": found, "problem": problem}


def _find(number: str) -> list[FoundCard]:
    cards = []
    for store in Store.objects.order_by("pk"):
        account_id = card_account(bytes(store.store_key), number)
        account = Account.objects.filter(pk=account_id, kind=KIND).first()
        if account is None:
            continue
        held = [
            (
                unit.partition(":")[2],
                plain_amount(one.total, store.currency_exponent),
                plain_amount(one.available, store.currency_exponent),
            )
            for unit, one in sorted(Books().all_held(account_id).items())
        ]
        cards.append(
            FoundCard(
                last_four(number),
                store.name,
                words.when(account.opened_ms, store.zone),
                held,
                _ledger_url(account_id),
            )
        )
    return cards


def _ledger_url(account_id: uuid.UUID) -> str:
    return f"{reverse('admin:ledger')}?{urlencode({'q': str(account_id)})}"


def _owed() -> list[Owed]:
    """By currency, over every card that was ever sold."""
    exponents = dict(Store.objects.values_list("currency", "currency_exponent"))
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT b.unit, COUNT(DISTINCT b.account_id), SUM(b.amount) FROM balance b"
            " JOIN account a ON a.account_id = b.account_id"
            " WHERE a.kind = %s AND (b.bucket IN (%s, %s) OR b.bucket LIKE %s) GROUP BY b.unit ORDER BY b.unit",
            [KIND, AVAILABLE, PENDING, f"{LEASE}%"],
        )
        rows = cursor.fetchall()
    return [
        Owed(
            currency := unit.partition(":")[2],
            words.whole(cards),
            plain_amount(int(amount), exponents.get(currency, 2)),
        )
        for unit, cards, amount in rows
    ]
