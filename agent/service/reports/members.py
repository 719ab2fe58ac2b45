"""`members`: who was enrolled here, and how many sales had a member, by day."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from gettext import gettext as _

from agent.service.period import Period
from agent.service.reports.report import Books, Cell, Column, Report, count
from agent.store.report_sums import accounts_by_day, enrolled_by_day, sums_by_day


def members() -> Report:
    """Names are in no report. `share` is that of the sales with a member, in percent, rounded half up."""
    return Report(
        _("members enrolled here, and sales with and without a member, by day"),
        (
            Column("date", _("Date"), "date"),
            count("enrolled", _("Enrolled")),
            count("sales", _("Sales")),
            count("with_member", _("With member")),
            count("without_member", _("Without")),
            Column("share", _("Share %"), "count"),
            Column("accounts", _("Members seen"), "count"),
        ),
        _rows,
    )


def _rows(books: Books, period: Period) -> Iterator[tuple[Cell, ...]]:
    first, last = period.first, period.last
    enrolled = enrolled_by_day(books.db, first, last)
    seen = accounts_by_day(books.db, first, last)
    sold: dict[datetime.date, tuple[int, int]] = {
        day.day: (day.sales, day.with_member) for day in sums_by_day(books.db, first, last)
    }
    for day in sorted({*enrolled, *sold}):
        sales, with_member = sold.get(day, (0, 0))
        share = (200 * with_member + sales) // (2 * sales) if sales else 0
        yield (
            day,
            enrolled.get(day, 0),
            sales,
            with_member,
            sales - with_member,
            share,
            seen.get(day, 0),
        )
