"""Points for units bought: so many for each unit of the goods concerned."""

from __future__ import annotations

from decimal import Decimal

import msgspec

from agent.domain.goods import ALL_GOODS, Goods
from agent.domain.problems import Problem
from agent.domain.rewards.milli_points import milli, points_problem


class PerUnit(
    msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, tag_field="type", tag="per_unit"
):
    """`points` (at most three decimals) for each unit that costs something."""

    points: Decimal
    goods: Goods = ALL_GOODS

    def problem(self) -> Problem | None:
        return points_problem(self.points)

    @property
    def milli_points(self) -> int:
        """Thousandths of a point for each unit."""
        return milli(self.points)
