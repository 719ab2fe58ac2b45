"""`regulars-hq report programs`: the figures on a terminal, aligned for people or as CSV for other programs."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from gettext import gettext as _
from gettext import ngettext
from typing import Final, TextIO

from agent.domain.errors import LoyaltyError
from agent.domain.money import plain_amount
from hq.devices.models import Store
from hq.program_figures.as_csv import write_csv
from hq.program_figures.columns import COLUMNS
from hq.program_figures.figures import LEAST_MEMBERS, MOST_DAYS, Period, ProgramFigures, figures
from hq.program_figures.names import names_of

_GAP: Final = "  "
_LANGUAGE: Final = "en"


def report_programs(first: str, last: str, store_id: str, *, as_csv: bool, out: TextIO) -> bool:
    """Write the report to `out`; whether there was anything to report. Raises LoyaltyError for wrong words."""
    period = _period(first, last, store_id)
    found = figures(period)
    names = names_of({one.program_id for one in found})
    exponents = dict(Store.objects.values_list("currency", "currency_exponent"))
    if as_csv:
        write_csv(out, found, names, exponents, _LANGUAGE)
    elif found:
        rows = [_row(one, exponents.get(one.currency, 2)) for one in found]
        heads = [_("Program"), *(str(column.title) for column in COLUMNS), _("Members")]
        out.writelines(f"{line}\n" for line in _table(heads, rows))
    return bool(found)


def _row(one: ProgramFigures, exponent: int) -> list[str]:
    cells = [
        f"{plain_amount(column.net(one), exponent)} {one.currency}"
        if column.is_money
        else str(column.net(one))
        for column in COLUMNS
    ]
    return [one.program_id, *cells, _("few") if 0 < one.members < LEAST_MEMBERS else str(one.members)]


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    """The first column at the left, figures at the right."""
    widths = [max(map(len, column)) for column in zip(heads, *rows, strict=True)]
    lines = [heads, ["-" * width for width in widths], *rows]
    return [
        _GAP.join(
            cell.rjust(width) if place else cell.ljust(width)
            for place, (cell, width) in enumerate(zip(line, widths, strict=True))
        )
        for line in lines
    ]


def _period(first: str, last: str, store_id: str) -> Period:
    period = Period(_date("--from", first), _date("--to", last), store_id)
    if store_id and not Store.objects.filter(pk=store_id).exists():
        raise LoyaltyError(
            _("HQ has no store {store}.").format(store=store_id),
            _("Check its id, or leave --store out for all of them."),
            code="no_store",
        )
    if period.last < period.first:
        raise LoyaltyError(
            _("--to {last} is before --from {first}.").format(last=period.last, first=period.first),
            _("Turn them round."),
            code="bad_period",
        )
    if period.days > MOST_DAYS:
        said = ngettext("A report has {most} day at most.", "A report has {most} days at most.", MOST_DAYS)
        raise LoyaltyError(said.format(most=MOST_DAYS), _("Ask for it in parts."), code="bad_period")
    return period


def _date(option: str, text: str) -> datetime.date:
    try:
        # Only the one form: 20261122 and 2026-W47-7 are dates for Python.
        day = datetime.date.fromisoformat(text)
    except ValueError:
        day = None
    if day is None or day.isoformat() != text:
        raise LoyaltyError(
            _("{option} {text} is not a date.").format(option=option, text=text[:40]),
            _("Write it like 2026-11-22."),
            code="bad_period",
        )
    return day
