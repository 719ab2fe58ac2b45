"""The cheapest of every so many units: every third free, the second coffee half price, three for two."""

from __future__ import annotations

from decimal import Decimal
from gettext import gettext as _
from typing import Annotated

import msgspec

from agent.domain.goods import ALL_GOODS, Goods
from agent.domain.problems import Problem
from agent.domain.rates import rate_problem
from agent.domain.rewards.set_sizes import MaxSets, PartUnits


class CheapestOf(
    msgspec.Struct,
    frozen=True,
    forbid_unknown_fields=True,
    omit_defaults=True,
    kw_only=True,
    tag_field="type",
    tag="cheapest_of",
):
    """Of every `of` units of the goods, the `units` cheapest by `rate` less ("1": free).

    A set takes all its units for itself: none of them qualifies another set offer. `max_sets` 0 is no limit.
    """

    of: Annotated[int, msgspec.Meta(ge=2, le=50)]
    goods: Goods = ALL_GOODS
    units: PartUnits = 1
    rate: Decimal = Decimal(1)
    max_sets: MaxSets = 0

    def problem(self) -> Problem | None:
        if self.units >= self.of:
            return Problem("units", _("must be less than `of`"))
        return rate_problem(self.rate)
