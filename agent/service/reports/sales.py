"""`sales`: what was sold, by day, with what came back and how it was paid."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from gettext import gettext as _

from agent.service.period import Period
from agent.service.reports.contained_tax import tax_of_sale
from agent.service.reports.entries import sales_of
from agent.service.reports.report import Books, Cell, Column, Report, count, money
from agent.store.report_sums import sums_by_day


@dataclass(slots=True)
class _Day:
    tax_minor: int = 0
    cash_minor: int = 0
    card_minor: int = 0


def sales() -> Report:
    """By business date. Cash is what stayed in the drawer; what was paid neither by cash nor by card is the rest."""
    return Report(
        _("sales, discounts, tax and tenders, by day"),
        (
            Column("date", _("Date"), "date"),
            count("sales", _("Sales")),
            money("goods", _("Goods")),
            money("discount", _("Discounts")),
            money("total", _("Total")),
            money("tax", _("Tax in it")),
            money("cash", _("Cash")),
            money("card", _("Card")),
            money("other_tenders", _("Other")),
            money("returned", _("Returned")),
            money("voided", _("Voided")),
            money("net", _("Net")),
        ),
        _rows,
    )


def _rows(books: Books, period: Period) -> Iterator[tuple[Cell, ...]]:
    days: defaultdict[datetime.date, _Day] = defaultdict(_Day)
    for sale, entry in sales_of(books.db, period):
        day = days[sale.business_date]
        day.tax_minor += sum(tax.amount_minor for tax in tax_of_sale(entry))
        day.cash_minor -= entry.change_minor
        for tender in entry.tenders:
            if tender.kind == "cash":
                day.cash_minor += tender.amount_minor
            elif tender.kind == "card":
                day.card_minor += tender.amount_minor
    for sums in sums_by_day(books.db, period.first, period.last):
        day = days[sums.day]
        yield (
            sums.day,
            sums.sales,
            sums.goods_minor,
            sums.discount_minor,
            sums.total_minor,
            day.tax_minor,
            day.cash_minor,
            day.card_minor,
            sums.total_minor - day.cash_minor - day.card_minor,
            sums.returned_minor,
            sums.voided_minor,
            sums.total_minor - sums.returned_minor - sums.voided_minor,
        )
