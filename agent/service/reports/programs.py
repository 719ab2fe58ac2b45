"""`programs`: what each program gave, and in how many sales to how many members."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from gettext import gettext as _

from agent.domain.ledger import is_money
from agent.service.period import Period
from agent.service.reports.entries import sales_of
from agent.service.reports.report import Books, Cell, Column, Report, count, money
from sync.wire.entries import SaleEntry


@dataclass(slots=True)
class _Program:
    sales: int = 0
    discount_minor: int = 0
    earned: int = 0
    spent: int = 0
    coupons_issued: int = 0
    coupons_redeemed: int = 0
    gift_units: int = 0
    cashback_minor: int = 0
    members: set[uuid.UUID] = field(default_factory=set)


def programs() -> Report:
    """Voided sales gave nothing. The memory that this takes grows with programs and members, not with sales."""
    return Report(
        _("what each program gave: sales, discount, points, coupons, gifts, members"),
        (
            Column("program", _("Program")),
            Column("kind", _("Kind")),
            Column("name", _("Name")),
            Column("sales", _("Sales"), "count"),
            money("discount", _("Discounts")),
            Column("points_earned", _("Earned"), "count"),
            Column("points_spent", _("Spent"), "count"),
            count("coupons_issued", _("Coupons issued")),
            count("coupons_redeemed", _("Coupons used")),
            count("gift_units", _("Gifts")),
            Column("members", _("Members"), "count"),
            money("cashback", _("Cashback")),
        ),
        _rows,
    )


def _rows(books: Books, period: Period) -> Iterator[tuple[Cell, ...]]:
    found: defaultdict[str, _Program] = defaultdict(_Program)
    for sale, entry in sales_of(books.db, period):
        if sale.voided:
            continue
        for program_id in _add(found, entry):
            one = found[program_id]
            one.sales += 1
            if sale.account_id is not None:
                one.members.add(sale.account_id)
    for program_id, one in sorted(found.items()):
        yield (
            program_id,
            books.kind(program_id),
            books.title(program_id),
            one.sales,
            one.discount_minor,
            one.earned,
            one.spent,
            one.coupons_issued,
            one.coupons_redeemed,
            one.gift_units,
            len(one.members),
            one.cashback_minor,
        )


def _add(found: defaultdict[str, _Program], entry: SaleEntry) -> set[str]:
    """Add what a sale's programs gave; returns which they are."""
    gave: set[str] = set()
    for discount in entry.discounts:
        found[discount.program_id].discount_minor += discount.amount_minor
        gave.add(discount.program_id)
    for earned in entry.earned:
        if is_money(earned.unit):
            found[earned.program_id].cashback_minor += earned.points
        else:
            found[earned.program_id].earned += earned.points
        gave.add(earned.program_id)
    for spent in entry.spent:
        found[spent.program_id].spent += spent.points
        gave.add(spent.program_id)
    for issued in entry.coupons_issued:
        found[issued.program_id].coupons_issued += 1
        gave.add(issued.program_id)
    for redeemed in entry.coupons_redeemed:
        found[redeemed.program_id].coupons_redeemed += 1
        gave.add(redeemed.program_id)
    for gift in entry.gifts:
        found[gift.program_id].gift_units += gift.units
        gave.add(gift.program_id)
    return gave
