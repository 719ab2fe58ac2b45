"""Buy some, get others for less or for nothing: a unit that qualifies is never also the one that is given."""

from __future__ import annotations

from decimal import Decimal

import msgspec

from agent.domain.goods import ALL_GOODS, Goods
from agent.domain.problems import Problem
from agent.domain.rates import rate_problem
from agent.domain.rewards.set_sizes import MaxSets, PartUnits


class BuyGet(
    msgspec.Struct,
    frozen=True,
    forbid_unknown_fields=True,
    omit_defaults=True,
    kw_only=True,
    tag_field="type",
    tag="buy_get",
):
    """For `buy_units` of the goods `buy`, up to `units` of the goods `goods` by `rate` less ("1": free).

    Both are units of the basket, the given ones the dearest. `max_sets` 0 is no limit.
    """

    buy: Goods = ALL_GOODS
    buy_units: PartUnits = 1
    goods: Goods = ALL_GOODS
    units: PartUnits = 1
    rate: Decimal = Decimal(1)
    max_sets: MaxSets = 0

    def problem(self) -> Problem | None:
        return rate_problem(self.rate)
