"""Points in thousandths: what a rule may give."""

from __future__ import annotations

from decimal import Decimal
from gettext import gettext as _
from typing import Final

from agent.domain.problems import Problem

MILLI: Final = 1_000
_MAX_POINTS: Final = 1_000_000


def points_problem(points: Decimal) -> Problem | None:
    """Why a rule cannot give so many points."""
    exponent = points.as_tuple().exponent
    if isinstance(exponent, int) and 0 < points <= _MAX_POINTS and -3 <= exponent <= 6:
        return None
    told = _("must be more than 0 and at most {most} with at most three decimals").format(most=_MAX_POINTS)
    return Problem("points", told)


def milli(points: Decimal) -> int:
    """Thousandths of a point."""
    return int(points * MILLI)
