"""`taxes`: the tax in what was sold and in what came back, by day, code and rate."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterable, Iterator
from decimal import Decimal
from gettext import gettext as _

from agent.domain.receipt import ReceiptTax
from agent.service.period import Period
from agent.service.reports.contained_tax import tax_of_return, tax_of_sale
from agent.service.reports.entries import backs_of, sale_named, sales_of
from agent.service.reports.report import Books, Cell, Column, Report, money
from sync.wire.entries import VoidEntry

_Key = tuple[datetime.date, str, Decimal]


def taxes() -> Report:
    """Each receipt's tax is rounded as it was printed, then added up."""
    return Report(
        _("the tax in what was sold and returned, by day, code and rate"),
        (
            Column("date", _("Date"), "date"),
            Column("code", _("Code")),
            Column("rate", _("Rate")),
            money("tax_sold", _("Tax sold")),
            money("tax_returned", _("Tax returned")),
            money("tax", _("Tax")),
        ),
        _rows,
    )


def _rows(books: Books, period: Period) -> Iterator[tuple[Cell, ...]]:
    sold: defaultdict[_Key, int] = defaultdict(int)
    back: defaultdict[_Key, int] = defaultdict(int)
    for sale, entry in sales_of(books.db, period):
        _add(sold, sale.business_date, tax_of_sale(entry))
    for undone in backs_of(books.db, period):
        entry_of_sale = sale_named(books.db, undone.sale)
        if entry_of_sale is not None:
            contained = (
                tax_of_sale(entry_of_sale)
                if isinstance(undone, VoidEntry)
                else tax_of_return(undone, entry_of_sale)
            )
            _add(back, undone.stamp.business_date, contained)
    for key in sorted({*sold, *back}):
        day, code, rate = key
        yield day, code, f"{rate:f}", sold[key], back[key], sold[key] - back[key]


def _add(sums: defaultdict[_Key, int], day: datetime.date, taxes: Iterable[ReceiptTax]) -> None:
    for tax in taxes:
        sums[day, tax.code, tax.rate] += tax.amount_minor
