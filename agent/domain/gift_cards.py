"""Gift cards: stored value in the shop's money, sold as a line and used as a tender, never as a discount.

A card is an account of its own. Its number is a secret that pays: it is never stored and never travels; only who has the
card and the store's key can find the account.
"""

from __future__ import annotations

import hashlib
import hmac
import uuid
from collections.abc import Iterable, Sequence
from gettext import gettext as _
from typing import Final

import msgspec

from agent.domain import ledger
from agent.domain.errors import LoyaltyError
from agent.domain.ledger import Posting
from agent.domain.sold_units import Units

# Shorter numbers could be guessed, and would be taken for phone numbers.
MIN_DIGITS: Final = 12
MAX_DIGITS: Final = 40
_LAST: Final = 4


class CardLoad(msgspec.Struct, frozen=True, kw_only=True):
    """A line that sold value: so much was put onto this card. `last4` is for people."""

    account_id: uuid.UUID
    line_id: int
    amount_minor: int
    last4: str


class CardPayment(msgspec.Struct, frozen=True):
    """What one card pays, or gets back."""

    account_id: uuid.UUID
    amount_minor: int


def is_number(text: str) -> bool:
    """Whether this may be the number of a gift card: twelve to forty letters and digits, most of them digits."""
    told = "".join(text.split())
    digits = sum(c.isdigit() for c in told)
    return (
        MIN_DIGITS <= len(told) <= MAX_DIGITS and told.isascii() and told.isalnum() and digits * 2 > len(told)
    )


def card_number(text: str) -> str:
    """The number as it is hashed: no spaces, capitals. Raises LoyaltyError for what is no such number."""
    if not is_number(text):
        raise LoyaltyError(
            _("This is not the number of a gift card."),
            _("Scan the card, or type all of its number."),
            code="card_number",
        )
    return "".join(text.split()).upper()


def card_account(store_key: bytes, number: str) -> uuid.UUID:
    """The ledger account of the card with this number in stores with this key: HMAC-SHA-256, as a UUID of version 8."""
    digest = hmac.digest(store_key, b"gift_card\x00" + number.encode(), hashlib.sha256)
    return uuid.UUID(
        bytes=digest[:6] + bytes([0x80 | digest[6] & 0x0F, digest[7], 0x80 | digest[8] & 0x3F]) + digest[9:16]
    )


def last_four(number: str) -> str:
    """What people may read of a number."""
    return number[-_LAST:]


def load_postings(loads: Iterable[CardLoad], currency: str, store_id: str) -> list[Posting]:
    """Value that a sale put onto cards; HQ makes it available."""
    unit, issued = ledger.money_unit(currency), ledger.issued_bucket(store_id)
    legs: list[Posting] = []
    for load in loads:
        legs += ledger.move(load.account_id, unit, load.amount_minor, issued, ledger.PENDING)
    return legs


def back_postings(
    emptied: Iterable[CardLoad], refunds: Iterable[CardPayment], currency: str, store_id: str
) -> list[Posting]:
    """Cards that were returned lose what was put onto them; cards that had paid get it back. Both through `pending`."""
    unit = ledger.money_unit(currency)
    issued, redeemed = ledger.issued_bucket(store_id), ledger.redeemed_bucket(store_id)
    legs: list[Posting] = []
    for load in emptied:
        legs += ledger.move(load.account_id, unit, load.amount_minor, ledger.PENDING, issued)
    for refund in refunds:
        legs += ledger.move(refund.account_id, unit, refund.amount_minor, redeemed, ledger.PENDING)
    return legs


def loads_of(loads: Iterable[CardLoad], chosen: Units) -> tuple[CardLoad, ...]:
    """The loads whose lines come back; a line that sold value is one unit."""
    return tuple(load for load in loads if chosen.get(load.line_id))


def paid_by_cards(tenders: Iterable[tuple[uuid.UUID | None, int]]) -> dict[uuid.UUID, int]:
    """What each card pays, of (account, amount) of every tender; others have no account."""
    found: dict[uuid.UUID, int] = {}
    for account_id, amount_minor in tenders:
        if account_id is not None:
            found[account_id] = found.get(account_id, 0) + amount_minor
    return found


def still_owed(paid: dict[uuid.UUID, int], back: Sequence[dict[uuid.UUID, int]]) -> dict[uuid.UUID, int]:
    """What each card has paid and not got back so far."""
    return {card: amount - sum(one.get(card, 0) for one in back) for card, amount in paid.items()}


def share_out(amount_minor: int, owed: dict[uuid.UUID, int]) -> tuple[CardPayment, ...]:
    """A refund goes back to the cards that paid first, each at most what it is owed."""
    parts: list[CardPayment] = []
    for card, most in owed.items():
        part = min(amount_minor, most)
        if part > 0:
            parts.append(CardPayment(card, part))
            amount_minor -= part
    return tuple(parts)
