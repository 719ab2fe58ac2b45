"""What looks like a payment card's number, which no free text may hold.

14 to 19 digits, a payment network's prefix, and the check digit of ISO/IEC 7812 (Luhn). One EAN-13 in ten passes
Luhn, so item codes and member cards are never asked.
"""

from __future__ import annotations

import re
from typing import Final

_DIGITS: Final = re.compile(r"(?<!\d)(?:\d[ -]?){13,18}\d(?!\d)")
# First digits of Visa, Mastercard, American Express, Diners, Discover, JCB, Maestro, Mir and UnionPay.
_NETWORKS: Final = re.compile(
    r"4|5[0-8]|2(?:22[1-9]|2[3-9]|[3-6]|7[01]|720)|220[0-4]|3[47]|3(?:0[0-5]|095|[689])|6(?:011|4[4-9]|5)|35|62|6[37-9]|81"
)


def holds_payment_card(text: str) -> bool:
    """Whether a run of digits in the text, spaces and dashes allowed in it, is such a number."""
    for match in _DIGITS.finditer(text):
        digits = re.sub(r"\D", "", match.group())
        if _NETWORKS.match(digits) and _passes_luhn(digits):
            return True
    return False


def _passes_luhn(digits: str) -> bool:
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (2 if place % 2 else 1)
        total += value - 9 if value > 9 else value
    return total % 10 == 0
