"""`gifts`: what was handed out for nothing, by item and program."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from gettext import gettext as _

from agent.service.period import Period
from agent.service.reports.entries import sales_of
from agent.service.reports.report import Books, Cell, Column, Report, count, money
from agent.store.catalog import find_item


@dataclass(slots=True)
class _Gifts:
    sales: int = 0
    units: int = 0
    value_minor: int = 0


def gifts() -> Report:
    """Gifts of voided sales were taken back, so they are not counted. Their value is what the program says."""
    return Report(
        _("gifts handed out, by item and program"),
        (
            Column("item", _("Item")),
            Column("item_name", _("Name")),
            Column("program", _("Program")),
            Column("sales", _("Sales"), "count"),
            count("units", _("Units")),
            money("value", _("Value")),
        ),
        _rows,
    )


def _rows(books: Books, period: Period) -> Iterator[tuple[Cell, ...]]:
    found: defaultdict[tuple[str, str], _Gifts] = defaultdict(_Gifts)
    for sale, entry in sales_of(books.db, period):
        for gift in entry.gifts if not sale.voided else ():
            one = found[gift.item_code, gift.program_id]
            one.sales += 1
            one.units += gift.units
            one.value_minor += gift.value_minor
    for (item_code, program_id), one in sorted(found.items(), key=lambda item: item[0]):
        item = find_item(books.db, item_code)
        name = item.name if item is not None else ""
        yield item_code, name, program_id, one.sales, one.units, one.value_minor
