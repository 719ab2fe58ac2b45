"""`regulars report`: a table for people, or CSV for other programs (docs/reports.md)."""

from __future__ import annotations

import csv
import datetime
import itertools
from collections.abc import Iterable, Iterator
from contextlib import suppress
from decimal import Decimal
from gettext import gettext as _
from pathlib import Path
from typing import TextIO

from agent.bootstrap import DATABASE
from agent.domain.errors import LoyaltyError
from agent.domain.no_programs import no_programs
from agent.domain.program_document import decode_program_set
from agent.service.period import Period
from agent.service.reports.kinds import report_of
from agent.service.reports.report import Books, Cell, Column, Report
from agent.store.program_sets import kept_program_sets
from agent.store.reading import open_for_reading
from agent.store.register import read_register
from agent.store.settings import read_store
from agent.store.sqlite import Connection
from agent.terminal_table import Heading, table
from printers.figures import Figures
from sync.wire.feed import StoreRow

Row = tuple[Cell, ...]


def report_command(kind: str, period: Period, *, as_csv: bool, data_dir: Path, out: TextIO) -> bool:
    """Write the report to `out`. Returns whether there was anything to report; an empty table is not written.

    Raises LoyaltyError for a report that there is not, and where the register cannot be read.
    """
    report = report_of(kind)
    with open_for_reading(data_dir / DATABASE) as db:
        store = read_store(db)
        exponent = store.currency_exponent if store is not None else 2
        rows = iter(report.rows(_books(db, store), period))
        first = next(rows, None)
        found = itertools.chain([first], rows) if first is not None else iter(())
        if as_csv:
            writer = csv.writer(out, lineterminator="\n")
            writer.writerow([column.name for column in report.columns])
            writer.writerows([_plain(each, exponent) for each in _cells(report, row)] for row in found)
        elif first is not None:
            figures = Figures(store.locale if store is not None else "en", exponent)
            out.writelines(line + "\n" for line in _lines(db, report, period, found, figures, store))
    return first is not None


def nothing_to_report(period: Period) -> str:
    """What is said where a report has no rows."""
    return _("There is nothing to report from {first} to {last}.").format(
        first=period.first, last=period.last
    )


def _books(db: Connection, store: StoreRow | None) -> Books:
    """A set that can no longer be read costs its names, never the report."""
    programs = decode_program_set(no_programs(store.currency if store is not None else "XXX"))
    for data in reversed(kept_program_sets(db)):
        with suppress(LoyaltyError):
            programs = decode_program_set(data)
    return Books(db, programs, store.locale if store is not None else "en")


def _lines(
    db: Connection,
    report: Report,
    period: Period,
    rows: Iterable[Row],
    figures: Figures,
    store: StoreRow | None,
) -> Iterator[str]:
    register = read_register(db)
    yield _("{store}, {register}, {first} to {last}: {about}").format(
        store=store.name if store is not None else "",
        register=register.name if register is not None else "",
        first=period.first,
        last=period.last,
        about=report.about,
    )
    if store is not None and any(column.form == "money" for column in report.columns):
        yield _("Amounts are in {currency}.").format(currency=store.currency)
    yield ""
    headings = [Heading(column.title, column.form in ("money", "count")) for column in report.columns]
    yield from table(headings, _shown_with_totals(report, rows, figures))


def _shown_with_totals(report: Report, rows: Iterable[Row], figures: Figures) -> Iterator[list[str]]:
    totals = [0] * len(report.columns)
    for row in rows:
        for place, (column, cell) in enumerate(zip(report.columns, row, strict=True)):
            if column.summed and isinstance(cell, int):
                totals[place] += cell
        yield [_shown(each, figures) for each in _cells(report, row)]
    if any(column.summed for column in report.columns):
        shown = [
            _shown((column, total), figures) if column.summed else ""
            for column, total in zip(report.columns, totals, strict=True)
        ]
        yield [shown[0] or _("Total"), *shown[1:]]


def _cells(report: Report, row: Row) -> Iterator[tuple[Column, Cell]]:
    return zip(report.columns, row, strict=True)


def _shown(cell: tuple[Column, Cell], figures: Figures) -> str:
    column, value = cell
    if isinstance(value, datetime.date):
        return value.isoformat()
    if isinstance(value, int):
        return figures.money(value) if column.form == "money" else figures.points(value)
    return value


def _plain(cell: tuple[Column, Cell], exponent: int) -> str:
    """ISO dates, decimals with a point and as many digits as the currency has; never grouped."""
    column, value = cell
    if isinstance(value, datetime.date):
        return value.isoformat()
    if isinstance(value, int) and column.form == "money":
        return f"{Decimal(value).scaleb(-exponent):f}"
    return str(value)
