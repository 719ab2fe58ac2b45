"""A pilot in some stores beside the other stores, and both beside the same number of days before.

Nobody drew the stores by lot, so this describes what happened and proves nothing: no interval is given.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from django.db import connection

LEAST_PURCHASES: Final = 10
# A longer pilot is compared over its newest days, so that the days before are not of another year's habits.
MOST_DAYS: Final = 182

# Leaves out sales that were voided.
_COUNTS: Final = """
    sale.state <> 'quarantined' AND store.currency = %s AND sale.business_date BETWEEN %s AND %s
        AND NOT EXISTS (SELECT 1 FROM sale_return void WHERE void.sale_chain_id = sale.chain_id
            AND void.sale_seq = sale.seq AND void.kind = 3 AND void.state <> 'quarantined')
"""
_SOLD: Final = """
    SELECT sale.store_id, COUNT(*), SUM(sale.total_minor), SUM(sale.discount_minor), COUNT(sale.account_id) FROM sale
    JOIN store ON store.store_id = sale.store_id
    WHERE {counts} GROUP BY sale.store_id
"""
_CAME_BACK: Final = """
    SELECT sale.store_id, 0, -SUM(back.refund_minor), 0, 0 FROM sale_return back
    JOIN sale ON sale.chain_id = back.sale_chain_id AND sale.seq = back.sale_seq
    JOIN store ON store.store_id = sale.store_id
    WHERE {counts} AND back.kind = 2 AND back.state <> 'quarantined' GROUP BY sale.store_id
"""
_DISCOUNTS_BACK: Final = """
    SELECT sale.store_id, 0, 0, -SUM(part.discount_minor), 0 FROM program_part part
    JOIN sale ON sale.chain_id = part.sale_chain_id AND sale.seq = part.sale_seq
    JOIN store ON store.store_id = sale.store_id
    WHERE {counts} AND part.came_back = %s GROUP BY sale.store_id
"""


@dataclass(frozen=True, slots=True)
class Trade:
    """What a group of stores sold in a period; money in minor units.

    Voided sales are left out. What came back is taken off both amounts; the purchase stays one.
    """

    purchases: int = 0
    sold_minor: int = 0
    discount_minor: int = 0
    by_members: int = 0

    def __add__(self, other: Trade) -> Trade:
        return Trade(
            self.purchases + other.purchases,
            self.sold_minor + other.sold_minor,
            self.discount_minor + other.discount_minor,
            self.by_members + other.by_members,
        )


@dataclass(frozen=True, slots=True)
class Beside:
    """A group of stores before and since. Only stores that sold in both periods are in it."""

    stores: int
    before: Trade
    since: Trade

    @property
    def change(self) -> Decimal | None:
        """How much more was sold than before, 0.05 for 5 %; None with too few purchases for a figure."""
        if min(self.before.purchases, self.since.purchases) < LEAST_PURCHASES or self.before.sold_minor <= 0:
            return None
        return Decimal(self.since.sold_minor) / self.before.sold_minor - 1


@dataclass(frozen=True, slots=True)
class Pilots:
    """Both groups with their days: `days` before `first`, and from `first` to `last`."""

    first: datetime.date
    last: datetime.date
    days: int
    pilot: Beside
    others: Beside

    @property
    def apart(self) -> Decimal | None:
        """The pilot's change less the others'."""
        if self.pilot.change is None or self.others.change is None:
            return None
        return self.pilot.change - self.others.change


def compare(stores: Iterable[str], currency: str, first: datetime.date, last: datetime.date) -> Pilots | None:
    """The pilot's stores beside all others; None before the first whole day is over."""
    if last < first:
        return None
    first = max(first, last - datetime.timedelta(days=MOST_DAYS - 1))
    days = (last - first).days + 1
    since = _by_store(currency, first, last)
    before = _by_store(currency, first - datetime.timedelta(days=days), first - datetime.timedelta(days=1))
    sold_in_both = since.keys() & before.keys()
    inside = sold_in_both & set(stores)
    return Pilots(
        first, last, days, _beside(inside, before, since), _beside(sold_in_both - inside, before, since)
    )


def _beside(stores: set[str], before: dict[str, Trade], since: dict[str, Trade]) -> Beside:
    return Beside(
        len(stores),
        sum((before[store] for store in stores), Trade()),
        sum((since[store] for store in stores), Trade()),
    )


def _by_store(currency: str, first: datetime.date, last: datetime.date) -> dict[str, Trade]:
    """store_id -> its sales of these days, without the goods that have come back of them by now."""
    found: dict[str, Trade] = {}
    with connection.cursor() as cursor:
        for query, further in ((_SOLD, ()), (_CAME_BACK, ()), (_DISCOUNTS_BACK, (True,))):
            cursor.execute(query.format(counts=_COUNTS), [currency, first, last, *further])
            for store, *figures in cursor.fetchall():
                found[store] = found.get(store, Trade()) + Trade(*(int(figure) for figure in figures))
    return found
