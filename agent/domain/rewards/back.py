"""Cashback: a part of what is paid for the goods comes into the member's wallet."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

import msgspec

from agent.domain.goods import ALL_GOODS, Goods
from agent.domain.problems import Problem
from agent.domain.rates import rate_problem
from agent.domain.rewards.milli_points import MILLI
from agent.domain.rewards.per_money import MoneyBase

# Rates have at most six decimals, so that this many minor units give a whole number of thousandths.
_PER_MINOR: Final = 1_000


class Back(
    msgspec.Struct,
    frozen=True,
    forbid_unknown_fields=True,
    omit_defaults=True,
    kw_only=True,
    tag_field="type",
    tag="back",
):
    """`rate` of what is paid, a fraction: "0.02" for 2 %. Parts of a minor unit count: they are floored once, at the end
    of the sale. `base` as for points per money."""

    rate: Decimal
    goods: Goods = ALL_GOODS
    base: MoneyBase = "paid"

    def problem(self) -> Problem | None:
        return rate_problem(self.rate)

    @property
    def per_minor(self) -> int:
        """For so many minor units paid there are `milli_points`."""
        return _PER_MINOR

    @property
    def milli_points(self) -> int:
        """Thousandths of a minor unit for each `per_minor`."""
        return int(self.rate * _PER_MINOR * MILLI)
