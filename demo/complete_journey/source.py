"""The real baskets, read from the unpacked cache: who bought what, where and when, to the cent.

Nothing is corrected here: quantities of 0, values of 0 and products without a name come out as they are.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Final, NamedTuple

import pysqlite3 as sqlite3

MEMORY_MAP_BYTES: Final = 256 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Product:
    """What the catalog says; all texts are empty for a product that is not in it (`listed` is False).

    `pairs` counts two single pieces sold in one store and week, over all stores; `alike` those that cost the same.
    """

    product_id: int
    department: str = ""
    category: str = ""
    type: str = ""
    size: str = ""
    pairs: int = 0
    alike: int = 0
    listed: bool = True


class SourceLine(NamedTuple):
    """One line of a receipt of 2017, amounts in cents.

    `sales_minor` is what the shop received: after the loyalty card's discount (`retail_minor`) and the shop's own match
    of a coupon (`match_minor`), before the manufacturer's coupon (`coupon_minor`), which somebody else pays.
    """

    product_id: int
    quantity: int
    sales_minor: int
    retail_minor: int
    coupon_minor: int
    match_minor: int

    @property
    def regular_minor(self) -> int:
        """What the line costs without a card."""
        return self.sales_minor + self.retail_minor + self.match_minor

    @property
    def card_minor(self) -> int:
        """What the line costs with the card, before the shop's match of a coupon."""
        return self.sales_minor + self.match_minor


@dataclass(frozen=True, slots=True)
class SourceBasket:
    """One visit: `at_ms` is UTC (the data's weeks turn at midnight in New York)."""

    basket_id: int
    household_id: int
    store_id: int
    week: int
    at_ms: int
    lines: tuple[SourceLine, ...]

    @property
    def sales_minor(self) -> int:
        return sum(line.sales_minor for line in self.lines)

    @property
    def coupon_minor(self) -> int:
        return sum(line.coupon_minor for line in self.lines)


@dataclass(frozen=True, slots=True)
class Size:
    """How much data there is."""

    baskets: int
    households: int
    stores: int
    lines: int


class Source:
    """Reads the cache that `cache.unpacked()` made. Not shared between threads."""

    def __init__(self, path: Path) -> None:
        self._db = sqlite3.connect(f"{path.as_uri()}?mode=ro&immutable=1", uri=True)
        self._products: dict[int, Product] = {}
        self._db.execute(f"pragma mmap_size = {MEMORY_MAP_BYTES}")

    def close(self) -> None:
        self._db.close()

    def size(self) -> Size:
        baskets, households, stores, lines = self._db.execute(
            "select count(*), count(distinct household_id), count(distinct store_id), sum(line_count) from basket"
        ).fetchone()
        return Size(baskets, households, stores, lines)

    def stores(self) -> list[int]:
        """Every store, the one with the most baskets first."""
        rows = self._db.execute(
            "select store_id from basket group by store_id order by count(*) desc, store_id"
        )
        return [row[0] for row in rows]

    def busiest_store(self) -> int:
        return self.stores()[0]

    def count(self, store_id: int | None = None) -> int:
        """Baskets of a store, or of all."""
        where, values = _of_store(store_id)
        found: int = self._db.execute(f"select count(*) from basket b {where}", values).fetchone()[0]
        return found

    def totals(self) -> Iterator[tuple[int, int, int, int]]:
        """(basket id, sales and coupons in cents, lines) of every basket, by id."""
        rows: Iterator[tuple[int, int, int, int]] = self._db.execute(
            "select basket_id, sum(sales_minor), sum(coupon_minor), count(*) from line group by basket_id order by 1"
        )
        return rows

    def with_coupon_excess(self) -> list[int]:
        """The ids of baskets whose manufacturer's coupons are worth more than the goods."""
        rows = self._db.execute(
            "select basket_id from line group by basket_id having sum(coupon_minor) > sum(sales_minor)"
        )
        return [row[0] for row in rows]

    def basket(self, basket_id: int) -> SourceBasket:
        """One basket. Raises KeyError for an id that the data does not have."""
        head = self._db.execute(
            "select basket_id, household_id, store_id, week, at_ms from basket where basket_id = ?",
            (basket_id,),
        ).fetchone()
        if head is None:
            raise KeyError(basket_id)
        _basket_id, household_id, store_id, week, at_ms = head
        return SourceBasket(basket_id, household_id, store_id, week, at_ms, self._lines(basket_id))

    def baskets(
        self, store_id: int | None = None, *, skip: int = 0, limit: int | None = None
    ) -> Iterator[SourceBasket]:
        """Baskets in time order (ties by id), of one store or of all."""
        where, values = _of_store(store_id)
        heads = self._db.execute(
            "select b.basket_id, b.household_id, b.store_id, b.week, b.at_ms from basket b "
            f"{where} order by b.at_ms, b.basket_id limit ? offset ?",
            (*values, -1 if limit is None else limit, skip),
        )
        for basket_id, household_id, store, week, at_ms in heads:
            yield SourceBasket(basket_id, household_id, store, week, at_ms, self._lines(basket_id))

    def lines_by_week(self, store_id: int) -> Iterator[tuple[int, list[SourceLine]]]:
        """(week, its lines) of a store, in time order."""
        rows = self._db.execute(
            "select b.week, l.product_id, l.quantity, l.sales_minor, l.retail_minor, l.coupon_minor, l.match_minor "
            "from basket b join line l using (basket_id) where b.store_id = ? "
            "order by b.week, b.at_ms, b.basket_id, l.line_no",
            (store_id,),
        )
        for week, of_week in groupby(rows, key=itemgetter(0)):
            yield week, [SourceLine._make(row[1:]) for row in of_week]

    def lines_of_week(self, store_id: int, week: int) -> list[SourceLine]:
        """Every line that a store sold in a week, in time order."""
        rows = self._db.execute(
            "select l.product_id, l.quantity, l.sales_minor, l.retail_minor, l.coupon_minor, l.match_minor "
            "from basket b join line l using (basket_id) where b.store_id = ? and b.week = ? "
            "order by b.at_ms, b.basket_id, l.line_no",
            (store_id, week),
        )
        return [SourceLine._make(row) for row in rows]

    def product(self, product_id: int) -> Product:
        """What the catalog says of a product, nothing for one that it does not list."""
        found = self._products.get(product_id)
        if found is None:
            row = self._db.execute(
                "select product_id, department, category, type, size, pairs, alike from product where product_id = ?",
                (product_id,),
            ).fetchone()
            found = Product(*row) if row else Product(product_id, listed=False)
            self._products[product_id] = found
        return found

    def households(self, store_id: int | None = None, first: int | None = None) -> list[int]:
        """Who bought in a store (or anywhere), in its first baskets where `first` says how many."""
        where, values = _of_store(store_id)
        rows = self._db.execute(
            f"select distinct household_id from (select b.household_id from basket b {where} "
            "order by b.at_ms, b.basket_id limit ?) order by 1",
            (*values, -1 if first is None else first),
        )
        return [row[0] for row in rows]

    def _lines(self, basket_id: int) -> tuple[SourceLine, ...]:
        rows = self._db.execute(
            "select product_id, quantity, sales_minor, retail_minor, coupon_minor, match_minor "
            "from line where basket_id = ? order by line_no",
            (basket_id,),
        )
        return tuple(map(SourceLine._make, rows))


def _of_store(store_id: int | None) -> tuple[str, tuple[int, ...]]:
    return ("", ()) if store_id is None else ("where b.store_id = ?", (store_id,))
