"""Decimals in journal bytes have one form: no exponent, no trailing zeros, no minus zero (formats.md)."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Final

import msgspec

from agent.domain.basket import Basket, Line

_MAX_DIGITS: Final = 18
_PLAIN: Final = re.compile(r"(?!-0$)-?\d{1,18}(\.\d{0,17}[1-9])?")


def plain_text(value: Decimal) -> str:
    """The one way a decimal is written. Raises ValueError for what is not a number of a till's size."""
    if not _has_a_tills_size(value):
        raise ValueError(f"{value} is no quantity, price or rate")
    text = format(value, "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def with_plain_decimals(basket: Basket) -> Basket:
    """The same basket, itself where every decimal would be written plainly anyway."""
    lines = tuple(_plain_line(line) for line in basket.lines)
    if all(new is old for new, old in zip(lines, basket.lines, strict=True)):
        return basket
    return msgspec.structs.replace(basket, lines=lines)


def refuse_wild_decimals(basket: Basket, path: str) -> None:
    """Raise ValidationError, with the line's place under `path`, for NaN, an infinity, or an absurd size."""
    for number, line in enumerate(basket.lines):
        if not all(_has_a_tills_size(value) for value in _decimals(line)):
            raise msgspec.ValidationError(f"Expected a number of a till's size - at `{path}.lines[{number}]`")


def _has_a_tills_size(value: Decimal) -> bool:
    """Decimal("1E+400000000") is a few bytes on the wire and would fill the memory when it is multiplied out."""
    if not value.is_finite():
        return False
    exponent = value.as_tuple().exponent
    return isinstance(exponent, int) and exponent >= -_MAX_DIGITS and value.adjusted() <= _MAX_DIGITS


def _plain_line(line: Line) -> Line:
    if all(_PLAIN.fullmatch(str(value)) for value in _decimals(line)):
        return line
    return msgspec.structs.replace(
        line,
        quantity=Decimal(plain_text(line.quantity)),
        unit_price=None if line.unit_price is None else Decimal(plain_text(line.unit_price)),
        taxes=tuple(msgspec.structs.replace(tax, rate=Decimal(plain_text(tax.rate))) for tax in line.taxes),
    )


def _decimals(line: Line) -> tuple[Decimal, ...]:
    price = () if line.unit_price is None else (line.unit_price,)
    return line.quantity, *price, *(tax.rate for tax in line.taxes)
