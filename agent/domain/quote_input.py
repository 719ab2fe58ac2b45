"""`quote_input`: everything the engine reads, stored with each sale so that HQ can replay it."""

from __future__ import annotations

import datetime
import uuid
from typing import Literal

import msgspec

from agent.domain.basket import Basket
from agent.domain.member import MemberFacts

# Steps when results may differ for the same input.
ENGINE_SEMANTICS = 2

ClockState = Literal["ok", "suspect"]
Role = Literal["till", "plugin"]


class Claim(msgspec.Struct, frozen=True, omit_defaults=True):
    """A reward that somebody tapped: `blocks` times its cost."""

    program_id: str
    blocks: int = 1


class CouponClaim(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """A serialised coupon presented in this sale, with its terms as the register knows them.

    `held`: this chain holds the coupon's lease, so it may be redeemed now.
    """

    coupon_id: uuid.UUID
    program_id: str
    valid_from: datetime.date
    valid_until: datetime.date
    held: bool = False


class Context(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """Where and when: the pinned offer time (UTC, ms), its offset, the business date, and the store's money."""

    store_id: str
    register_id: str
    currency: str
    currency_exponent: int
    offer_time_ms: int
    offset_min: int
    business_date: datetime.date
    clock: ClockState = "ok"
    role: Role = "till"


class Share(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """What this register may still do of a limited program: so many uses, so much money given away."""

    uses: int = 0
    budget_minor: int = 0


class QuoteInput(msgspec.Struct, frozen=True, kw_only=True):
    """The engine's whole input. `removals` are programs taken off for this sale; `codes` are promotion
    codes, in capitals; `shares` are this register's parts of limited programs; `program_set_hash` is SHA-256 of the
    published bytes, in lower-case hex.

    Every field is written, defaults too: `engine_semantics` steps, and a sale of today must not be read as a
    sale of the next step's.
    """

    basket: Basket
    member: MemberFacts | None = None
    claims: tuple[Claim, ...] = ()
    removals: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()
    coupons: tuple[CouponClaim, ...] = ()
    # Left out of the bytes where there are none, so that a sale without them is written as it always was.
    shares: dict[str, Share] | msgspec.UnsetType = msgspec.UNSET
    confirmed_time_offers: bool = False
    context: Context
    program_set_hash: str
    engine_semantics: int = ENGINE_SEMANTICS
