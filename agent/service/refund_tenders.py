"""How money is paid back: to the card that paid, in cash, or into the sale of the same visit."""

from __future__ import annotations

from agent.domain.tendering import CASH, EXCHANGE, MANUFACTURER_COUPON
from agent.service.open_return import OpenReturn
from agent.service.past_sale import PastSale
from agent.service.tenders import CARD
from sync.wire.entries import Tender


def refund_kinds(now: OpenReturn) -> tuple[str, ...]:
    """How this refund may be paid out, the likeliest first: to a card where one paid and has not got all of it back."""
    if now.voids:
        return ()
    amount = now.refund.refund_minor if now.refund is not None else 0
    card = (CARD,) if amount and _card_left_minor(now.sale) else ()
    return (*card, CASH, EXCHANGE)


def refund_tenders(now: OpenReturn) -> tuple[Tender, ...]:
    """What is paid out: a card gets back at most what it paid, the rest is cash. A void pays back as it was paid."""
    if now.voids:
        return _tenders_back(now.sale)
    amount = now.refund.refund_minor if now.refund is not None else 0
    if now.refund_to != CARD:
        return (Tender(now.refund_to, amount),) if amount else ()
    on_card = min(amount, _card_left_minor(now.sale))
    parts = (Tender(CARD, on_card), Tender(CASH, amount - on_card))
    return tuple(part for part in parts if part.amount_minor)


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
            others.append(Tender(one.kind, one.amount_minor - part, one.reference))
    return (*((Tender(CASH, cash),) if cash else ()), *others)
