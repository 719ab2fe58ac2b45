"""`gift-cards`: what was put onto gift cards here, what they paid, and what returns moved back, by day."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from gettext import gettext as _

from agent.service.period import Period
from agent.service.reports.entries import backs_of, sales_of
from agent.service.reports.report import Books, Cell, Column, Report, count, money


@dataclass(slots=True)
class _Day:
    sold: int = 0
    loaded_minor: int = 0
    payments: int = 0
    paid_minor: int = 0
    put_back_minor: int = 0
    emptied_minor: int = 0


def gift_cards() -> Report:
    """`net` is by how much this register's sales and returns changed what the shop owes the holders of cards."""
    return Report(
        _("gift cards sold, paid with and returned, by day"),
        (
            Column("date", _("Date"), "date"),
            count("sold", _("Sold")),
            money("loaded", _("Loaded")),
            count("payments", _("Payments")),
            money("paid", _("Paid")),
            money("put_back", _("Put back")),
            money("emptied", _("Emptied")),
            money("net", _("Net")),
        ),
        _rows,
    )


def _rows(books: Books, period: Period) -> Iterator[tuple[Cell, ...]]:
    found: defaultdict[datetime.date, _Day] = defaultdict(_Day)
    for sale, entry in sales_of(books.db, period):
        paid = [one.amount_minor for one in entry.tenders if one.account_id is not None]
        if entry.cards_loaded or paid:
            day = found[sale.business_date]
            day.sold += len(entry.cards_loaded)
            day.loaded_minor += sum(load.amount_minor for load in entry.cards_loaded)
            day.payments += len(paid)
            day.paid_minor += sum(paid)
    for undone in backs_of(books.db, period):
        back = sum(one.amount_minor for one in undone.tenders if one.account_id is not None)
        if undone.cards_emptied or back:
            day = found[undone.stamp.business_date]
            day.put_back_minor += back
            day.emptied_minor += sum(load.amount_minor for load in undone.cards_emptied)
    for date, one in sorted(found.items()):
        net = one.loaded_minor - one.paid_minor + one.put_back_minor - one.emptied_minor
        yield (
            date,
            one.sold,
            one.loaded_minor,
            one.payments,
            one.paid_minor,
            one.put_back_minor,
            one.emptied_minor,
            net,
        )
