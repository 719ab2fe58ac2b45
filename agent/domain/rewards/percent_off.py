"""A percentage off the goods concerned, on what other offers have left of their price."""

from __future__ import annotations

from decimal import Decimal
from gettext import gettext as _

import msgspec

from agent.domain.goods import ALL_GOODS, Goods
from agent.domain.problems import Problem
from agent.domain.worksheet import Took, Worksheet

_MAX_DECIMALS = 6


class PercentOff(
    msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, tag_field="type", tag="percent_off"
):
    """`rate` is a fraction: "0.2" for 20 %. At 1 the goods are free, to the last minor unit."""

    rate: Decimal
    goods: Goods = ALL_GOODS

    def problem(self) -> Problem | None:
        exponent = self.rate.as_tuple().exponent
        if not isinstance(exponent, int) or not 0 < self.rate <= 1 or exponent < -_MAX_DECIMALS:
            return Problem(
                "rate", _('must be more than 0 and at most 1 with at most six decimals, "0.2" for 20 %')
            )
        return None

    def fraction(self) -> tuple[int, int]:
        """The rate in whole numbers."""
        return self.rate.as_integer_ratio()

    def saving_minor(self, sheet: Worksheet, places: tuple[int, ...]) -> int:
        """What it would take off now."""
        return sheet.percent_of(places, self.fraction())

    def take(self, sheet: Worksheet, places: tuple[int, ...]) -> Took:
        """Take it off."""
        return sheet.take_percent(places, self.fraction())
