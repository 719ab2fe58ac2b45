"""A sale as its receipt tells it, and why each program gave what it gave: replayed from the entry's own bytes."""

from __future__ import annotations

from typing import Any

import msgspec
from django.utils.translation import gettext as _

from agent.domain.errors import LoyaltyError
from agent.domain.explain import explain
from agent.domain.program_set import ProgramSet
from agent.domain.quote import Applied
from hq.console import words
from hq.console.refusals import why_not
from hq.devices.models import Store
from hq.ingest.models import ConsoleSale, JournalEntry
from hq.ingest.replay import program_set_of
from sync.wire.entries import SaleEntry, UnknownEntry, decode_entry


def entry_of(sale: ConsoleSale) -> SaleEntry | None:
    """The sale's own entry; None where this HQ cannot read it."""
    stored = JournalEntry.objects.filter(chain_id=sale.chain_id, seq=sale.seq).first()
    if stored is None:
        return None
    try:
        entry = decode_entry(stored.kind, stored.version, bytes(stored.body))
    except (UnknownEntry, msgspec.DecodeError):
        return None
    return entry if isinstance(entry, SaleEntry) else None


def receipt(entry: SaleEntry, store: Store) -> dict[str, Any]:
    """The sale as its receipt tells it."""
    exponent = store.currency_exponent
    program_set = program_set_of(entry.quote_input.program_set_hash, entry.quote_input.context.currency)
    titles = words.titles(program_set)

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


def _reasons(entry: SaleEntry, program_set: ProgramSet | None, store: Store) -> list[tuple[str, bool, str]]:
    """For every program: its title, whether it gave something, and how much or why not."""
    if program_set is None:
        return []
    titles = words.titles(program_set)
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
