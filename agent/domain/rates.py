"""Rates: exact fractions with at most six decimals, "0.2" for 20 %, counted in whole millionths by the engine."""

from __future__ import annotations

from decimal import Decimal
from gettext import gettext as _
from typing import Final

from agent.domain.problems import Problem

_MAX_DECIMALS: Final = 6
_MILLION: Final = 1_000_000


def rate_problem(rate: Decimal, path: str = "rate") -> Problem | None:
    """Why this cannot be the rate of a discount."""
    exponent = rate.as_tuple().exponent
    if isinstance(exponent, int) and 0 < rate <= 1 and exponent >= -_MAX_DECIMALS:
        return None
    return Problem(path, _('must be more than 0 and at most 1 with at most six decimals, "0.2" for 20 %'))


def millionths(rate: Decimal) -> int:
    """The rate in whole millionths, exactly."""
    return int(rate * _MILLION)
