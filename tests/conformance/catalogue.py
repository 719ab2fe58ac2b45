"""The items of one case: everything that its baskets and programs name, so that a selection can be listed item by item."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final

from tests.conformance.source_lines import ON_SALE, SourceLine
from tests.conformance.source_programs import Selection
from tests.conformance.words import UnknownWord

# Our selectors are about everything where they name nothing; this names something that is never sold.
NOTHING: Final[dict[str, Any]] = {"items": ["(no such item)"]}
# An item that is only given away stands in no basket; cases say its price beside it.
_PRICE_REMARK: Final = re.compile(r"\b([\w-]+) list price (\d+(?:\.\d+)?)")


@dataclass
class Catalogue:
    """`units` is the most units of one item that any basket of the case has, `worth` the largest basket."""

    lines: dict[str, list[SourceLine]] = field(default_factory=dict)
    prices: dict[str, Decimal] = field(default_factory=dict)
    most_units: int = 0
    largest: Fraction = Fraction()

    def goods(self, selection: Selection) -> dict[str, Any]:
        """Our selector for these goods; {} is everything."""
        if not (selection.said or selection.exclude_products or selection.exclude_sale_items):
            return {}
        listed = selection.exclude_products or selection.exclude_sale_items or selection.tag
        if not listed and selection.products is not None and not selection.category:
            items = [code for sku in selection.products for code in self._codes(sku)]
            return {"items": items} if items else NOTHING
        if not listed and selection.products is None:
            return {"categories": [selection.category.split("/")]}
        items = [line.item_code for line in self.selected(selection)]
        return {"items": sorted(set(items))} if items else NOTHING

    def selected(self, selection: Selection) -> list[SourceLine]:
        """Every line of the case that a selection is about."""
        return [line for line in self._all() if _selects(selection, line)]

    def skus(self, selection: Selection) -> tuple[str, ...]:
        """The items of a selection, those too that no basket has."""
        if selection.products is not None:
            return selection.products
        return tuple(dict.fromkeys(line.sku for line in self.selected(selection)))

    def factor(self, selection: Selection) -> Fraction:
        """The one tax factor of these goods. Raises UnknownWord where their taxes differ."""
        factors = {line.factor for line in self.selected(selection)}
        if len(factors) > 1:
            raise UnknownWord("an amount without tax over goods of several tax rates")
        return factors.pop() if factors else Fraction(1)

    def one_each(self, selection: Selection) -> list[dict[str, Any]]:
        """A selector for each item of a selection, where every basket has it on one line at most."""
        return [{"items": list(self._codes(sku))} for sku in self.skus(selection)]

    def price(self, sku: str) -> Decimal | None:
        """The list price of an item, as a basket or a remark says it."""
        known = self.lines.get(sku)
        return known[0].list_price if known else self.prices.get(sku)

    def _codes(self, sku: str) -> list[str]:
        sold = self.lines.get(sku, [])
        return [sku, sku + ON_SALE] if any(line.on_sale for line in sold) else [sku]

    def _all(self) -> Iterable[SourceLine]:
        return (line for lines in self.lines.values() for line in lines)


def catalogue_of(baskets: Sequence[Sequence[SourceLine]], remarks: str) -> Catalogue:
    """Everything that these baskets sell, and the prices in the case's remarks."""
    found = Catalogue(prices={sku: Decimal(price) for sku, price in _PRICE_REMARK.findall(remarks)})
    for lines in baskets:
        seen: set[str] = set()
        for line in lines:
            found.lines.setdefault(line.sku, []).append(line)
            seen.add(line.sku)
        units = [int(line.qty) for line in lines if line.qty == int(line.qty)]
        found.most_units = max(found.most_units, sum(units))
        found.largest = max(found.largest, sum((line.price(net=False) for line in lines), Fraction()))
    return found


def _selects(selection: Selection, line: SourceLine) -> bool:
    if selection.exclude_sale_items and line.on_sale:
        return False
    if line.sku in selection.exclude_products:
        return False
    if selection.products is not None and line.sku not in selection.products:
        return False
    category = tuple(selection.category.split("/")) if selection.category else ()
    if line.category[: len(category)] != category:
        return False
    return not selection.tag or selection.tag in line.tags
