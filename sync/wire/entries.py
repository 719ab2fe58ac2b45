"""The journal's entries: one msgspec structure for each kind, as formats.md freezes them.

An entry is encoded once at the register (msgspec JSON, UTF-8), stored as those bytes, hashed and sent unchanged;
nobody re-encodes it. Unknown fields are ignored, so an older HQ reads a newer register. Members' personal data,
identifier hashes included, is never in an entry: it names a personal-data blob by id and salted digest.

A field's default never changes once released: `omit_defaults` leaves it out of the bytes, and whoever reads them
years later puts today's default back.
"""

from __future__ import annotations

import datetime
import uuid
from typing import Final

import msgspec

from agent.domain.ledger import Posting
from agent.domain.member import IdentifierKind, MemberFacts
from agent.domain.quote import Discount, Earned, GiftGrant, Spent, Withheld
from agent.domain.quote_input import ClockState, QuoteInput, Role
from agent.domain.returns import CouponTaken, PointsBack, ReturnedLine
from agent.domain.tax import TaxRounding
from sync.wire.decimals import refuse_wild_decimals, with_plain_decimals

KIND_SALE: Final = 1
KIND_RETURN: Final = 2
KIND_VOID: Final = 3
KIND_MEMBER: Final = 4
KIND_GRANT_RECEIVED: Final = 5
KIND_RELEASE: Final = 6
KIND_ADJUSTMENT: Final = 10
KIND_CHAIN_OPENED: Final = 11
KIND_FORKED_ENTRY: Final = 12

MAX_ENTRY_BYTES: Final = 1024 * 1024


class Stamp(msgspec.Struct, frozen=True, omit_defaults=True):
    """When an entry was made: UTC in ms, the offset, the business date, and whether the clock was trusted."""

    at_ms: int
    offset_min: int
    business_date: datetime.date
    clock: ClockState = "ok"


class Operator(msgspec.Struct, frozen=True):
    """Who was signed on: an id and the shop's display name for the person."""

    operator_id: str
    name: str


class Tender(msgspec.Struct, frozen=True, omit_defaults=True):
    """How a part was paid. `kind`: cash, card, manufacturer_coupon, exchange (goods that came back in this visit).

    The change is not subtracted here.
    """

    kind: str
    amount_minor: int
    reference: str = ""


class BlobRef(msgspec.Struct, frozen=True):
    """A personal-data blob that travels beside the entry: its id and SHA-256 (its first 16 bytes are the salt)."""

    blob_id: uuid.UUID
    sha256: str


class LotPart(msgspec.Struct, frozen=True, omit_defaults=True):
    """Part of a lot: points earned together that expire together. Without a date they do not expire."""

    lot_id: str
    amount: int
    expires_on: datetime.date | None = None


class LeaseSpend(msgspec.Struct, frozen=True, kw_only=True):
    """Spent from one grant, in one ledger unit; idempotent at HQ on (grant_id, sale)."""

    grant_id: uuid.UUID
    account_id: uuid.UUID
    unit: str
    amount: int


class CouponRedeemed(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """A serialised coupon used in this sale, from the lease of its `coupon:<id>` unit."""

    coupon_id: uuid.UUID
    program_id: str
    discount_minor: int
    grant_id: uuid.UUID | None = None


class CouponIssued(msgspec.Struct, frozen=True, kw_only=True):
    """A coupon that this sale printed: its account is its own id, its lease belongs to this chain."""

    coupon_id: uuid.UUID
    program_id: str
    redeems_program_id: str
    valid_from: datetime.date
    valid_until: datetime.date


class SaleEntry(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """Kind 1: one sale, whole. `quote_input` holds the basket, once.

    `tender_excess_minor` is what manufacturer's coupons were worth beyond the total; nobody gets it back.
    `gifts` were handed over and are no lines of the basket. `withheld` is what a holdout kept from the member.
    `pii` names the blob of an identifier that was unknown here (then `member_id` is provisional).
    `tax_rounding` is how the taxes on its receipt were rounded.
    """

    sale_id: uuid.UUID
    receipt_number: str
    store_id: str
    register_id: str
    role: Role
    operator: Operator
    stamp: Stamp
    quote_input: QuoteInput
    goods_minor: int
    discount_minor: int
    total_minor: int
    discounts: tuple[Discount, ...] = ()
    tenders: tuple[Tender, ...] = ()
    change_minor: int = 0
    tender_excess_minor: int = 0
    earned: tuple[Earned, ...] = ()
    spent: tuple[Spent, ...] = ()
    postings: tuple[Posting, ...] = ()
    lease_spends: tuple[LeaseSpend, ...] = ()
    coupons_redeemed: tuple[CouponRedeemed, ...] = ()
    coupons_issued: tuple[CouponIssued, ...] = ()
    pii: tuple[BlobRef, ...] = ()
    gifts: tuple[GiftGrant, ...] = ()
    tax_rounding: TaxRounding = "receipt"
    withheld: tuple[Withheld, ...] = ()


class SaleRef(msgspec.Struct, frozen=True, kw_only=True):
    """A sale in the journal: the chain that sold it, its entry there, and what people call it."""

    sale_id: uuid.UUID
    chain_id: uuid.UUID
    seq: int
    receipt_number: str


class ReturnEntry(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """Kind 2: goods of one sale that came back. `goods_minor` less `deducted_minor` is what `tenders` paid out.

    `repriced`: the rest of the sale was priced again. `account_id` is the one that the sale posted to.
    `exchange_sale_id`: the sale of the same visit, which the tender `exchange` pays.
    """

    return_id: uuid.UUID
    receipt_number: str
    store_id: str
    register_id: str
    role: Role
    operator: Operator
    stamp: Stamp
    sale: SaleRef
    account_id: uuid.UUID | None = None
    lines: tuple[ReturnedLine, ...]
    goods_minor: int
    deducted_minor: int = 0
    refund_minor: int
    tenders: tuple[Tender, ...] = ()
    repriced: bool = False
    spent_points_kept: bool = False
    taken_back: tuple[PointsBack, ...] = ()
    given_back: tuple[PointsBack, ...] = ()
    coupons_back: tuple[uuid.UUID, ...] = ()
    coupons_taken: tuple[CouponTaken, ...] = ()
    reason: str
    exchange_sale_id: uuid.UUID | None = None
    postings: tuple[Posting, ...] = ()


class VoidEntry(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """Kind 3: a whole sale of the same day taken back; everything stands as if it had never been. It has a reason."""

    void_id: uuid.UUID
    receipt_number: str
    store_id: str
    register_id: str
    role: Role
    operator: Operator
    stamp: Stamp
    sale: SaleRef
    account_id: uuid.UUID | None = None
    total_minor: int
    tenders: tuple[Tender, ...] = ()
    taken_back: tuple[PointsBack, ...] = ()
    given_back: tuple[PointsBack, ...] = ()
    coupons_back: tuple[uuid.UUID, ...] = ()
    coupons_taken: tuple[CouponTaken, ...] = ()
    reason: str
    postings: tuple[Posting, ...] = ()


class Consent(msgspec.Struct, frozen=True, omit_defaults=True):
    """What the member agreed to: `kind` (program, sms, email), how (`said`, `signed`) and under which terms."""

    kind: str
    given: bool
    how: str = "said"
    terms_version: str = ""


class IdentifierRef(msgspec.Struct, frozen=True):
    """An identifier as keyed hash (hex) with its last four characters for display: in feed rows, never in entries."""

    kind: IdentifierKind
    hash: str
    last4: str


class MemberEntry(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """Kind 4: a member enrolled at this register, online or not.

    Name and identifiers, their keyed hashes too, are in the blob (`PersonalData`), so that they can be erased.
    `referral_code` is the code of the member who brought them.
    """

    member_id: uuid.UUID
    account_id: uuid.UUID
    store_id: str
    operator: Operator
    stamp: Stamp
    consents: tuple[Consent, ...]
    locale: str = ""
    pii: tuple[BlobRef, ...] = ()
    referral_code: str = ""


class MemberChangeEntry(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """Kind 4, version 2: something about a member changed at this register. `change`: card_replaced, details.

    The new card, the lost one's hash and what the member told us are in the blob. An empty `locale` was not said.
    """

    member_id: uuid.UUID
    account_id: uuid.UUID
    store_id: str
    operator: Operator
    stamp: Stamp
    change: str
    consents: tuple[Consent, ...] = ()
    locale: str = ""
    pii: tuple[BlobRef, ...] = ()


class GrantReceived(msgspec.Struct, frozen=True, kw_only=True):
    """Kind 5: this chain holds a grant from HQ."""

    grant_id: uuid.UUID
    account_id: uuid.UUID
    unit: str
    amount: int
    lots: tuple[LotPart, ...]
    stamp: Stamp


class Release(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """Kind 6: what is left of a lease goes back to HQ.

    `grant_id` is None for a coupon that this chain issued itself. `reason`: abandoned, taken_off, late,
    not_used, coupon_for_any_lane, recalled, day_end, expired.
    """

    grant_id: uuid.UUID | None
    account_id: uuid.UUID
    unit: str
    amount: int
    reason: str
    stamp: Stamp
    postings: tuple[Posting, ...] = ()


class AdjustmentEntry(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """Kind 10: a correction or a fact that a person enters outside a sale; `reason` says which fields it has.

    `forgotten_card`: a finished sale of nobody is this member's; `member` are the facts by which its points were
    counted, `earned` what it earns. `activity`: the member did what the program `program_id` rewards, about `subject`
    where it counts by subjects; HQ gives the points.
    """

    adjustment_id: uuid.UUID
    store_id: str
    register_id: str
    operator: Operator
    stamp: Stamp
    reason: str
    sale: SaleRef | None = None
    member: MemberFacts | None = None
    earned: tuple[Earned, ...] = ()
    postings: tuple[Posting, ...] = ()
    program_id: str = ""
    subject: str = ""


class ChainOpened(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """Kind 11: the first entry of a chain. `reason`: enrolment, fork, restore."""

    chain_id: uuid.UUID
    register_id: str
    store_id: str
    reason: str
    software: str
    stamp: Stamp


class ForkedEntry(msgspec.Struct, frozen=True, kw_only=True):
    """Kind 12: an entry of an earlier chain of this register that HQ never acked there, byte for byte.

    `hash` (hex) is the earlier chain's after it; `packed` are its bytes under zlib, so that the largest entry fits.
    """

    chain_id: uuid.UUID
    seq: int
    kind: int
    version: int
    hash: str
    packed: bytes


Entry = (
    SaleEntry
    | ReturnEntry
    | VoidEntry
    | MemberEntry
    | MemberChangeEntry
    | GrantReceived
    | Release
    | AdjustmentEntry
    | ChainOpened
    | ForkedEntry
)

# (kind, version) -> structure. HQ stores and quarantines as `needs_upgrade` what is not here.
STRUCTURES: Final[dict[tuple[int, int], type[Entry]]] = {
    (KIND_SALE, 1): SaleEntry,
    (KIND_RETURN, 1): ReturnEntry,
    (KIND_VOID, 1): VoidEntry,
    (KIND_MEMBER, 1): MemberEntry,
    (KIND_MEMBER, 2): MemberChangeEntry,
    (KIND_GRANT_RECEIVED, 1): GrantReceived,
    (KIND_RELEASE, 1): Release,
    (KIND_ADJUSTMENT, 1): AdjustmentEntry,
    (KIND_CHAIN_OPENED, 1): ChainOpened,
    (KIND_FORKED_ENTRY, 1): ForkedEntry,
}

_KIND_OF: Final[dict[type[Entry], tuple[int, int]]] = {struct: key for key, struct in STRUCTURES.items()}
_DECODERS: Final = {key: msgspec.json.Decoder(struct) for key, struct in STRUCTURES.items()}
_ENCODER: Final = msgspec.json.Encoder()


class UnknownEntry(ValueError):
    """A kind or version that this program does not know."""


def encode_entry(entry: Entry) -> tuple[int, int, bytes]:
    """(kind, version, bytes), encoded this once.

    Decimals are written without exponent or trailing zeros. Raises ValueError above 1 MiB, or for a decimal that is
    not a number of a till's size.
    """
    kind, version = _KIND_OF[type(entry)]
    if isinstance(entry, SaleEntry):
        basket = with_plain_decimals(entry.quote_input.basket)
        if basket is not entry.quote_input.basket:
            quote_input = msgspec.structs.replace(entry.quote_input, basket=basket)
            entry = msgspec.structs.replace(entry, quote_input=quote_input)
    body = _ENCODER.encode(entry)
    if len(body) > MAX_ENTRY_BYTES:
        raise ValueError(f"an entry of {len(body)} bytes is over the limit of {MAX_ENTRY_BYTES}")
    return kind, version, body


def decode_entry(kind: int, version: int, body: bytes) -> Entry:
    """The structure in these bytes. Raises UnknownEntry, or msgspec.DecodeError for undecodable bytes."""
    decoder = _DECODERS.get((kind, version))
    if decoder is None:
        raise UnknownEntry(f"kind {kind} version {version}")
    try:
        entry = decoder.decode(body)
    except (RecursionError, UnicodeDecodeError) as error:
        # msgspec lets these two out as they are: bytes nested a hundred thousand deep, text that is not UTF-8.
        raise msgspec.DecodeError(f"not a journal entry: {type(error).__name__}") from error
    if isinstance(entry, SaleEntry):
        refuse_wild_decimals(entry.quote_input.basket, "$.quote_input.basket")
    return entry
