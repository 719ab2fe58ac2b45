"""The figures as CSV for a spreadsheet: amounts as decimals of their currency with a point, no totals."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import TextIO

from hq.program_figures.columns import COLUMNS, Column
from hq.program_figures.figures import LEAST_MEMBERS, ProgramFigures
from hq.program_figures.names import ProgramName


def write_csv(
    out: TextIO,
    found: Iterable[ProgramFigures],
    names: Mapping[str, ProgramName],
    exponents: Mapping[str, int],
    language: str,
) -> None:
    """A line for each program in each currency. Columns keep their names and places; new ones come at the end.

    `members` is empty where there are so few that they are not told.
    """
    writer = csv.writer(out, lineterminator="\n")
    heads = ["program", "kind", "name", "currency"]
    for column in COLUMNS:
        heads += (
            [column.name, f"{column.name}_back", f"{column.name}_net"] if column.comes_back else [column.name]
        )
    writer.writerow([*heads, "members"])
    for one in found:
        name, exponent = names[one.program_id], exponents.get(one.currency, 2)
        cells = [_safe(one.program_id), _safe(name.kind), _safe(name.title(language)), one.currency]
        for column in COLUMNS:
            figures = [column.of(one.given)]
            if column.comes_back:
                figures += [column.of(one.back), column.net(one)]
            cells += [_plain(column, figure, exponent) for figure in figures]
        shown = one.members if one.members == 0 or one.members >= LEAST_MEMBERS else ""
        writer.writerow([*cells, shown])


def _plain(column: Column, figure: int, exponent: int) -> str:
    return f"{Decimal(figure).scaleb(-exponent):f}" if column.is_money else str(figure)


def _safe(text: str) -> str:
    """A spreadsheet takes what begins like this for a formula."""
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text
