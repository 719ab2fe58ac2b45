"""Which units of the goods concerned a reward is about: all of them, or so many, the dearest or the cheapest first.

Always by what is left to pay of a unit at that moment, so that a second offer takes fresh units first. Units that
cost nothing are never picked.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Literal

import msgspec

from agent.domain.basket import MAX_UNITS
from agent.domain.goods import ALL_GOODS, Goods
from agent.domain.worksheet import COUNT, EXACT, LEFT, Chosen, Worksheet


class UnitPick(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, kw_only=True):
    """`units` 0 is all units; else so many in the whole sale, or on every line (`units_per`)."""

    goods: Goods = ALL_GOODS
    units: Annotated[int, msgspec.Meta(ge=0, le=MAX_UNITS)] = 0
    units_per: Literal["sale", "line"] = "sale"
    pick: Literal["dearest", "cheapest"] = "dearest"

    def chosen(self, sheet: Worksheet, places: Iterable[int], blocks: int = 1) -> list[Chosen]:
        """The units concerned now, in the order of lines; `blocks` times as many where they are counted."""
        if not self.units:
            return sheet.units_left(places)
        wanted = self.units * max(blocks, 1)
        if self.units_per == "sale":
            return self._picked(sheet, sheet.units_left(places), wanted)
        return [one for place in places for one in self._picked(sheet, sheet.units_left((place,)), wanted)]

    def most_blocks(self, sheet: Worksheet, places: Iterable[int]) -> int:
        """How many blocks find a unit that still costs something; one more would be about nothing."""
        by_line = [sum([run[COUNT] for _, run in sheet.units_left((place,))]) for place in places]
        units = max(by_line, default=0) if self.units_per == "line" else sum(by_line)
        return -(-units // self.units)

    def _picked(self, sheet: Worksheet, units: list[Chosen], wanted: int) -> list[Chosen]:
        sign = -1 if self.pick == "dearest" else 1
        ranked = sorted(
            range(len(units)),
            key=lambda at: (sign * units[at][1][LEFT], sign * units[at][1][EXACT], units[at][0]),
        )
        picked: list[tuple[int, Chosen]] = []
        for at in ranked:
            if not wanted:
                break
            place, run = units[at]
            part = sheet.split(place, run, min(wanted, run[COUNT]))
            wanted -= part[COUNT]
            picked.append((at, (place, part)))
        picked.sort(key=lambda one: one[0])
        return [one for _at, one in picked]
