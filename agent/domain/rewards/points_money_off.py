"""Points for money: whole blocks of points, each worth an amount off, never more than the basket can absorb."""

from __future__ import annotations

import msgspec

from agent.domain.bounds import AmountMinor, PointsAmount, ProgramId
from agent.domain.goods import ALL_GOODS, Goods
from agent.domain.ledger import points_unit
from agent.domain.problems import Problem
from agent.domain.worksheet import Took, Worksheet


class PointsMoneyOff(
    msgspec.Struct,
    frozen=True,
    forbid_unknown_fields=True,
    kw_only=True,
    tag_field="type",
    tag="points_money_off",
):
    """A block costs `cost_points` of the program `points_of` and takes `amount_minor` off."""

    points_of: ProgramId
    cost_points: PointsAmount
    amount_minor: AmountMinor
    goods: Goods = ALL_GOODS

    @property
    def unit(self) -> str:
        """The ledger unit that it spends."""
        return points_unit(self.points_of)

    def problem(self) -> Problem | None:
        return None

    def blocks(self, sheet: Worksheet, places: tuple[int, ...], asked: int) -> int:
        """How many of the blocks asked for the goods can absorb whole; a point is never spent for nothing."""
        return min(asked, sheet.left_minor(places) // self.amount_minor)

    def take(self, sheet: Worksheet, places: tuple[int, ...], blocks: int) -> Took:
        """Take these blocks off."""
        return sheet.take_amount(places, self.amount_minor * blocks)
