"""Figures as people write them in the receipt's language: CLDR's formats, through Babel."""

from __future__ import annotations

import datetime
from decimal import Decimal
from functools import lru_cache
from typing import Final

from babel import Locale, UnknownLocaleError
from babel.dates import format_skeleton, format_time
from babel.numbers import format_decimal, format_percent

_FALLBACK: Final = "en"


@lru_cache(maxsize=64)
def locale_of(code: str) -> Locale:
    """The locale of a code like `ro`, `zh-Hans` or `tr_TR`; English for one that nobody knows."""
    try:
        return Locale.parse(code.replace("-", "_"))
    except (ValueError, UnknownLocaleError):
        return Locale.parse(_FALLBACK)


@lru_cache(maxsize=16)
def _amount_pattern(exponent: int) -> str:
    return "#,##0" + ("." + "0" * exponent if exponent else "")


class Figures:
    """The figures of one receipt: its locale, and how many decimals its currency has."""

    def __init__(self, locale: str, currency_exponent: int) -> None:
        self._locale = locale_of(locale)
        self._exponent = currency_exponent

    def money(self, amount_minor: int) -> str:
        """An amount without its currency: 125,86."""
        amount = Decimal(amount_minor).scaleb(-self._exponent)
        return format_decimal(amount, _amount_pattern(self._exponent), locale=self._locale)

    def signed_money(self, amount_minor: int) -> str:
        """An amount that is taken off: -3,40."""
        return self.money(-amount_minor)

    def plus_minus(self, amount_minor: int) -> str:
        """An amount with its sign: +0.26 or -5.00."""
        return ("+" if amount_minor > 0 else "") + self.money(amount_minor)

    def unit_price(self, price_minor: Decimal) -> str:
        """A price for one, which may have parts of a minor unit."""
        price = price_minor.scaleb(-self._exponent)
        pattern = _amount_pattern(self._exponent) + ("" if self._exponent else ".")
        return format_decimal(price, pattern + "##", locale=self._locale)

    def quantity(self, quantity: Decimal) -> str:
        """A count or a weight, with the decimals that it has."""
        return format_decimal(quantity, "#,##0.######", locale=self._locale)

    def points(self, points: int) -> str:
        """2.340"""
        return format_decimal(points, "#,##0", locale=self._locale)

    def signed_points(self, points: int) -> str:
        """+248 or -500"""
        return ("+" if points > 0 else "") + self.points(points)

    def rate(self, rate: Decimal) -> str:
        """A tax rate, from its share of one: 11%."""
        return format_percent(rate, "#,##0.###%", locale=self._locale)

    def date(self, day: datetime.date) -> str:
        """22.11.2026"""
        return format_skeleton("yMd", day, locale=self._locale)

    def time(self, at: datetime.datetime) -> str:
        """14:20"""
        return format_time(at.timetz().replace(tzinfo=None), "short", locale=self._locale)


def local_time(at_ms: int, offset_min: int) -> datetime.datetime:
    """The shop's own time of a moment."""
    zone = datetime.timezone(datetime.timedelta(minutes=offset_min))
    return datetime.datetime.fromtimestamp(at_ms / 1000, zone)
