"""The goods concerned must come to an amount."""

from __future__ import annotations

import msgspec

from agent.domain import refusal_codes
from agent.domain.bounds import AmountMinor
from agent.domain.goods import ALL_GOODS, Goods
from agent.domain.quote import Refusal
from agent.domain.situation import Situation


class MinSpend(
    msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, tag_field="type", tag="min_spend"
):
    """Tax-inclusive, over these goods only, after the discounts of earlier phases and never after its own."""

    amount_minor: AmountMinor
    goods: Goods = ALL_GOODS

    def check(self, situation: Situation) -> Refusal | None:
        gap = self.amount_minor - situation.spent_minor(self.goods)
        return Refusal(refusal_codes.BELOW_MINIMUM_SPEND, gap_minor=gap) if gap > 0 else None

    def reached(self, situation: Situation) -> int:
        """The share of the way, in thousandths."""
        return min(situation.spent_minor(self.goods) * 1000 // self.amount_minor, 1000)
