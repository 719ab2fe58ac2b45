"""A sale as its receipt tells it, and why each program gave what it gave: replayed from the entry's own bytes."""

from __future__ import annotations

from typing import Any

import msgspec
from django.utils.translation import gettext as _

from agent.domain.errors import LoyaltyError
from agent.domain.explain import explain
from agent.domain.ledger import is_money, is_stamps
from agent.domain.program_set import ProgramSet
from agent.domain.quote import Applied
from hq.console import words
from hq.console.refusals import what_it_gave, why_not
from hq.devices.models import Store
from hq.feed.models import FeedRow
from hq.feed.writer import store_scope
from hq.ingest.models import ConsoleSale, JournalEntry
from hq.ingest.replay import program_set_of
from sync.wire.entries import SaleEntry, UnknownEntry, decode_entry
from sync.wire.feed import ItemRow


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
        "gifts": [
            (
                titles.get(one.program_id, one.program_id),
                words.whole(one.units),
                _item_name(store, one.item_code),
            )
            for one in entry.gifts
        ],
        "vouchers_used": [
            titles.get(one.program_id, one.program_id)
            for one in entry.coupons_redeemed
            if not one.discount_minor and one.program_id not in {gift.program_id for gift in entry.gifts}
        ],
        "nothing": money(0),
        "stamps": [
            (
                titles.get(unit.partition(":")[2], unit),
                words.points_words(
                    sum(one.points for one in entry.earned if one.unit == unit),
                    sum(one.points for one in entry.spent if one.unit == unit),
                ),
            )
            for unit in dict.fromkeys(
                [*(one.unit for one in entry.earned), *(one.unit for one in entry.spent)]
            )
            if is_stamps(unit)
        ],
        "loads": [(one.last4, money(one.amount_minor)) for one in entry.cards_loaded],
        "cashback": [
            (titles.get(one.program_id, one.program_id), money(one.points))
            for one in entry.earned
            if is_money(one.unit)
        ],
        "reasons": _reasons(entry, program_set, store),
        "program_set": program_set,
    }


def _item_name(store: Store, item_code: str) -> str:
    """What the store's registers call the item; its code where they have none."""
    row = FeedRow.objects.filter(scope=store_scope(store.pk), kind="item", row_key=item_code).first()
    return msgspec.msgpack.decode(bytes(row.body), type=ItemRow).name if row is not None else item_code


def _reasons(entry: SaleEntry, program_set: ProgramSet | None, store: Store) -> list[tuple[str, bool, str]]:
    """For every program: its title, whether it gave something, and how much or why not."""
    if program_set is None:
        return []
    titles = words.titles(program_set)
    found = []
    for program in program_set.programs:
        if program.run_by_hq:
            continue
        try:
            told = explain(entry.quote_input, program_set, program.id)
        except LoyaltyError as error:
            return [(_("All programs"), False, error.title)]
        if isinstance(told, Applied):
            in_stamps = program.kind == "stamps"
            gave = what_it_gave(told, store.currency_exponent, titles, in_stamps=in_stamps)
            found.append((titles[program.id], True, gave))
        else:
            cost = program.cost
            in_stamps = cost is not None and is_stamps(program_set.unit_of(cost.points_of))
            why = why_not(told, store.currency_exponent, titles, in_stamps=in_stamps)
            found.append((titles[program.id], False, why))
    return sorted(found, key=lambda reason: not reason[1])
