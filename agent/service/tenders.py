"""Taking a tender: which kinds there are, how much one may be, and what its reference may say."""

from __future__ import annotations

from collections.abc import Sequence
from gettext import gettext as _
from typing import Final

from agent.domain.errors import LoyaltyError
from agent.domain.payment_cards import holds_payment_card
from agent.domain.tendering import CASH, MANUFACTURER_COUPON, Payment, pay
from sync.wire.entries import Tender

CARD: Final = "card"
KINDS: Final = (CASH, CARD, MANUFACTURER_COUPON)
MAX_TENDERS: Final = 50
MAX_REFERENCE: Final = 40
MAX_TENDER_MINOR: Final = 10**12


def settle(total_minor: int, tenders: Sequence[Tender]) -> Payment:
    """What these tenders do to the total."""
    return pay(total_minor, [(tender.kind, tender.amount_minor) for tender in tenders])


def checked_tender(
    kind: str, amount_minor: int | None, reference: str, total_minor: int, so_far: Sequence[Tender]
) -> Tender:
    """The tender, if it may be added to those so far; `amount_minor` None pays what is left.

    Raises LoyaltyError for another kind, an amount that makes no sense, or a reference that is a card's number.
    """
    left = settle(total_minor, so_far).left_minor
    amount = left if amount_minor is None else amount_minor
    if kind not in KINDS:
        raise LoyaltyError(
            _("This register does not take “{kind}”.").format(kind=kind),
            _("Choose cash or card."),
            code="tender_kind",
        )
    if len(so_far) >= MAX_TENDERS:
        raise LoyaltyError(
            _("One sale has at most {count} tenders.").format(count=MAX_TENDERS),
            _("Take the rest in one amount."),
            code="too_many_tenders",
        )
    # A manufacturer's coupon may be worth more than the basket; its excess is recorded.
    if not left and kind != MANUFACTURER_COUPON:
        raise LoyaltyError(_("Nothing is left to pay."), _("Finish the sale."), code="nothing_left")
    if not 0 < amount <= MAX_TENDER_MINOR:
        raise LoyaltyError(
            _("This is no amount to pay with."), _("Type what was handed over."), code="tender_amount"
        )
    if kind == CARD and amount > left:
        raise LoyaltyError(
            _("A card pays at most what is left."),
            _("Leave the amount empty to pay all of it."),
            code="card_over",
        )
    return Tender(kind, amount, checked_reference(reference))


def checked_reference(reference: str) -> str:
    """A short reference for people. Raises LoyaltyError where it looks like a payment card's number."""
    reference = reference.strip()
    if holds_payment_card(reference):
        raise LoyaltyError(
            _("This looks like the number of a payment card, so it was not kept."),
            _("Type the last four digits at most."),
            code="payment_card",
        )
    if len(reference) > MAX_REFERENCE or not reference.isprintable():
        raise LoyaltyError(
            _("A reference has at most {count} letters and digits.").format(count=MAX_REFERENCE),
            _("Shorten it."),
            code="reference",
        )
    return reference
