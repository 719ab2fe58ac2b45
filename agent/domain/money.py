"""Money is an integer of minor units in the store's one currency; rates and quantities are exact decimals.

Never a float. Rounding is half-up and happens once, where a caller names it.
"""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

_ONE = Decimal(1)


def half_up(amount: Decimal) -> int:
    """The nearest whole minor unit; a half goes away from zero."""
    return int(amount.quantize(_ONE, rounding=ROUND_HALF_UP))


def plain_decimal(value: Decimal) -> Decimal:
    """The same number in the one form that journal bytes allow: no exponent, no trailing zeros.

    Raises ValueError for NaN, an infinity, or more than six decimals, which no scale at a register gives.
    """
    if not value.is_finite():
        raise ValueError("a number is needed, not NaN or infinity")
    short = value.normalize()
    _, digits, exponent = short.as_tuple()
    assert isinstance(exponent, int)
    if exponent < -6 or len(digits) + max(exponent, 0) > 18:
        raise ValueError("at most 18 digits and six decimals")
    return short.quantize(_ONE) if exponent > 0 else short
