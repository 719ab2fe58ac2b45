"""How money is paid back: onto the gift cards that paid, to the card that paid, in cash, or into the sale of the same visit."""

from __future__ import annotations

import uuid

import msgspec

from agent.domain.gift_cards import paid_by_cards, share_out, still_owed
from agent.domain.tendering import CASH, EXCHANGE, MANUFACTURER_COUPON
from agent.service.open_return import OpenReturn
from agent.service.past_sale import PastSale
from agent.service.tenders import CARD
from sync.wire.entries import Tender


def refund_kinds(now: OpenReturn) -> tuple[str, ...]:
    """How this refund may be paid out, the likeliest first: to a card where one paid and has not got all of it back.

    What gift cards paid goes back onto them before anything else, so it never becomes cash or goods of a new sale: then
    nothing is paid out in an exchange.
    """
    if now.voids:
        return ()
    amount = now.refund.refund_minor if now.refund is not None else 0
    on_gift_cards = sum(one.amount_minor for one in _onto_gift_cards(now.sale, amount))
    if amount and on_gift_cards == amount:
        return (_onto_gift_cards(now.sale, amount)[0].kind,)
    card = (CARD,) if amount and _card_left_minor(now.sale) else ()
    return (*card, CASH) if on_gift_cards else (*card, CASH, EXCHANGE)


def refund_tenders(now: OpenReturn) -> tuple[Tender, ...]:
    """What is paid out: gift cards and a card get back at most what they paid, the rest is cash. A void pays back as it
    was paid."""
    if now.voids:
        return _tenders_back(now.sale)
    amount = now.refund.refund_minor if now.refund is not None else 0
    onto = _onto_gift_cards(now.sale, amount)
    amount -= sum(one.amount_minor for one in onto)
    if now.refund_to != CARD:
        return (*onto, *((Tender(now.refund_to, amount),) if amount else ()))
    on_card = min(amount, _card_left_minor(now.sale))
    parts = (*onto, Tender(CARD, on_card), Tender(CASH, amount - on_card))
    return tuple(part for part in parts if part.amount_minor)


def _onto_gift_cards(sale: PastSale, amount_minor: int) -> tuple[Tender, ...]:
    """What of a refund goes back onto the gift cards that paid, or into the wallet."""
    paid = _by_cards(sale.entry.tenders)
    owed = still_owed(paid, [_by_cards(each.tenders) for each in sale.earlier])
    as_paid = {one.account_id: one for one in sale.entry.tenders if one.account_id is not None}
    return tuple(
        msgspec.structs.replace(as_paid[one.account_id], amount_minor=one.amount_minor)
        for one in share_out(amount_minor, owed)
    )


def _by_cards(tenders: tuple[Tender, ...]) -> dict[uuid.UUID, int]:
    return paid_by_cards((one.account_id, one.amount_minor) for one in tenders)


def _card_left_minor(sale: PastSale) -> int:
    paid = sum(one.amount_minor for one in sale.entry.tenders if one.kind == CARD)
    back = sum(one.amount_minor for each in sale.earlier for one in each.tenders if one.kind == CARD)
    return max(0, paid - back)


def _tenders_back(sale: PastSale) -> tuple[Tender, ...]:
    """What was paid goes back the way it came: cash less its change, each card its own part."""
    entry = sale.entry
    cash = sum(one.amount_minor for one in entry.tenders if one.kind in (CASH, EXCHANGE)) - entry.change_minor
    others = []
    excess = entry.tender_excess_minor
    for one in entry.tenders:
        if one.kind in (CASH, EXCHANGE):
            continue
        part = min(excess, one.amount_minor) if one.kind == MANUFACTURER_COUPON else 0
        excess -= part
        if one.amount_minor > part:
            others.append(Tender(one.kind, one.amount_minor - part, one.reference, one.account_id))
    return (*((Tender(CASH, cash),) if cash else ()), *others)
