"""A percentage off the goods concerned, on what other offers have left of their price."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated

import msgspec

from agent.domain.bounds import MAX_LINE_MINOR
from agent.domain.problems import Problem
from agent.domain.rates import millionths, rate_problem
from agent.domain.rewards.unit_pick import UnitPick
from agent.domain.worksheet import Took, Worksheet


class PercentOff(
    UnitPick, frozen=True, forbid_unknown_fields=True, kw_only=True, tag_field="type", tag="percent_off"
):
    """`rate` is a fraction: "0.2" for 20 %. At 1 the goods are free, to the last minor unit.

    `max_discount_minor` 0 is no cap; a cap is gross, what the customer no longer pays.
    """

    rate: Decimal
    max_discount_minor: Annotated[int, msgspec.Meta(ge=0, le=MAX_LINE_MINOR)] = 0

    def problem(self) -> Problem | None:
        return rate_problem(self.rate)

    def discount_minor(
        self, sheet: Worksheet, places: tuple[int, ...], blocks: int = 1, *, of_list: bool = False
    ) -> int:
        """What `take` would take off."""
        amount = sheet.percent_of(self.chosen(sheet, places, blocks), millionths(self.rate), of_list=of_list)
        cap = self.max_discount_minor * max(blocks, 1)
        return min(amount, cap) if cap else amount

    def take(
        self, sheet: Worksheet, places: tuple[int, ...], blocks: int = 1, *, of_list: bool = False
    ) -> Took:
        """Take it off; `of_list` on list prices."""
        chosen = self.chosen(sheet, places, blocks)
        rate = millionths(self.rate)
        cap = self.max_discount_minor * max(blocks, 1)
        if cap and sheet.percent_of(chosen, rate, of_list=of_list) > cap:
            return sheet.take_amount(chosen, cap)
        return sheet.take_percent(chosen, rate, of_list=of_list)
