"""What programs gave, by program and period: a table with small pictures, and the same as a file."""

from __future__ import annotations

import datetime
import io
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlencode

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from hq import clock
from hq.console import words
from hq.console.program_pages import KINDS
from hq.console.program_pictures import Spark, bar_width, spark
from hq.devices.models import Store
from hq.program_figures.as_csv import write_csv
from hq.program_figures.columns import COLUMNS, Column
from hq.program_figures.earlier import is_counting
from hq.program_figures.figures import (
    LEAST_MEMBERS,
    MOST_DAYS,
    Period,
    ProgramFigures,
    figures,
    uses_by_day,
)
from hq.program_figures.names import ProgramName, names_of

MAY_SEE: Final = "program_figures.view_programday"
PAGE: Final = 50
# What the page opens with: these last days.
DAYS: Final = 28
DEFAULT_SORT: Final = "-discount"
# What a program never gives is no zero.
NONE: Final = "–"


@dataclass(frozen=True, slots=True)
class Cell:
    """A figure without what came back; `back` says how much did. `bar`: its width beside the others."""

    text: str
    back: str
    bar: int | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """A program in one currency."""

    title: str
    about: str
    uses: Spark
    cells: tuple[Cell, ...]
    members: str


@dataclass(frozen=True, slots=True)
class Head:
    """A column's title, where clicking it leads, and whether the table is sorted by it: `up`, `down` or neither."""

    title: str
    url: str
    sorted: str
    number: bool = True


@dataclass(frozen=True, slots=True)
class _Asked:
    """What the reader asked for: days that are none are said in `problem`, and the usual ones taken."""

    period: Period
    sort: str
    problem: str

    def query(self, **changed: str) -> str:
        told = {
            "from": self.period.first.isoformat(),
            "to": self.period.last.isoformat(),
            "store": self.period.store_id,
            "sort": self.sort,
            **changed,
        }
        return urlencode(told)


@dataclass(frozen=True, slots=True)
class _Found:
    """The figures with what they are told by."""

    lines: list[ProgramFigures]
    names: dict[str, ProgramName]
    exponents: dict[str, int]


def program_figures_context(request: HttpRequest) -> dict[str, Any]:
    """What the page shows. Raises PermissionDenied."""
    asked = _asked(request)
    found = _found(asked)
    page = Paginator(found.lines, PAGE).get_page(request.GET.get("p"))
    columns = [
        column for column in COLUMNS if not column.is_rare or any(column.net(one) for one in found.lines)
    ]
    uses = uses_by_day(asked.period) if found.lines else {}
    most = _most(found.lines)
    address = reverse("admin:program_figures")
    return {
        "title": _("What programs gave"),
        "first": asked.period.first.isoformat(),
        "last": asked.period.last.isoformat(),
        "store": asked.period.store_id,
        "sort": asked.sort,
        "stores": Store.objects.order_by("name").values_list("store_id", "name"),
        "problem": asked.problem,
        "counting": is_counting(),
        "heads": _heads(asked, columns, address),
        "rows": [_row(one, found, asked, columns, uses, most) for one in page.object_list],
        "page": page,
        "next_page": f"{address}?{asked.query(p=str(page.next_page_number()))}" if page.has_next() else "",
        "previous_page": f"{address}?{asked.query(p=str(page.previous_page_number()))}"
        if page.has_previous()
        else "",
        "csv_url": f"{reverse('admin:program_figures_csv')}?{asked.query()}",
        "few": _("Fewer than {least} members are shown as “few”.").format(least=words.whole(LEAST_MEMBERS)),
    }


def program_figures_csv(request: HttpRequest) -> HttpResponse:
    """The same as a file, all pages of it. Raises PermissionDenied."""
    asked = _asked(request)
    if asked.problem:
        return HttpResponse(asked.problem, status=400, content_type="text/plain; charset=utf-8")
    found = _found(asked)
    into = io.StringIO()
    write_csv(into, found.lines, found.names, found.exponents, words.language())
    name = f"programs-{asked.period.first}-{asked.period.last}.csv"
    return HttpResponse(
        into.getvalue(),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def _asked(request: HttpRequest) -> _Asked:
    if not request.user.has_perm(MAY_SEE):
        raise PermissionDenied
    last = clock.at(clock.now_ms()).date()
    usual = Period(last - datetime.timedelta(days=DAYS - 1), last, _store(request))
    sort = request.GET.get("sort", "")
    if sort.removeprefix("-") not in {"program", "members", *(column.name for column in COLUMNS)}:
        sort = DEFAULT_SORT
    try:
        asked = Period(
            _day(request.GET.get("from", ""), usual.first),
            _day(request.GET.get("to", ""), usual.last),
            usual.store_id,
        )
    except ValueError:
        return _Asked(usual, sort, _("A day is written as 2026-11-23."))
    if asked.last < asked.first:
        return _Asked(usual, sort, _("The last day is before the first. Turn them round."))
    if asked.days > MOST_DAYS:
        said = ngettext(
            "Choose {most} day at most.", "Choose {most} days at most.", MOST_DAYS
        ).format(most=words.whole(MOST_DAYS))  # fmt: skip
        return _Asked(usual, sort, said)
    return _Asked(asked, sort, "")


def _store(request: HttpRequest) -> str:
    """A store that there is; anything else is all of them."""
    asked = request.GET.get("store", "")
    return asked if Store.objects.filter(pk=asked).exists() else ""


def _day(text: str, otherwise: datetime.date) -> datetime.date:
    return datetime.date.fromisoformat(text) if text else otherwise


def _found(asked: _Asked) -> _Found:
    lines = figures(asked.period)
    names = names_of({one.program_id for one in lines})
    backwards = asked.sort.startswith("-")
    by = asked.sort.removeprefix("-")
    language = words.language()

    def order(one: ProgramFigures) -> Any:
        if by == "program":
            return names[one.program_id].title(language).casefold()
        if by == "members":
            return one.members
        return next(column.net(one) for column in COLUMNS if column.name == by)

    # Among equals by what was used most; a program's own id settles the rest.
    lines.sort(key=lambda one: (-one.given.uses, one.program_id))
    lines.sort(key=order, reverse=backwards)
    exponents = dict(Store.objects.values_list("currency", "currency_exponent"))
    return _Found(lines, names, exponents)


def _most(lines: list[ProgramFigures]) -> dict[tuple[str, str], int]:
    """(column, currency) -> the highest amount, beside which the others are drawn."""
    most: dict[tuple[str, str], int] = {}
    for one in lines:
        for column in COLUMNS:
            if column.is_money:
                which = (column.name, one.currency)
                most[which] = max(most.get(which, 0), column.net(one))
    return most


def _heads(asked: _Asked, columns: list[Column], address: str) -> list[Head]:
    told = [("program", _("Program")), *((column.name, str(column.title)) for column in columns)]
    heads = []
    for name, title in [*told, ("members", _("Members"))]:
        down = asked.sort == f"-{name}"
        up = asked.sort == name
        # A name is read from A, a figure from the highest.
        first, second = (name, f"-{name}") if name == "program" else (f"-{name}", name)
        sort = second if asked.sort == first else first
        heads.append(
            Head(
                title,
                f"{address}?{asked.query(sort=sort)}",
                "descending" if down else "ascending" if up else "",
                number=name != "program",
            )
        )
    return heads


def _row(
    one: ProgramFigures,
    found: _Found,
    asked: _Asked,
    columns: list[Column],
    uses: dict[tuple[str, str], dict[datetime.date, int]],
    most: dict[tuple[str, str], int],
) -> Row:
    name = found.names[one.program_id]
    exponent = found.exponents.get(one.currency, 2)
    cells = []
    for column in columns:
        if not column.of(one.given) and not column.of(one.back):
            cells.append(Cell(NONE, ""))
            continue
        net, back = column.net(one), column.of(one.back) if column.comes_back else 0
        bar = bar_width(net, most.get((column.name, one.currency), 0)) if column.is_money else None
        cells.append(Cell(_figure(column, net, one.currency, exponent), _back(column, back, exponent), bar))
    kind = str(KINDS.get(name.kind, name.kind))
    drawn = spark(uses.get((one.program_id, one.currency), {}), asked.period.first, asked.period.days)
    return Row(
        name.title(words.language()),
        f"{one.program_id} · {kind}" if kind else one.program_id,
        drawn,
        tuple(cells),
        _("few") if 0 < one.members < LEAST_MEMBERS else words.whole(one.members),
    )


def _figure(column: Column, amount: int, currency: str, exponent: int) -> str:
    return words.money(amount, exponent, currency) if column.is_money else words.whole(amount)


def _back(column: Column, amount: int, exponent: int) -> str:
    if not amount:
        return ""
    told = words.money(amount, exponent) if column.is_money else words.whole(amount)
    return _("{amount} came back").format(amount=told)
