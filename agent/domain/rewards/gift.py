"""A free gift that the cashier adds: an item that is not in the basket, handed over at no price.

It is no line of the basket, so it changes no total, no threshold and no points; the receipt and the journal name it.
"""

from __future__ import annotations

from typing import Annotated

import msgspec

from agent.domain.bounds import MAX_LINE_MINOR
from agent.domain.goods import Goods, Name
from agent.domain.problems import Problem
from agent.domain.rewards.set_sizes import PartUnits
from agent.domain.situation import Situation

_MAX_GIFTS = 99


class ForEach(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, kw_only=True):
    """Once for every `units` of these goods."""

    goods: Goods
    units: PartUnits = 1


class Gift(
    msgspec.Struct,
    frozen=True,
    forbid_unknown_fields=True,
    omit_defaults=True,
    kw_only=True,
    tag_field="type",
    tag="gift",
):
    """`units` of the item, once or `for_each` so many units bought. `value_minor` is what it is worth, for show."""

    item: Name
    units: PartUnits = 1
    for_each: ForEach | None = None
    value_minor: Annotated[int, msgspec.Meta(ge=0, le=MAX_LINE_MINOR)] = 0

    def problem(self) -> Problem | None:
        return None

    def units_given(self, situation: Situation, blocks: int = 1) -> int:
        """How many units of the item are given now."""
        times = 1
        if self.for_each is not None:
            times = situation.units(self.for_each.goods) // self.for_each.units
        return min(self.units * times * max(blocks, 1), _MAX_GIFTS)
