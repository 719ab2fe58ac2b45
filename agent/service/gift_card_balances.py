"""What is on gift cards: as this register knows it, as receipts say it, and whether a card may come back."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from gettext import gettext as _

from agent.domain.errors import LoyaltyError
from agent.domain.gift_cards import CardLoad
from agent.domain.ledger import money_unit
from agent.domain.money import plain_amount
from agent.domain.receipt import ReceiptCard
from agent.domain.returns import Refund
from agent.domain.tendering import GIFT_CARD
from agent.store.balances import read_balances
from agent.store.sqlite import Connection
from sync.wire.entries import Tender
from sync.wire.feed import StoreRow


def balance_of(db: Connection, account_id: uuid.UUID, currency: str) -> int | None:
    """What is on a card as this register knows it, in minor units; None where it does not know the card."""
    balance = read_balances(db, account_id).get(money_unit(currency))
    return balance.points if balance is not None else None


def require_unused(db: Connection, refund: Refund, store: StoreRow) -> None:
    """Raise LoyaltyError where a card of the refund holds less than its sale put onto it, as this register knows it."""
    for load in refund.cards_emptied:
        left = balance_of(db, load.account_id, store.currency) or 0
        if left < load.amount_minor:
            raise LoyaltyError(
                _("The gift card ending {last4} was used: {left} of {amount} is left.").format(
                    last4=load.last4,
                    left=plain_amount(max(left, 0), store.currency_exponent),
                    amount=plain_amount(load.amount_minor, store.currency_exponent),
                ),
                _("It cannot come back; what is left on it can be spent."),
                code="card_used",
            )


def receipt_cards(
    db: Connection, currency: str, tenders: Iterable[Tender], loads: Iterable[CardLoad], *, back: bool = False
) -> tuple[ReceiptCard, ...]:
    """What is on each card after a sale that it paid for or that loaded it; `back` after their reversal. Read before it is
    written."""
    names: dict[uuid.UUID, str] = {}
    moved: dict[uuid.UUID, int] = {}
    for load in loads:
        names[load.account_id] = load.last4
        moved[load.account_id] = moved.get(load.account_id, 0) + load.amount_minor
    for one in tenders:
        if one.kind == GIFT_CARD and one.account_id is not None:
            names[one.account_id] = one.reference
            moved[one.account_id] = moved.get(one.account_id, 0) - one.amount_minor
    sign = -1 if back else 1
    return tuple(
        ReceiptCard(names[card], (balance_of(db, card, currency) or 0) + sign * amount)
        for card, amount in moved.items()
    )
