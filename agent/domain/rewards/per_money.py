"""Points for money spent: so many per amount paid for the goods concerned."""

from __future__ import annotations

from decimal import Decimal
from gettext import gettext as _
from typing import Literal

import msgspec

from agent.domain.bounds import AmountMinor
from agent.domain.goods import ALL_GOODS, Goods
from agent.domain.problems import Problem

MILLI = 1_000
_MAX_POINTS = 1_000_000


class PerMoney(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """`points` (at most three decimals) for each `per_minor` paid. Parts of it count: points are floored once,
    at the end of the sale."""

    type: Literal["per_money"]
    points: Decimal
    per_minor: AmountMinor
    goods: Goods = ALL_GOODS

    def problem(self) -> Problem | None:
        exponent = self.points.as_tuple().exponent
        if not isinstance(exponent, int) or not 0 < self.points <= _MAX_POINTS or not -3 <= exponent <= 6:
            wanted = _("must be more than 0 and at most {most} with at most three decimals")
            return Problem("points", wanted.format(most=_MAX_POINTS))
        return None

    @property
    def milli_points(self) -> int:
        """Thousandths of a point for each `per_minor`."""
        return int(self.points * MILLI)
