"""Checking a sale that another register made: do its figures add up, and would the engine have said the same?

HQ replays sales of its own engine semantics; a difference is a defect or tampering and waits for a person. A
finished sale is never refused for it. Whether its postings follow from these figures is the ledger's own check.
"""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from agent.domain.errors import LoyaltyError
from agent.domain.evaluate import evaluate
from agent.domain.program_set import ProgramSet
from agent.domain.quote import Discount, Earned, GiftGrant, Quote, Spent, Withheld
from agent.domain.quote_input import ENGINE_SEMANTICS, QuoteInput
from agent.domain.quote_input_checks import require_priceable
from agent.domain.tendering import pay


class TenderFacts(Protocol):
    @property
    def kind(self) -> str: ...
    @property
    def amount_minor(self) -> int: ...


class RedeemedFacts(Protocol):
    @property
    def coupon_id(self) -> uuid.UUID: ...
    @property
    def program_id(self) -> str: ...
    @property
    def discount_minor(self) -> int: ...


class IssuedFacts(Protocol):
    @property
    def coupon_id(self) -> uuid.UUID: ...
    @property
    def program_id(self) -> str: ...
    @property
    def redeems_program_id(self) -> str: ...
    @property
    def valid_from(self) -> datetime.date: ...
    @property
    def valid_until(self) -> datetime.date: ...


class SaleFacts(Protocol):
    """A sale as its journal entry tells it."""

    @property
    def store_id(self) -> str: ...
    @property
    def register_id(self) -> str: ...
    @property
    def role(self) -> str: ...
    @property
    def quote_input(self) -> QuoteInput: ...
    @property
    def goods_minor(self) -> int: ...
    @property
    def discount_minor(self) -> int: ...
    @property
    def total_minor(self) -> int: ...
    @property
    def discounts(self) -> tuple[Discount, ...]: ...
    @property
    def tenders(self) -> Sequence[TenderFacts]: ...
    @property
    def change_minor(self) -> int: ...
    @property
    def tender_excess_minor(self) -> int: ...
    @property
    def earned(self) -> tuple[Earned, ...]: ...
    @property
    def spent(self) -> tuple[Spent, ...]: ...
    @property
    def coupons_redeemed(self) -> Sequence[RedeemedFacts]: ...
    @property
    def coupons_issued(self) -> Sequence[IssuedFacts]: ...
    @property
    def gifts(self) -> tuple[GiftGrant, ...]: ...
    @property
    def withheld(self) -> tuple[Withheld, ...]: ...


@dataclass(frozen=True, slots=True)
class Difference:
    """`code` is stable; `detail` is one sentence for the person who looks at the quarantined sale."""

    code: str
    detail: str


def can_replay(quote_input: QuoteInput) -> bool:
    """Whether this engine's answer is comparable; other sales are posted and counted as not replayed."""
    return quote_input.engine_semantics == ENGINE_SEMANTICS


def check_figures(sale: SaleFacts) -> tuple[Difference, ...]:
    """What does not add up inside the sale itself, whatever its programs were."""
    return tuple(_figures(sale))


def check_sale(sale: SaleFacts, program_set: ProgramSet) -> tuple[Difference, ...]:
    """Every difference between the sale and what the engine says about its input; () when it is right.

    `program_set` is the one that the sale's input names. Raises LoyaltyError where the sale cannot be replayed
    (see `can_replay`) or where another program set is given.
    """
    found = list(_figures(sale))
    if any(each.code == "input_not_priceable" for each in found):
        return tuple(found)
    quote = evaluate(sale.quote_input, program_set)
    found.extend(_against_quote(sale, quote))
    return tuple(found)


def _figures(sale: SaleFacts) -> Iterable[Difference]:
    try:
        require_priceable(sale.quote_input)
    except LoyaltyError as error:
        yield Difference("input_not_priceable", error.title)
        return
    context = sale.quote_input.context
    if (sale.store_id, sale.register_id, sale.role) != (context.store_id, context.register_id, context.role):
        yield Difference("other_register", "The sale and its quote_input name different registers.")
    if sale.goods_minor != sale.quote_input.basket.total_minor:
        yield _figure("goods_differ", "goods", sale.goods_minor, sale.quote_input.basket.total_minor)
    if sale.total_minor != sale.goods_minor - sale.discount_minor or sale.total_minor < 0:
        yield _figure("total_differs", "total", sale.total_minor, sale.goods_minor - sale.discount_minor)
    by_line = sum(discount.amount_minor for discount in sale.discounts)
    by_unit = sum(run.count * run.share for discount in sale.discounts for run in discount.runs)
    if not by_line == by_unit == sale.discount_minor:
        yield _figure("discounts_do_not_add_up", "discount", sale.discount_minor, by_unit)
    if sale.role == "till":
        yield from _payment(sale)


def _payment(sale: SaleFacts) -> Iterable[Difference]:
    try:
        payment = pay(sale.total_minor, [(tender.kind, tender.amount_minor) for tender in sale.tenders])
    except LoyaltyError as error:
        yield Difference("tenders_differ", error.title)
        return
    if payment.left_minor:
        yield Difference("not_paid", f"The tenders leave {payment.left_minor} of the total unpaid.")
    if payment.change_minor != sale.change_minor:
        yield _figure("change_differs", "change", sale.change_minor, payment.change_minor)
    if payment.excess_minor != sale.tender_excess_minor:
        yield _figure("excess_differs", "excess", sale.tender_excess_minor, payment.excess_minor)


def _against_quote(sale: SaleFacts, quote: Quote) -> Iterable[Difference]:
    if sale.total_minor != quote.total_minor:
        yield _figure("total_differs_from_replay", "total", sale.total_minor, quote.total_minor)
    if sale.discounts != quote.discounts:
        yield Difference("discounts_differ_from_replay", _both("discounts", sale.discounts, quote.discounts))
    if sale.earned != quote.earned:
        yield Difference("earned_differs_from_replay", _both("earned", sale.earned, quote.earned))
    if sale.spent != quote.spent:
        yield Difference("spent_differs_from_replay", _both("spent", sale.spent, quote.spent))
    redeemed = [(one.coupon_id, one.program_id, one.discount_minor) for one in sale.coupons_redeemed]
    applied = [
        (one.coupon_id, one.program_id, one.discount_minor)
        for one in quote.applied
        if one.coupon_id is not None
    ]
    if redeemed != applied:
        yield Difference(
            "coupons_redeemed_differ_from_replay", "The coupons used are not those of the replay."
        )
    issued = [_terms(one) for one in sale.coupons_issued]
    if issued != [
        (one.program_id, one.redeems_program_id, one.valid_from, one.valid_until)
        for one in quote.coupons_issued
    ]:
        yield Difference(
            "coupons_issued_differ_from_replay", "The coupons issued are not those of the replay."
        )
    if sale.withheld != quote.withheld:
        yield Difference(
            "withheld_differs_from_replay", "What a holdout kept from the member is not that of the replay."
        )
    if sale.gifts != quote.gifts:
        yield Difference("gifts_differ_from_replay", "The gifts handed over are not those of the replay.")


def _terms(coupon: IssuedFacts) -> tuple[str, str, datetime.date, datetime.date]:
    return coupon.program_id, coupon.redeems_program_id, coupon.valid_from, coupon.valid_until


def _figure(code: str, what: str, told: int, expected: int) -> Difference:
    return Difference(code, f"The sale says {what} {told}; it comes to {expected}.")


def _both(what: str, told: Sequence[object], expected: Sequence[object]) -> str:
    return f"The sale has {len(told)} {what} and the replay {len(expected)}, or their shares differ."
