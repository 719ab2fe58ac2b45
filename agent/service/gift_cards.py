"""Gift cards at the till: what one holds, selling one, and paying with one from a lease that this register holds."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, replace
from gettext import gettext as _

from agent.domain.errors import LoyaltyError
from agent.domain.gift_cards import CardLoad, card_account, card_number, is_number, last_four
from agent.domain.ledger import money_unit
from agent.domain.money import plain_amount
from agent.domain.tendering import GIFT_CARD, WALLET
from agent.service.asked_leases import AskedLeases
from agent.service.coupons import knows_serial
from agent.service.entry import look_up_item
from agent.service.gift_card_balances import balance_of
from agent.service.lane import Lane
from agent.service.members import LOOKUP_TIMEOUT_S, known_member, read_spendable
from agent.service.open_sale import OpenSale
from agent.service.pin import Pin
from agent.service.ports import HqAway
from agent.service.reward_desk import LeaseNeeded
from agent.service.tenders import MAX_TENDERS, settle
from agent.service.typed_amounts import require_amounts
from agent.service.views import LeaseAsk
from agent.store.balances import put_balance
from agent.store.feed_state import alias_of, put_alias
from sync.wire.entries import Tender
from sync.wire.feed import BalanceRow, StoreRow


@dataclass(frozen=True, slots=True)
class Card:
    """A gift card in the customer's hand, or the wallet of the member who buys. `balance_minor` is None where nobody here
    has heard of it."""

    account_id: uuid.UUID
    last4: str
    balance_minor: int | None
    kind: str = GIFT_CARD


def find_card(lane: Lane, text: str, store: StoreRow, *, ask: bool = True) -> Card:
    """The card with this number. Raises LoyaltyError for what is no such number.

    One that nobody here has heard of may have been sold in another store: HQ is asked, where there is a connection and
    the caller wants that.
    """
    number = card_number(text)
    own, reader = card_account(lane.store_key, number), lane.store.reader()
    account_id = alias_of(reader, own)
    balance = balance_of(reader, account_id, store.currency)
    if balance is None and ask and store.gift_cards:
        told = _ask_hq(lane, number, own, money_unit(store.currency))
        if told is not None:
            account_id, balance = told.account_id, told.balance
    return Card(account_id, last_four(number), balance)


def is_known(lane: Lane, text: str, store: StoreRow) -> bool:
    """Whether this is the number of a card that this store takes, and has heard of or can ask HQ about.

    HQ is told of no number that is something else here: an item, a member's card, a coupon's serial.
    """
    if not store.gift_cards or not is_number(text):
        return False
    if find_card(lane, text, store, ask=False).balance_minor is not None:
        return True
    reader = lane.store.reader()
    if look_up_item(reader, text) is not None or knows_serial(reader, text):
        return False
    if known_member(reader, lane, "card", text, store.country) is not None:
        return False
    return find_card(lane, text, store).balance_minor is not None


def _ask_hq(lane: Lane, number: str, own: uuid.UUID, unit: str) -> BalanceRow | None:
    """HQ's word on the card, kept here from now on: its account, and what is on it."""
    if not lane.link.online():
        return None
    try:
        told = lane.link.find_gift_card(number, LOOKUP_TIMEOUT_S)
    except HqAway:
        return None
    if told is None or told.unit != unit:
        return None
    with lane.store.unit_of_work() as db:
        put_alias(db, own, told.account_id)
        put_balance(db, told)
    return told


def wallet_of(sale: OpenSale, currency: str) -> Card:
    """The wallet of the member who buys. Raises LoyaltyError where nobody does, or nobody here knows them yet."""
    facts = sale.facts
    if facts is None:
        raise LoyaltyError(_("There is no member yet."), _("Find the member first."), code="needs_member")
    if facts.provisional:
        raise LoyaltyError(
            _("The wallet can be used once HQ knows this member."),
            _("What this sale brings into it is kept."),
            code="provisional",
        )
    balance = sale.balances.get(money_unit(currency))
    return Card(facts.account_id, "", balance.points if balance is not None else 0, WALLET)


def line_without_card(sale: OpenSale) -> int | None:
    """The first line that sells value and has no card yet."""
    loaded = {load.line_id for load in sale.loads}
    return next(
        (
            sold.line.line_id
            for sold in sale.lines
            if sold.item is not None and sold.item.gift_card and sold.line.line_id not in loaded
        ),
        None,
    )


def with_load(sale: OpenSale, card: Card) -> OpenSale:
    """The sale with what the first line without a card sells put onto this one. Raises LoyaltyError where there is none."""
    require_amounts(sale)
    line_id = line_without_card(sale)
    sold = sale.line(line_id) if line_id is not None else None
    if sold is None:
        raise LoyaltyError(
            _("No gift card is being sold."), _("Scan the gift card's price first."), code="no_gift_card"
        )
    if any(load.account_id == card.account_id for load in sale.loads):
        raise LoyaltyError(
            _("This card is in the sale already."), _("Scan the next card."), code="card_in_sale"
        )
    load = CardLoad(
        account_id=card.account_id,
        line_id=sold.line.line_id,
        amount_minor=sold.line.extended_minor,
        last4=card.last4,
    )
    return replace(sale, loads=(*sale.loads, load))


def with_loads_of_lines(sale: OpenSale) -> OpenSale:
    """The sale whose loads are those of lines that are still there."""
    there = {sold.line.line_id for sold in sale.lines}
    loads = tuple(load for load in sale.loads if load.line_id in there)
    return sale if len(loads) == len(sale.loads) else replace(sale, loads=loads)


def require_cards(sale: OpenSale) -> None:
    """Raise LoyaltyError where a gift card is sold and nobody knows which, or for how much."""
    require_amounts(sale)
    line_id = line_without_card(sale)
    sold = sale.line(line_id) if line_id is not None else None
    if sold is not None:
        raise LoyaltyError(
            _("{item} needs its card.").format(item=sold.line.name),
            _("Scan the card that is sold, or remove the line."),
            code="card_wanted",
        )


def with_card_tender(
    lane: Lane, asked: AskedLeases, sale: OpenSale, card: Card, amount_minor: int | None, pin: Pin
) -> OpenSale:
    """The sale with a part paid by the card; `amount_minor` None pays as much as it can.

    Raises LeaseNeeded where HQ must lend the amount to this register first, and LoyaltyError where it cannot be asked,
    for a card that nobody here knows, that is empty, or that is being sold in this very sale.
    """
    store, day = pin.store, pin.context.business_date
    left = settle(sale.quote.total_minor, sale.tenders).left_minor
    _require_payable(sale, card, left, store)
    there = (card.balance_minor or 0) - _taken(sale, card.account_id)
    amount = min(left, there) if amount_minor is None else amount_minor
    if amount > there or there <= 0:
        told = plain_amount(max(there, 0), store.currency_exponent)
        raise LoyaltyError(
            _("The gift card ending {last4} has {amount} left.").format(last4=card.last4, amount=told)
            if card.kind == GIFT_CARD
            else _("The wallet has {amount} left.").format(amount=told),
            _("Take the rest in another way."),
            code="card_empty" if there <= 0 else "card_too_small",
        )
    if not 0 < amount <= left:
        raise LoyaltyError(
            _("Stored value pays at most what is left."),
            _("Leave the amount empty to pay all of it."),
            code="card_over",
        )
    unit = money_unit(store.currency)
    target = amount + _taken(sale, card.account_id)
    if read_spendable(lane.store.reader(), card.account_id, day).get(unit, 0) < target:
        if not lane.link.online():
            raise LoyaltyError(
                _("The gift card ending {last4} can be used when the connection is back.").format(
                    last4=card.last4
                )
                if card.kind == GIFT_CARD
                else _("The wallet can be used when the connection is back."),
                _("Take another tender; nothing of it was used."),
                code="card_offline",
            )
        ask = LeaseAsk(card.account_id, unit, target)
        asked.note(ask)
        raise LeaseNeeded(ask)
    tender = Tender(card.kind, amount, card.last4, card.account_id)
    return replace(sale, paying=True, tenders=(*sale.tenders, tender))


def balance_told(card: Card, exponent: int) -> LoyaltyError:
    """What is on the card, for whoever scans it outside of paying."""
    return LoyaltyError(
        _("The gift card ending {last4} has {amount} left.").format(
            last4=card.last4, amount=plain_amount(card.balance_minor or 0, exponent)
        ),
        _("Press Gift card while paying to use it."),
        code="card_balance",
    )


def _taken(sale: OpenSale, account_id: uuid.UUID) -> int:
    return sum(one.amount_minor for one in sale.tenders if one.account_id == account_id)


def _require_payable(sale: OpenSale, card: Card, left: int, store: StoreRow) -> None:
    if not left:
        raise LoyaltyError(_("Nothing is left to pay."), _("Finish the sale."), code="nothing_left")
    if len(sale.tenders) >= MAX_TENDERS:
        raise LoyaltyError(
            _("One sale has at most {count} tenders.").format(count=MAX_TENDERS),
            _("Take the rest in one amount."),
            code="too_many_tenders",
        )
    if any(load.account_id == card.account_id for load in sale.loads):
        raise LoyaltyError(
            _("This card is sold in this sale, so it cannot pay for it."),
            _("It can be used once the sale has reached HQ."),
            code="card_in_sale",
        )
    if sale.loads:
        raise LoyaltyError(
            _("Stored value cannot pay for a gift card."),
            _("Take another tender, or sell the card by itself."),
            code="card_for_card",
        )
    if card.kind == GIFT_CARD and not store.gift_cards:
        raise LoyaltyError(
            _("This store takes no gift cards."), _("Take another tender."), code="no_gift_cards"
        )
    if card.balance_minor is None:
        raise LoyaltyError(
            _("No gift card ending {last4} is known here.").format(last4=card.last4),
            _("Check the number; a card that was just sold is known once HQ has its sale."),
            code="unknown_gift_card",
        )
