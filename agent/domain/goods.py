"""Which goods a rule is about: by category, by item code, or everything.

Deposits are never goods of a rule. Lines that the law or the shop keeps out of discounts or of points are left
out where it matters, by the flags of the line.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from functools import lru_cache
from itertools import chain
from typing import Annotated, Final, Literal

import msgspec

from agent.domain.basket import Line

MAX_SELECTED: Final = 5_000

Purpose = Literal["discount", "points"]
# An item code, or the beginning of a category path.
GoodsKey = str | tuple[str, ...]
Name = Annotated[str, msgspec.Meta(min_length=1, max_length=64)]
CategoryPath = Annotated[tuple[Name, ...], msgspec.Meta(min_length=1, max_length=8)]


class Goods(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, kw_only=True):
    """Items with one of these codes or in one of these categories (a path's beginning counts); empty is all goods."""

    categories: Annotated[tuple[CategoryPath, ...], msgspec.Meta(max_length=MAX_SELECTED)] = ()
    items: Annotated[tuple[Name, ...], msgspec.Meta(max_length=MAX_SELECTED)] = ()

    @property
    def everything(self) -> bool:
        return not self.categories and not self.items


ALL_GOODS: Final = Goods()


class GoodsFinder:
    """Finds the lines of one basket that a rule is about, by index instead of by asking every line.

    Positions are places in `lines`; the answer to one selector is kept for the next rule that asks.
    """

    def __init__(self, lines: Sequence[Line]) -> None:
        self._by_key: dict[GoodsKey, list[int]] = {}
        self._lines = len(lines)
        self._open: dict[Purpose, frozenset[int]] = {
            "discount": frozenset(
                place for place, line in enumerate(lines) if line.discountable and not line.deposit
            ),
            "points": frozenset(place for place, line in enumerate(lines) if line.earns and not line.deposit),
        }
        self._all: dict[Purpose, tuple[int, ...]] = {
            purpose: tuple(sorted(places)) for purpose, places in self._open.items()
        }
        # By identity, which is quicker than by value; the selector is kept, so that no other one can take its place.
        self._found: dict[tuple[int, Purpose], tuple[Goods, tuple[int, ...]]] = {}
        by_key = self._by_key
        for place, line in enumerate(lines):
            for key in goods_keys(line):
                if key in by_key:
                    by_key[key].append(place)
                else:
                    by_key[key] = [place]

    @property
    def keys(self) -> Collection[GoodsKey]:
        """Every item code and category beginning in this basket."""
        return self._by_key.keys()

    def places(self, goods: Goods, purpose: Purpose) -> tuple[int, ...]:
        """The positions of the lines concerned, ascending."""
        wanted = (id(goods), purpose)
        found = self._found.get(wanted)
        if found is None:
            found = self._found[wanted] = (goods, self._places(goods, purpose))
        return found[1]

    def _places(self, goods: Goods, purpose: Purpose) -> tuple[int, ...]:
        if goods.everything:
            return self._all[purpose]
        by_key = self._by_key
        found = [by_key[key] for key in goods.items if key in by_key]
        found += [by_key[path] for path in goods.categories if path in by_key]
        if not found:
            return ()
        if len(found) == 1:
            # Lines stand under each key in ascending order.
            met = found[0]
            if len(self._all[purpose]) < self._lines:
                opened = self._open[purpose]
                met = [place for place in met if place in opened]
            return tuple(met)
        return tuple(sorted(self._open[purpose].intersection(chain.from_iterable(found))))


def goods_keys(line: Line) -> tuple[GoodsKey, ...]:
    """The keys under which a selector can name this line: its item code and every beginning of its category."""
    return (line.item_code, *_beginnings(line.category))


@lru_cache(maxsize=4_096)
def _beginnings(path: tuple[str, ...]) -> tuple[tuple[str, ...], ...]:
    return tuple(path[:length] for length in range(1, len(path) + 1))


def selector_keys(goods: Goods) -> tuple[GoodsKey, ...]:
    """The keys that a selector names; none when it is about everything."""
    return (*goods.items, *goods.categories)
