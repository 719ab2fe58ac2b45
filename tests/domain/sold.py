"""A finished sale for tests of what comes after it: the engine's own quote, settled."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from agent.domain.evaluate import evaluate
from agent.domain.gift_cards import CardLoad
from agent.domain.program_set import ProgramSet
from agent.domain.quote import Discount, Earned, Quote, Spent
from agent.domain.quote_input import QuoteInput
from agent.domain.sale import CouponUse, HeldGrant, NewCoupon, SettledSale, settle_sale
from tests.builders import ACCOUNT, CHAIN, POINTS, an_id


@dataclass(frozen=True, slots=True, kw_only=True)
class Sold:
    """What a return reads of a sale's journal entry."""

    quote_input: QuoteInput
    total_minor: int
    discounts: tuple[Discount, ...]
    earned: tuple[Earned, ...]
    spent: tuple[Spent, ...]
    coupons_redeemed: tuple[CouponUse, ...]
    coupons_issued: tuple[NewCoupon, ...]
    cards_loaded: tuple[CardLoad, ...]
    settled: SettledSale
    program_set: ProgramSet

    def priced_without(self, rest: QuoteInput | None) -> Quote | None:
        return evaluate(rest, self.program_set) if rest is not None else None


def sold(quote_input: QuoteInput, program_set: ProgramSet) -> Sold:
    """The sale of this basket, paid in cash."""
    quote = evaluate(quote_input, program_set)
    ids = [an_id(1000 + number) for number in range(len(quote.coupons_issued))]
    settled = settle_sale(
        quote_input,
        quote,
        tenders=[("cash", quote.total_minor)],
        chain_id=CHAIN,
        grants=(HeldGrant(uuid.UUID(int=0xABC), ACCOUNT, POINTS, 10**9),),
        coupon_ids=ids,
    )
    return Sold(
        quote_input=quote_input,
        total_minor=settled.total_minor,
        discounts=settled.discounts,
        earned=settled.earned,
        spent=settled.spent,
        coupons_redeemed=settled.coupons_redeemed,
        coupons_issued=settled.coupons_issued,
        cards_loaded=settled.cards_loaded,
        settled=settled,
        program_set=program_set,
    )
