"""Points multiplied: double points on dairy, on Tuesdays, in the birthday week, for a tier."""

from __future__ import annotations

from decimal import Decimal
from gettext import gettext as _

import msgspec

from agent.domain.bounds import ProgramId
from agent.domain.goods import ALL_GOODS, Goods
from agent.domain.problems import Problem

_MAX_TIMES = 100


class Multiply(
    msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, tag_field="type", tag="multiply"
):
    """What the program `points_of` gives for these goods counts `times` (at most three decimals).

    Where several multipliers meet on one line, the largest counts.
    """

    points_of: ProgramId
    times: Decimal
    goods: Goods = ALL_GOODS

    def problem(self) -> Problem | None:
        exponent = self.times.as_tuple().exponent
        if not isinstance(exponent, int) or not 0 < self.times <= _MAX_TIMES or exponent < -3:
            told = _("must be more than 0 and at most {most} with at most three decimals").format(
                most=_MAX_TIMES
            )
            return Problem("times", told)
        return None

    @property
    def milli_times(self) -> int:
        """The factor in thousandths."""
        return int(self.times * 1_000)
