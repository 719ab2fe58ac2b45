"""An amount off the goods concerned together, never more than is left to pay for them."""

from __future__ import annotations

import msgspec

from agent.domain.bounds import AmountMinor
from agent.domain.goods import ALL_GOODS, Goods
from agent.domain.problems import Problem
from agent.domain.worksheet import Took, Worksheet


class AmountOff(
    msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, tag_field="type", tag="amount_off"
):
    """`amount_minor` once per sale; it is gross, what the customer no longer pays."""

    amount_minor: AmountMinor
    goods: Goods = ALL_GOODS

    def problem(self) -> Problem | None:
        return None

    def saving_minor(self, sheet: Worksheet, places: tuple[int, ...]) -> int:
        """What it would take off now."""
        return min(self.amount_minor, sheet.left_minor(places))

    def take(self, sheet: Worksheet, places: tuple[int, ...]) -> Took:
        """Take it off."""
        return sheet.take_amount(places, self.amount_minor)
