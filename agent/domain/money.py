"""Money is an integer of minor units in the store's one currency; rates and quantities are exact decimals.

Never a float. Rounding is half-up and happens once, where a caller names it.
"""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from gettext import gettext as _

_ONE = Decimal(1)
_MAX_DIGITS = 18
_MAX_DECIMALS = 6


def half_up(amount: Decimal) -> int:
    """The nearest whole minor unit; a half goes away from zero."""
    return int(amount.quantize(_ONE, rounding=ROUND_HALF_UP))


def plain_decimal(value: Decimal) -> Decimal:
    """The same number in the one form that journal bytes allow: no exponent, no trailing zeros.

    Raises ValueError for NaN, an infinity, or more than six decimals, which no scale at a register gives.
    """
    if not value.is_finite():
        raise ValueError(_("a number is needed, not NaN or infinity"))
    if not value:
        return Decimal(0)
    if not -_MAX_DECIMALS <= value.adjusted() < _MAX_DIGITS:
        raise _too_long()
    short = value.normalize()
    _sign, digits, exponent = short.as_tuple()
    if short != value or not isinstance(exponent, int) or exponent < -_MAX_DECIMALS:
        raise _too_long()
    if len(digits) + max(exponent, 0) > _MAX_DIGITS:
        raise _too_long()
    return short.quantize(_ONE) if exponent > 0 else short


def _too_long() -> ValueError:
    return ValueError(
        _("at most {digits} digits and {decimals} decimals").format(
            digits=_MAX_DIGITS, decimals=_MAX_DECIMALS
        )
    )


def plain_amount(amount_minor: int, exponent: int) -> str:
    """Minor units as people write them without a language: `12.34`."""
    return f"{Decimal(amount_minor).scaleb(-exponent):.{exponent}f}"
