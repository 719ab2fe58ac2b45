"""The stored sales of a period, each priced again under another program set and held against its own figures."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Final, Literal

import msgspec

from agent.domain.errors import LoyaltyError
from agent.domain.evaluate import evaluate
from agent.domain.program_document import decode_program_set
from agent.domain.program_set import ProgramSet
from agent.domain.quote import Quote
from agent.domain.quote_input import QuoteInput
from agent.service.backtest.given import Given, given_of
from agent.service.backtest.limited import LimitsSoFar
from agent.store.program_sets import kept_program_sets
from agent.store.sale_history import StoredSale, sales_between
from agent.store.sqlite import Connection
from sync.wire.entries import SaleEntry, UnknownEntry, decode_entry

LeftOut = Literal["voided", "returned", "other_engine", "journal_gone", "not_priceable"]
LEFT_OUT: Final[tuple[LeftOut, ...]] = (
    "voided",
    "returned",
    "other_engine",
    "journal_gone",
    "not_priceable",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Missing:
    """How many codes, claimed rewards and presented coupons of a sale the new set has no program for."""

    codes: int = 0
    claims: int = 0
    coupons: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Replayed:
    """One sale before and after; `asked` is what the new set was asked. `proven`: its answer is the best deal."""

    receipt_number: str
    business_date: datetime.date
    account_id: uuid.UUID | None
    asked: QuoteInput
    goods_minor: int
    before: Given
    after: Given
    missing: Missing
    partly_returned: bool
    proven: bool

    @property
    def changed(self) -> bool:
        return not self.before.same_for_the_member(self.after)

    @property
    def cost_minor(self) -> int:
        """How much more the new set takes off; negative where it takes off less."""
        return self.after.discount_minor - self.before.discount_minor


def replay(
    db: Connection, program_set: ProgramSet, first: datetime.date, last: datetime.date
) -> Iterator[Replayed | LeftOut]:
    """Each sale with a business date in the period, in the order in which they were committed.

    Each stands alone: what it was told of its member (balances, tier, uses) stays as it was on that day, and a coupon
    that the new set would have printed is redeemed by nobody.
    """
    limits = LimitsSoFar(program_set, _known_programs(db))
    for sale in sales_between(db, first, last):
        yield _replayed(sale, program_set, limits)


def _replayed(sale: StoredSale, program_set: ProgramSet, limits: LimitsSoFar) -> Replayed | LeftOut:
    if sale.voided:
        return "voided"
    entry = _entry_of(sale)
    if entry is None:
        return "journal_gone"
    if sale.returned_units and sale.returned_units >= sum(
        line.units for line in entry.quote_input.basket.lines
    ):
        return "returned"
    original = entry.quote_input.program_set_hash
    asked = limits.told(
        msgspec.structs.replace(entry.quote_input, program_set_hash=program_set.hash), original
    )
    try:
        quote = evaluate(asked, program_set)
    except LoyaltyError as error:
        return "other_engine" if error.code == "other_engine" else "not_priceable"
    limits.note(asked, quote, original)
    return _held_against(sale, entry, asked, quote, program_set)


def _held_against(
    sale: StoredSale, entry: SaleEntry, asked: QuoteInput, quote: Quote, program_set: ProgramSet
) -> Replayed:
    codes = {program.code for program in program_set.programs if program.trigger == "code"}
    missing = Missing(
        codes=sum(code not in codes for code in asked.codes),
        claims=sum(program_set.program(claim.program_id) is None for claim in asked.claims),
        coupons=sum(program_set.program(coupon.program_id) is None for coupon in asked.coupons),
    )
    return Replayed(
        receipt_number=sale.receipt_number,
        business_date=sale.business_date,
        account_id=sale.account_id,
        asked=asked,
        goods_minor=entry.goods_minor,
        before=given_of(entry),
        after=given_of(quote),
        missing=missing,
        partly_returned=sale.returned_units > 0,
        proven=quote.proven_bound_minor == quote.discount_minor,
    )


def _entry_of(sale: StoredSale) -> SaleEntry | None:
    if sale.body is None:
        return None
    with suppress(UnknownEntry, msgspec.DecodeError):
        entry = decode_entry(sale.kind, sale.version, sale.body)
        if isinstance(entry, SaleEntry):
            return entry
    return None


def _known_programs(db: Connection) -> dict[str, frozenset[str]]:
    """The programs of the sets that this register still keeps."""
    found: dict[str, frozenset[str]] = {}
    for data in kept_program_sets(db):
        with suppress(LoyaltyError):
            kept = decode_program_set(data)
            found[kept.hash] = frozenset(program.id for program in kept.programs)
    return found
