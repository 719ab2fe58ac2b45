"""`points`, `stamps` and `cashback`: what was earned and spent, and what came back, by ledger unit and program."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from gettext import gettext as _

from agent.domain.ledger import is_money, is_points, is_stamps
from agent.service.period import Period
from agent.service.reports.entries import backs_of, sales_of
from agent.service.reports.report import Books, Column, Report, money


@dataclass(slots=True)
class _Moved:
    sales: int = 0
    earned: int = 0
    spent: int = 0
    given_back: int = 0
    taken_back: int = 0


def points() -> Report:
    """Points only; stamps have a report of their own. There is no total: points of two programs are two things."""
    return _report(_("points earned, spent, given back and taken back, by program"), is_points)


def stamps() -> Report:
    """The same for the stamps of cards."""
    return _report(_("stamps earned, spent, given back and taken back, by program"), is_stamps)


def cashback() -> Report:
    """What came into wallets; what wallets paid is among the tenders."""
    return Report(
        _("cashback given and taken back, by program"),
        (
            Column("program", _("Program")),
            Column("name", _("Name")),
            Column("sales", _("Sales"), "count"),
            money("given", _("Given")),
            money("taken_back", _("Taken back")),
            money("net", _("Net")),
        ),
        lambda books, period: (
            (program_id, name, sales, earned, taken_back, earned - taken_back)
            for _unit, program_id, name, sales, earned, _spent, _back, taken_back, _net in _rows(
                books, period, is_money
            )
        ),
    )


def _report(about: str, is_wanted: Callable[[str], bool]) -> Report:
    return Report(
        about,
        (
            Column("unit", _("Unit")),
            Column("program", _("Program")),
            Column("name", _("Name")),
            Column("sales", _("Sales"), "count"),
            Column("earned", _("Earned"), "count"),
            Column("spent", _("Spent"), "count"),
            Column("given_back", _("Given back"), "count"),
            Column("taken_back", _("Taken back"), "count"),
            Column("net", _("Net"), "count"),
        ),
        lambda books, period: _rows(books, period, is_wanted),
    )


def _rows(
    books: Books, period: Period, is_wanted: Callable[[str], bool]
) -> Iterator[tuple[str, str, str, int, int, int, int, int, int]]:
    found: defaultdict[tuple[str, str], _Moved] = defaultdict(_Moved)
    for _sale, entry in sales_of(books.db, period):
        for earned in entry.earned:
            one = found[earned.unit, earned.program_id]
            one.sales += 1
            one.earned += earned.points
        for spent in entry.spent:
            one = found[spent.unit, spent.program_id]
            one.sales += 1
            one.spent += spent.points
    for undone in backs_of(books.db, period):
        for back in undone.given_back:
            found[back.unit, back.program_id].given_back += back.points
        for back in undone.taken_back:
            found[back.unit, back.program_id].taken_back += back.points
    for (unit, program_id), one in sorted(found.items(), key=lambda item: item[0]):
        if is_wanted(unit):
            yield (
                unit,
                program_id,
                books.title(program_id),
                one.sales,
                one.earned,
                one.spent,
                one.given_back,
                one.taken_back,
                one.earned + one.given_back - one.spent - one.taken_back,
            )
