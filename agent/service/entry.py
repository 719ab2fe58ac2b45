"""What was typed or scanned: `3*code`, an item, a member's identifier, or a coupon."""

from __future__ import annotations

import re
from decimal import Decimal
from gettext import gettext as _
from typing import Final

import phonenumbers

from agent.domain.errors import LoyaltyError
from agent.domain.payment_cards import holds_payment_card
from agent.store.catalog import find_item
from agent.store.sqlite import Connection
from sync.wire.feed import ItemRow

MAX_ENTRY: Final = 256

_TIMES: Final = re.compile(r"(\d{1,6}(?:[.,]\d{1,3})?)\s*[*xX×]\s*(\S.*)")


def split_quantity(text: str) -> tuple[Decimal | None, str]:
    """`3*code` and `1,25 x code` as a quantity and the code; None where no quantity was typed."""
    match = _TIMES.fullmatch(text)
    if match is None:
        return None, text
    return Decimal(match.group(1).replace(",", ".")), match.group(2).strip()


def look_up_item(db: Connection, code: str) -> ItemRow | None:
    """The item of a code, with or without the zeros that scanners put before a UPC or an EAN."""
    return next((item for item in (find_item(db, form) for form in _forms(code)) if item is not None), None)


def is_phone(text: str, country: str) -> bool:
    """Whether the text is a number that can be dialled in this country, or a whole international one."""
    if not re.fullmatch(r"\+?[\d\s()./-]{6,24}", text):
        return False
    try:
        return phonenumbers.is_valid_number(phonenumbers.parse(text, country))
    except phonenumbers.NumberParseException:
        return False


def cleaned(text: str) -> str:
    """The entry without spaces around it. Raises LoyaltyError for one that no scanner or person means."""
    text = text.strip()
    if len(text) > MAX_ENTRY or not text.isprintable():
        raise LoyaltyError(_("That code cannot be read."), _("Scan it again."), code="entry_unreadable")
    return text


def unknown_entry(text: str) -> LoyaltyError:
    """What to say of a code that nothing here answers to; a payment card's number is not repeated."""
    if holds_payment_card(text):
        return LoyaltyError(
            _("This looks like the number of a payment card, so it was not kept."),
            _("Payment cards go into the card terminal."),
            code="payment_card",
        )
    return LoyaltyError(
        _("{code} is not known here.").format(code=text),
        _("Check the code, or take the card or phone number at Member."),
        code="unknown_code",
    )


def _forms(code: str) -> tuple[str, ...]:
    """The code as it is, then the same trade item number (GTIN) in its other lengths."""
    if not (code.isascii() and code.isdigit() and 12 <= len(code) <= 14):
        return (code,)
    bare = code.lstrip("0")
    return tuple(
        dict.fromkeys((code, *(bare.zfill(length) for length in (12, 13, 14) if len(bare) <= length)))
    )
