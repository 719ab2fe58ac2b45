"""An amount off the goods concerned: together, or off each unit; never more than is left to pay for them."""

from __future__ import annotations

from gettext import gettext as _
from typing import Literal

from agent.domain.bounds import AmountMinor
from agent.domain.problems import Problem
from agent.domain.rewards.unit_pick import UnitPick
from agent.domain.worksheet import LEFT, Took, Worksheet


class AmountOff(
    UnitPick, frozen=True, forbid_unknown_fields=True, kw_only=True, tag_field="type", tag="amount_off"
):
    """`amount_minor` is gross, what the customer no longer pays.

    `off` "sale": once, over all units concerned by value. "unit": off each of them.
    """

    amount_minor: AmountMinor
    off: Literal["sale", "unit"] = "sale"

    def problem(self) -> Problem | None:
        if self.off == "sale" and self.units:
            return Problem("units", _('must be left out unless `off` is "unit"'))
        return None

    def take(self, sheet: Worksheet, places: tuple[int, ...], blocks: int = 1) -> Took:
        """Take it off; `blocks` times the amount."""
        if self.off == "sale":
            return sheet.take_amount(sheet.units_left(places), self.amount_minor * max(blocks, 1))
        chosen = self.chosen(sheet, places, blocks)
        return sheet.take(chosen, [(min(self.amount_minor, run[LEFT]), 0) for _, run in chosen])
