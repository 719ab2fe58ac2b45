"""Phone, e-mail and card: normalised, then kept only as keyed hashes with their last four characters."""

from __future__ import annotations

import hashlib
import hmac
import unicodedata
from gettext import gettext as _

import phonenumbers

from agent.domain.errors import LoyaltyError
from agent.domain.member import IdentifierKind


def normal_phone(text: str, country: str) -> str:
    """The number in E.164. Raises LoyaltyError when it cannot be a phone number of `country` (ISO 3166)."""
    try:
        number = phonenumbers.parse(text, country)
    except phonenumbers.NumberParseException as error:
        raise _no_phone() from error
    if not phonenumbers.is_possible_number(number):
        raise _no_phone()
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def normal_email(text: str) -> str:
    """Trimmed, NFC, ASCII letters lower-case; other letters keep their case (Turkish dotless i)."""
    address = unicodedata.normalize("NFC", text.strip())
    name, at, host = address.rpartition("@")
    if not (name and at and "." in host) or len(address) > 254 or any(c.isspace() for c in address):
        raise LoyaltyError(
            _("This is not an e-mail address."), _("Check it with the member."), code="bad_email"
        )
    return _ascii_lower(address)


def normal_card(text: str) -> str:
    """The card number without spaces. Raises LoyaltyError when it is empty or longer than 40 characters."""
    card = "".join(text.split())
    if not 4 <= len(card) <= 40 or not card.isascii() or not card.isprintable():
        raise LoyaltyError(_("This card number cannot be read."), _("Scan the card again."), code="bad_card")
    return card


def normal_identifier(kind: IdentifierKind, text: str, country: str) -> str:
    """The one form of an identifier that is hashed."""
    match kind:
        case "phone":
            return normal_phone(text, country)
        case "email":
            return normal_email(text)
        case "card":
            return normal_card(text)


def identifier_hash(store_key: bytes, kind: IdentifierKind, value: str) -> bytes:
    """HMAC-SHA-256(store_key, kind || 0x00 || value), 32 bytes; `value` is in its normal form."""
    return hmac.digest(store_key, kind.encode() + b"\x00" + value.encode(), hashlib.sha256)


def last_four(value: str) -> str:
    return value[-4:]


def _ascii_lower(text: str) -> str:
    return "".join(chr(ord(c) + 32) if "A" <= c <= "Z" else c for c in text)


def _no_phone() -> LoyaltyError:
    return LoyaltyError(
        _("This is not a whole phone number."), _("Check the number with the member."), code="bad_phone"
    )
