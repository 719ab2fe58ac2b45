"""`returns`: each return and void of the period, with who, when and why."""

from __future__ import annotations

from collections.abc import Iterator
from gettext import gettext as _

from agent.service.period import Period
from agent.service.reports.entries import backs_of
from agent.service.reports.report import Books, Cell, Column, Report, count, money
from sync.wire.entries import VoidEntry


def returns() -> Report:
    """A row for each, in the order in which they were made. Units count pieces, weighed goods are one each; a void has none,
    since it takes back the whole sale."""
    return Report(
        _("every return and void, with its reason and who made it"),
        (
            Column("date", _("Date"), "date"),
            Column("receipt", _("Receipt")),
            Column("of_receipt", _("Of sale")),
            Column("what", _("What")),
            Column("operator", _("Who")),
            Column("reason", _("Reason")),
            count("units", _("Units")),
            money("refund", _("Refund")),
            money("deducted", _("Deducted")),
        ),
        _rows,
    )


def _rows(books: Books, period: Period) -> Iterator[tuple[Cell, ...]]:
    for entry in backs_of(books.db, period):
        if isinstance(entry, VoidEntry):
            what, units, refund, deducted = "void", 0, entry.total_minor, 0
        else:
            what, refund, deducted = "return", entry.refund_minor, entry.deducted_minor
            units = sum(span.count for line in entry.lines for span in line.units)
        yield (
            entry.stamp.business_date,
            entry.receipt_number,
            entry.sale.receipt_number,
            what,
            entry.operator.name,
            entry.reason,
            units,
            refund,
            deducted,
        )
