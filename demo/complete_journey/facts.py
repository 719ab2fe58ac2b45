"""What is true of all 155,848 baskets: sizes, oddities, and how many lines differ from the price book.

`python -m demo.complete_journey.facts` prints it.
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields

from demo.complete_journey.cache import unpacked
from demo.complete_journey.goods import is_measured_fuel, is_weighed
from demo.complete_journey.oddities import Oddities
from demo.complete_journey.price_book import PriceBook
from demo.complete_journey.source import Source, SourceLine


@dataclass(slots=True)
class Overrides:
    """Lines that differ from the price book; `with_company` is how many could differ at all (see PriceBook)."""

    shelf_goods: int = 0
    weighed_goods: int = 0
    fuel: int = 0
    without_quantity: int = 0
    with_company: int = 0

    @property
    def total(self) -> int:
        return self.shelf_goods + self.weighed_goods + self.fuel + self.without_quantity


@dataclass(slots=True)
class Facts:
    """All of the data."""

    baskets: int = 0
    households: int = 0
    stores: int = 0
    lines: int = 0
    oddities: Oddities = field(default_factory=Oddities)
    overrides: Overrides = field(default_factory=Overrides)

    @property
    def override_share(self) -> float:
        return self.overrides.total / self.lines


def measure(source: Source) -> Facts:
    """Read everything once, store by store and week by week."""
    size = source.size()
    facts = Facts(size.baskets, size.households, size.stores, size.lines)
    for store_id in source.stores():
        for _week, lines in source.lines_by_week(store_id):
            for line in lines:
                facts.oddities.count_line(line, source.product(line.product_id))
                facts.overrides.without_quantity += bool(line.sales_minor and not line.quantity)
            book = PriceBook(lines, source.product)
            for companions in book.companions():
                _count_overrides(facts.overrides, source, book, companions)
    facts.oddities.coupon_excess_baskets = len(source.with_coupon_excess())
    return facts


def _count_overrides(overrides: Overrides, source: Source, book: PriceBook, lines: list[SourceLine]) -> None:
    overrides.with_company += len(lines)
    differing = [line for line in lines if book.verdict(line) == "override"]
    for line in differing:
        product = source.product(line.product_id)
        if is_weighed(product):
            overrides.weighed_goods += 1
        elif is_measured_fuel(product, line):
            overrides.fuel += 1
        else:
            overrides.shelf_goods += 1


def main() -> None:
    source = Source(unpacked())
    facts = measure(source)
    source.close()
    for name in ("baskets", "households", "stores", "lines"):
        print(f"{name:34} {getattr(facts, name):>12,}")
    for part in (facts.oddities, facts.overrides):
        for one in fields(part):
            name = f"{type(part).__name__.lower()}: {one.name.replace('_', ' ')}"
            print(f"{name:34} {getattr(part, one.name):>12,}")
    print(f"{'overrides in all':34} {facts.overrides.total:>12,}")
    print(f"{'overrides, share of all lines':34} {facts.override_share:>12.2%}")


if __name__ == "__main__":
    main()
