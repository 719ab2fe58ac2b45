"""`tenders`: how sales were paid and refunds paid out, by day and kind of tender."""

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
class _Tender:
    uses: int = 0
    taken_minor: int = 0
    change_minor: int = 0
    paid_out_minor: int = 0


def tenders() -> Report:
    """Change is given in cash, so it is taken off what cash brought in."""
    return Report(
        _("how sales were paid and refunds paid out, by day"),
        (
            Column("date", _("Date"), "date"),
            Column("tender", _("Tender")),
            count("uses", _("Uses")),
            money("taken", _("Taken")),
            money("change", _("Change")),
            money("paid_out", _("Paid out")),
            money("net", _("Net")),
        ),
        _rows,
    )


def _rows(books: Books, period: Period) -> Iterator[tuple[Cell, ...]]:
    found: defaultdict[tuple[datetime.date, str], _Tender] = defaultdict(_Tender)
    for sale, entry in sales_of(books.db, period):
        for tender in entry.tenders:
            one = found[sale.business_date, tender.kind]
            one.uses += 1
            one.taken_minor += tender.amount_minor
        if entry.change_minor:
            found[sale.business_date, "cash"].change_minor += entry.change_minor
    for undone in backs_of(books.db, period):
        for tender in undone.tenders:
            found[undone.stamp.business_date, tender.kind].paid_out_minor += tender.amount_minor
    for (day, kind), one in sorted(found.items(), key=lambda item: item[0]):
        net = one.taken_minor - one.change_minor - one.paid_out_minor
        yield day, kind, one.uses, one.taken_minor, one.change_minor, one.paid_out_minor, net
