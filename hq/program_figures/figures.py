"""The figures of a period: each program in each currency, what it gave, and what came back of it.

Amounts are read from the days' sums. Members are counted from the entries' own rows, each account once, under the
account that it belongs to now.
"""

from __future__ import annotations

import datetime
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any, Final

from django.db import connection

from hq.program_figures.given import Given

# Nobody reads more of it at once, and so many days are added up in a moment.
MOST_DAYS: Final = 1100
# Cells of fewer members are not shown: figures of the few are figures of persons.
LEAST_MEMBERS: Final = 10

_SUMS: Final = """
    SELECT day.program_id, store.currency, day.came_back, SUM(day.uses), SUM(day.discount_minor), SUM(day.points_given),
        SUM(day.points_taken), SUM(day.coupons_issued), SUM(day.coupons_redeemed), SUM(day.gift_units),
        SUM(day.cashback_minor)
    FROM program_day day JOIN store ON store.store_id = day.store_id
    WHERE day.business_date BETWEEN %s AND %s AND (%s = '' OR day.store_id = %s)
    GROUP BY day.program_id, store.currency, day.came_back
"""
# A voided sale reached nobody: its uses add up to none.
_MEMBERS: Final = """
    SELECT program_id, currency, COUNT(*) FROM (
        SELECT part.program_id, store.currency, COALESCE(alias.account_id, part.account_id) AS owner
        FROM program_part part JOIN store ON store.store_id = part.store_id
        LEFT JOIN alias ON alias.provisional_id = part.account_id
        WHERE part.business_date BETWEEN %s AND %s AND (%s = '' OR part.store_id = %s)
            AND part.account_id IS NOT NULL AND part.came_back = %s
        GROUP BY part.program_id, store.currency, COALESCE(alias.account_id, part.account_id) HAVING SUM(part.uses) > 0
    ) AS reached GROUP BY program_id, currency
"""
_DAYS: Final = """
    SELECT day.program_id, store.currency, day.business_date, SUM(day.uses)
    FROM program_day day JOIN store ON store.store_id = day.store_id
    WHERE day.business_date BETWEEN %s AND %s AND (%s = '' OR day.store_id = %s) AND day.came_back = %s
    GROUP BY day.program_id, store.currency, day.business_date
"""


@dataclass(frozen=True, slots=True)
class Period:
    """Business dates, both included; `store_id` is empty for all stores."""

    first: datetime.date
    last: datetime.date
    store_id: str = ""

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1


@dataclass(slots=True)
class ProgramFigures:
    """One program in one currency. `given` leaves voided sales out; `back` is what returns took back of anything."""

    program_id: str
    currency: str
    given: Given = field(default_factory=Given)
    back: Given = field(default_factory=Given)
    members: int = 0

    @property
    def net(self) -> Given:
        """What stayed with the customers."""
        pairs = zip(self.given.amounts, self.back.amounts, strict=True)
        return Given(*(given - back for given, back in pairs))


def figures(period: Period) -> list[ProgramFigures]:
    """Every program that gave something or took something back in the period, by its id."""
    found: dict[tuple[str, str], ProgramFigures] = {}
    for program_id, currency, came_back, *amounts in _rows(_SUMS, period):
        which = (program_id, currency)
        one = found.setdefault(which, ProgramFigures(*which))
        # SQL's sums may come as decimals.
        sums = Given(*(int(amount) for amount in amounts))
        if came_back:
            one.back = sums
        else:
            one.given = sums
    for program_id, currency, members in _rows(_MEMBERS, period, False):
        if (program_id, currency) in found:
            found[program_id, currency].members = int(members)
    return [one for _which, one in sorted(found.items()) if one.given or one.back]


def uses_by_day(period: Period) -> dict[tuple[str, str], dict[datetime.date, int]]:
    """(program_id, currency) -> the uses of each day that had any."""
    found: defaultdict[tuple[str, str], dict[datetime.date, int]] = defaultdict(dict)
    for program_id, currency, on, uses in _rows(_DAYS, period, False):
        if uses:
            found[program_id, currency][_day(on)] = int(uses)
    return dict(found)


def _day(value: Any) -> datetime.date:
    """SQLite gives a date as text."""
    return value if isinstance(value, datetime.date) else datetime.date.fromisoformat(str(value))


def _rows(query: str, period: Period, *further: bool) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(query, [period.first, period.last, period.store_id, period.store_id, *further])
        return list(cursor.fetchall())
