"""What a receipt says, as facts; how it looks is decided by the printer's layout.

One of these is the body of a print job. Amounts are minor units; texts are already in the receipt's language.
"""

from __future__ import annotations

import datetime
from decimal import Decimal

import msgspec

from agent.domain.quote import Refusal


class StoreHead(msgspec.Struct, frozen=True, omit_defaults=True):
    """The store's name and the lines under it (street, tax number)."""

    name: str
    lines: tuple[str, ...] = ()


class ReceiptLine(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """A line with the discounts under it, each as (program's receipt text, amount taken off)."""

    name: str
    quantity: Decimal
    uom: str
    unit_price: Decimal | None = None
    extended_minor: int
    discounts: tuple[tuple[str, int], ...] = ()


class ReceiptTender(msgspec.Struct, frozen=True, omit_defaults=True):
    """`kind` is the tender's code (cash, card, manufacturer_coupon); `detail` for example the last four digits."""

    kind: str
    amount_minor: int
    detail: str = ""


class ReceiptCard(msgspec.Struct, frozen=True):
    """A gift card after this receipt: the end of its number and what is on it then."""

    last4: str
    balance_minor: int


class ReceiptTax(msgspec.Struct, frozen=True):
    """Tax of one code contained in or added to the total."""

    code: str
    rate: Decimal
    amount_minor: int


class ReceiptGift(msgspec.Struct, frozen=True):
    """Something handed over for nothing: so many of an item, and the text of the program that gives it."""

    item_name: str
    units: int
    text: str


class ReceiptPoints(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """Points of one program: before this sale, earned, spent, after; `usable_now` when it differs.

    They are `stamps` of a card, or minor units of `money` in the wallet, where that is what the program counts.
    """

    program_name: str
    before: int
    earned: int = 0
    spent: int = 0
    after: int
    # A return takes back of what was earned, and gives back of what was spent.
    taken_back: int = 0
    given_back: int = 0
    usable_now: int | None = None
    stamps: bool = False
    money: bool = False


class ReceiptMember(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """First name and initial, tier, and points. `pending_hq` when the identifier is not known here yet.

    `referral_code` is printed for the member to give to a friend.
    """

    display_name: str = ""
    tier_name: str = ""
    points: tuple[ReceiptPoints, ...] = ()
    pending_hq: bool = False
    referral_code: str = ""
    # What is missing to the next tier after this sale, in minor units or in points; 0: reached with it.
    next_tier: str = ""
    missing: int = 0
    missing_points: bool = False


class ReceiptCoupon(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """A coupon printed with this receipt. `serial` is for eyes and typing, `qr_payload` for scanners."""

    title: str
    terms: tuple[str, ...] = ()
    valid_from: datetime.date
    valid_until: datetime.date
    serial: str
    qr_payload: str


class ReceiptUnused(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """A coupon or code that the customer brought and that gave nothing, with the reason; `in_stamps`: what is missing
    are stamps. `other_title` is the offer that applies instead."""

    title: str
    refusal: Refusal
    in_stamps: bool = False
    other_title: str = ""


class ReceiptReturn(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """What the receipt of a return says beside its lines: the sale that they came from, and its coupons.

    `reason` is a code. `repriced_minor` is what offers had taken off that the rest of the sale no longer reaches;
    `deducted` are coupons of the sale that were used since, each with what it took off. `void`: the whole sale is.
    """

    of_receipt: str
    of_at_ms: int
    of_offset_min: int
    reason: str
    void: bool = False
    repriced_minor: int = 0
    deducted: tuple[tuple[str, int], ...] = ()
    coupons_void: tuple[str, ...] = ()
    coupons_back: tuple[str, ...] = ()


class Receipt(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """Everything printed for one sale, or for what came back of one: then `returned` is set, `sale_id` is the return's,
    and `total_minor` is paid out by the tenders. `fiscal` is false for the till role without a fiscal device."""

    sale_id: str
    store: StoreHead
    receipt_number: str
    register_name: str
    operator_name: str
    at_ms: int
    offset_min: int
    locale: str = "en"
    currency: str
    currency_exponent: int
    lines: tuple[ReceiptLine, ...] = ()
    goods_minor: int
    saved_minor: int = 0
    rewards: tuple[tuple[str, int], ...] = ()
    total_minor: int
    tenders: tuple[ReceiptTender, ...] = ()
    change_minor: int = 0
    taxes: tuple[ReceiptTax, ...] = ()
    member: ReceiptMember | None = None
    coupons: tuple[ReceiptCoupon, ...] = ()
    # What vouchers were used for in this sale; they took nothing off.
    vouchers_used: tuple[str, ...] = ()
    returned: ReceiptReturn | None = None
    fiscal: bool = False
    gifts: tuple[ReceiptGift, ...] = ()
    unused: tuple[ReceiptUnused, ...] = ()
    cards: tuple[ReceiptCard, ...] = ()
