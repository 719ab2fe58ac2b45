"""Money, points, quantities and times in the operator's locale (CLDR, through Babel), and amounts that are typed.

Amounts come as integer minor units and stay so; a float is never made of them.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable
from decimal import Decimal, InvalidOperation

from babel import Locale
from babel.dates import format_date, format_time
from babel.numbers import format_decimal, get_decimal_symbol

# A typed amount of more digits than this is a barcode in the wrong place, not money.
MAX_TYPED_DIGITS = 9
_MINUS = "\N{MINUS SIGN}"


class Figures:
    """How this till writes numbers. `exponent` is the number of decimals of the store's currency."""

    def __init__(
        self, locale: str, currency: str, exponent: int, zone: Callable[[int], datetime.datetime]
    ) -> None:
        self.locale = Locale.parse(locale.replace("-", "_"))
        self.currency = currency
        self.exponent = exponent
        self._zone = zone
        decimals = f".{'0' * exponent}" if exponent else ""
        self._money_pattern = f"#,##0{decimals}"
        self._price_pattern = f"#,##0{decimals}##" if exponent else "#,##0.####"

    @property
    def decimal_symbol(self) -> str:
        return get_decimal_symbol(self.locale)

    def money(self, minor: int) -> str:
        """`114.06`, without the currency, which stands once beside the total."""
        return self._decimal(self._major(Decimal(minor)), self._money_pattern)

    def taken_off(self, minor: int) -> str:
        """An amount that lowers the total: `−7.10`."""
        return self.money(-minor)

    def note(self, minor: int) -> str:
        """Money as on a banknote: without decimals where they are all zero."""
        if minor % 10**self.exponent:
            return self.money(minor)
        return self._decimal(self._major(Decimal(minor)), "#,##0")

    def unit_price(self, minor: Decimal) -> str:
        """A price per unit, with as many decimals as it has: fuel is sold at 2.199."""
        return self._decimal(self._major(minor), self._price_pattern)

    def count(self, number: int) -> str:
        """Points and other whole numbers: `2,340`."""
        return self._decimal(Decimal(number), "#,##0")

    def quantity(self, quantity: Decimal) -> str:
        """`2`, or `1.264` for weighed goods."""
        return self._decimal(quantity, "#,##0.######")

    def time(self, at_ms: int) -> str:
        """The store's time of day, `14:02`."""
        return format_time(self._zone(at_ms), "HH:mm", locale=self.locale)

    def day(self, at_ms: int) -> str:
        """The store's day with its weekday, `Sun 22 Nov`."""
        return self.date(self._zone(at_ms).date(), weekday=True)

    def date_at(self, at_ms: int) -> str:
        """The store's day without its weekday, `22 Nov`."""
        return self.date(self._zone(at_ms).date())

    def date(self, date: datetime.date, *, weekday: bool = False) -> str:
        """A day without its year, in the locale's order: `22 Nov`, `11月22日`."""
        if self.locale.language == "zh":
            return format_date(date, "M月d日 EEE" if weekday else "M月d日", locale=self.locale)
        return format_date(date, "EEE d MMM" if weekday else "d MMM", locale=self.locale)

    def typed_minor(self, text: str) -> int | None:
        """The minor units of a typed amount (`150`, `12.5`, `12,50`), or None when it is not an amount above zero."""
        plain = text.strip().replace(",", ".")
        if not plain.isascii() or sum(c.isdigit() for c in plain) > MAX_TYPED_DIGITS:
            return None
        if not all(c.isdigit() or c == "." for c in plain):
            return None
        try:
            minor = Decimal(plain).scaleb(self.exponent)
        except InvalidOperation:
            return None
        return int(minor) if minor > 0 and minor == minor.to_integral_value() else None

    def _major(self, minor: Decimal) -> Decimal:
        return minor.scaleb(-self.exponent)

    def _decimal(self, value: Decimal, pattern: str) -> str:
        return format_decimal(value, pattern, locale=self.locale).replace("-", _MINUS)
