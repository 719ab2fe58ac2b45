"""Which goods a rule is about: by category, by item code, or everything.

Deposits are never goods of a rule. Lines that the law or the shop keeps out of discounts or of points are left
out where it matters, by the flags of the line.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
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
        self._open: dict[Purpose, frozenset[int]] = {
            "discount": frozenset(
                place for place, line in enumerate(lines) if line.discountable and not line.deposit
            ),
            "points": frozenset(place for place, line in enumerate(lines) if line.earns and not line.deposit),
        }
        self._all: dict[Purpose, tuple[int, ...]] = {
            purpose: tuple(sorted(places)) for purpose, places in self._open.items()
        }
        self._found: dict[tuple[Goods, Purpose], tuple[int, ...]] = {}
        for place, line in enumerate(lines):
            for key in goods_keys(line):
                self._by_key.setdefault(key, []).append(place)

    @property
    def keys(self) -> frozenset[GoodsKey]:
        """Every item code and category beginning in this basket."""
        return frozenset(self._by_key)

    def places(self, goods: Goods, purpose: Purpose) -> tuple[int, ...]:
        """The positions of the lines concerned, ascending."""
        if goods.everything:
            return self._all[purpose]
        wanted = (goods, purpose)
        found = self._found.get(wanted)
        if found is None:
            met: set[int] = set()
            for key in selector_keys(goods):
                met.update(self._by_key.get(key, ()))
            found = self._found[wanted] = tuple(sorted(met & self._open[purpose]))
        return found


def goods_keys(line: Line) -> tuple[GoodsKey, ...]:
    """The keys under which a selector can name this line: its item code and every beginning of its category."""
    return (line.item_code, *_beginnings(line.category))


@lru_cache(maxsize=4_096)
def _beginnings(path: tuple[str, ...]) -> tuple[tuple[str, ...], ...]:
    return tuple(path[:length] for length in range(1, len(path) + 1))


def selector_keys(goods: Goods) -> tuple[GoodsKey, ...]:
    """The keys that a selector names; none when it is about everything."""
    return (*goods.items, *goods.categories)
