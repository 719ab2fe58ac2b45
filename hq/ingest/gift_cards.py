"""Gift cards in what registers post: value that sales put onto cards, what cards paid, and what came back of both.

A card is an account of its own in `money:<ISO>`. What is put onto it is available once HQ has the sale; what it pays was
leased to the register before.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from typing import Final

from agent.domain.gift_cards import (
    CardLoad,
    CardPayment,
    back_postings,
    load_postings,
    paid_by_cards,
    share_out,
    still_owed,
)
from agent.domain.ledger import AVAILABLE, PENDING, Posting, money_unit, move
from agent.domain.tendering import GIFT_CARD, WALLET
from hq.ingest.desk import Desk
from hq.ingest.verdict import Verdict, held
from hq.ledger import lots, units
from hq.ledger.books import Origin, Step
from hq.members import aliases, roll
from sync.wire.entries import ReturnEntry, SaleEntry, Tender, VoidEntry

KIND: Final = "gift_card"


def payments(tenders: Iterable[Tender]) -> tuple[CardPayment, ...]:
    """What gift cards pay, or get back, in an entry."""
    return tuple(
        CardPayment(one.account_id, one.amount_minor) for one in tenders if one.account_id is not None
    )


def check_sale(sale: SaleEntry) -> Verdict | None:
    """What is wrong with the sale's gift cards; its postings are checked beside everything else's."""
    if any((one.account_id is not None) != (one.kind in (GIFT_CARD, WALLET)) for one in sale.tenders):
        return held(
            "postings_differ", "A tender names an account and is no stored value, or the other way round."
        )
    member = sale.quote_input.member
    buyer = member.account_id if member is not None else None
    if any(one.kind == WALLET and one.account_id != buyer for one in sale.tenders):
        return held("postings_differ", "The wallet that paid is another's than the member who bought.")
    lines = {line.line_id: line for line in sale.quote_input.basket.lines}
    for load in sale.cards_loaded:
        line = lines.pop(load.line_id, None)
        sold = line is not None and line.units == 1 and not line.discountable and not line.earns
        if line is None or not sold or line.extended_minor != load.amount_minor:
            return held("postings_differ", "A gift card was loaded with another amount than its line sold.")
    cards = [load.account_id for load in sale.cards_loaded]
    if len(set(cards)) < len(cards):
        return held("postings_differ", "A gift card was loaded twice in one sale.")
    unit = money_unit(sale.quote_input.context.currency)
    if not all(units.is_sound(unit, load.amount_minor) for load in sale.cards_loaded):
        return held("postings_differ", "A gift card was loaded with an amount that no shop sells.")
    return None


def post_loads(desk: Desk, origin: Origin, sale: SaleEntry) -> None:
    """Value that the sale put onto cards, available at once."""
    if not sale.cards_loaded:
        return
    currency = sale.quote_input.context.currency
    unit = money_unit(currency)
    for load in sale.cards_loaded:
        roll.open_account(load.account_id, KIND, desk.now_ms)
        desk.join_store(load.account_id, desk.store_id)
    if not desk.books.post(origin, Step.EARNED, load_postings(sale.cards_loaded, currency, desk.store_id)):
        return
    ready = [
        leg
        for load in sale.cards_loaded
        for leg in move(load.account_id, unit, load.amount_minor, PENDING, AVAILABLE)
    ]
    desk.books.post(origin, Step.AVAILABLE, ready)
    for load in sale.cards_loaded:
        lot = f"{origin.chain_id}:{origin.seq}"
        lots.add(load.account_id, unit, lot, load.amount_minor, origin.at_ms, None)
        # A register that had not heard whose card it is calls it by its own store's name.
        desk.sweep(load.account_id, origin)


def saw_sale(desk: Desk, origin: Origin, sale: SaleEntry) -> None:
    """The balances of the sale's cards count it, whatever else is wrong with it."""
    cards = {load.account_id for load in sale.cards_loaded}
    cards |= {one.account_id for one in sale.tenders if one.account_id is not None}
    _saw(desk, origin, cards, sale.quote_input.context.currency)


def check_return(
    entry: ReturnEntry | VoidEntry,
    emptied: Sequence[CardLoad],
    sale: SaleEntry,
    earlier: Sequence[ReturnEntry],
) -> Verdict | None:
    """What is wrong with the return's gift cards: what they paid goes back onto them before anything else is paid out."""
    paid = _by_cards(sale.tenders)
    owed = still_owed(paid, [_by_cards(each.tenders) for each in earlier])
    amount = sum(tender.amount_minor for tender in entry.tenders)
    due = {one.account_id: one.amount_minor for one in share_out(amount, owed)}
    if isinstance(entry, VoidEntry):
        due = {card: one for card, one in paid.items() if one}
    if _by_cards(entry.tenders) != due:
        return held("return_differs", "What gift cards paid is not what goes back onto them.")
    if tuple(entry.cards_emptied) != tuple(emptied):
        return held(
            "return_differs", "The gift cards that come back are not those of the lines that come back."
        )
    return None


def post_return(desk: Desk, origin: Origin, entry: ReturnEntry | VoidEntry, sale: SaleEntry) -> None:
    """Take back what was put onto cards that came back, below zero where it was spent; give cards back what they paid."""
    currency = sale.quote_input.context.currency
    unit, back = money_unit(currency), payments(entry.tenders)
    legs = back_postings(entry.cards_emptied, back, currency, desk.store_id)
    # A wallet's account is the member's, in which points may have been reversed already: these are the second steps.
    if not legs or not desk.books.post(origin, Step.REVERSED, legs, nth=1):
        return
    sold = f"{entry.sale.chain_id}:{entry.sale.seq}"
    for load in entry.cards_emptied:
        taken = _available(load.account_id, unit, -load.amount_minor)
        desk.books.post(origin, Step.TAKEN_BACK, taken, nth=1)
        lots.take_back(aliases.owner_of(load.account_id), unit, load.amount_minor, sold)
    for one in back:
        given = _available(one.account_id, unit, one.amount_minor)
        desk.books.post(origin, Step.GIVEN_BACK, given, nth=1)
        lot, owner = f"{origin.chain_id}:{origin.seq}:paid", aliases.owner_of(one.account_id)
        lots.add(owner, unit, lot, one.amount_minor, origin.at_ms, None)


def saw_return(desk: Desk, origin: Origin, entry: ReturnEntry | VoidEntry, currency: str) -> None:
    """The balances of the return's cards count it."""
    cards = {load.account_id for load in entry.cards_emptied}
    cards |= {one.account_id for one in entry.tenders if one.account_id is not None}
    _saw(desk, origin, cards, currency)


def _available(account_id: uuid.UUID, unit: str, amount: int) -> list[Posting]:
    """From what is pending to what its owner has available; backwards below zero."""
    owner = aliases.owner_of(account_id)
    return [Posting(account_id, unit, PENDING, -amount), Posting(owner, unit, AVAILABLE, amount)]


def _by_cards(tenders: Iterable[Tender]) -> dict[uuid.UUID, int]:
    return paid_by_cards((one.account_id, one.amount_minor) for one in tenders)


def _saw(desk: Desk, origin: Origin, cards: Iterable[uuid.UUID], currency: str) -> None:
    unit = money_unit(currency)
    if units.is_sound(unit, 1):
        for card in sorted(cards):
            desk.books.saw(card, unit, origin.chain_id, origin.seq)
