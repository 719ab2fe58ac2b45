"""Points for coming: so many for each sale in which something of the goods concerned is paid."""

from __future__ import annotations

from decimal import Decimal

import msgspec

from agent.domain.goods import ALL_GOODS, Goods
from agent.domain.problems import Problem
from agent.domain.rewards.milli_points import milli, points_problem


class PerVisit(
    msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, tag_field="type", tag="per_visit"
):
    """`points` (at most three decimals) once per sale, shared over the goods that earn by what was paid for them."""

    points: Decimal
    goods: Goods = ALL_GOODS

    def problem(self) -> Problem | None:
        return points_problem(self.points)

    @property
    def milli_points(self) -> int:
        """Thousandths of a point for the sale."""
        return milli(self.points)
