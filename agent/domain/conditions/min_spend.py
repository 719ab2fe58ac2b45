"""The goods concerned must come to an amount."""

from __future__ import annotations

from typing import Literal

import msgspec

from agent.domain import refusal_codes
from agent.domain.bounds import AmountMinor
from agent.domain.goods import ALL_GOODS, Goods
from agent.domain.quote import Refusal
from agent.domain.situation import Situation


class MinSpend(
    msgspec.Struct,
    frozen=True,
    forbid_unknown_fields=True,
    omit_defaults=True,
    kw_only=True,
    tag_field="type",
    tag="min_spend",
):
    """Over these goods only, after the discounts of earlier phases and never after its own.

    Tax-inclusive, unless `tax` is "excluded": then less the taxes contained, rounded once.
    """

    amount_minor: AmountMinor
    goods: Goods = ALL_GOODS
    tax: Literal["included", "excluded"] = "included"

    def spent_minor(self, situation: Situation) -> int:
        """What counts now."""
        return situation.spent_minor(self.goods, taxed=self.tax == "included")

    def check(self, situation: Situation) -> Refusal | None:
        gap = self.amount_minor - self.spent_minor(situation)
        return Refusal(refusal_codes.BELOW_MINIMUM_SPEND, gap_minor=gap) if gap > 0 else None

    def reached(self, situation: Situation) -> int:
        """The share of the way, in thousandths."""
        return min(self.spent_minor(situation) * 1000 // self.amount_minor, 1000)
