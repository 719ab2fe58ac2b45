"""There must be a number of units of the goods concerned in the basket."""

from __future__ import annotations

from typing import Annotated

import msgspec

from agent.domain import refusal_codes
from agent.domain.goods import Goods
from agent.domain.quote import Refusal
from agent.domain.situation import Situation

_MAX_NEEDED = 100_000


class HasGoods(
    msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, tag_field="type", tag="has_goods"
):
    """At least `units` of these items or categories, together."""

    goods: Goods
    units: Annotated[int, msgspec.Meta(ge=1, le=_MAX_NEEDED)] = 1

    def check(self, situation: Situation) -> Refusal | None:
        gap = self.units - situation.units(self.goods)
        return Refusal(refusal_codes.NOT_ENOUGH_UNITS, gap_units=gap) if gap > 0 else None

    def reached(self, situation: Situation) -> int:
        """The share of the way, in thousandths."""
        return min(situation.units(self.goods) * 1000 // self.units, 1000)
