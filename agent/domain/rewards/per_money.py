"""Points for money spent: so many per amount paid for the goods concerned."""

from __future__ import annotations

from decimal import Decimal
from typing import Literal

import msgspec

from agent.domain.bounds import AmountMinor
from agent.domain.goods import ALL_GOODS, Goods
from agent.domain.problems import Problem
from agent.domain.rewards.milli_points import milli, points_problem

MoneyBase = Literal["paid", "before_order_offers", "before_points_rewards"]


class PerMoney(
    msgspec.Struct,
    frozen=True,
    forbid_unknown_fields=True,
    omit_defaults=True,
    kw_only=True,
    tag_field="type",
    tag="per_money",
):
    """`points` (at most three decimals) for each `per_minor` paid. Parts of it count: points are floored once,
    at the end of the sale.

    `base` "paid": what is really paid. "before_order_offers": as if offers, codes and coupons for the whole basket had
    not been given; rewards that cost points still count less. "before_points_rewards": as if nothing had been paid with
    points.
    """

    points: Decimal
    per_minor: AmountMinor
    goods: Goods = ALL_GOODS
    base: MoneyBase = "paid"

    def problem(self) -> Problem | None:
        return points_problem(self.points)

    @property
    def milli_points(self) -> int:
        """Thousandths of a point for each `per_minor`."""
        return milli(self.points)
