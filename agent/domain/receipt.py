"""What a receipt says, as facts; how it looks is decided by the printer's layout.

One of these is the body of a print job. Amounts are minor units; texts are already in the receipt's language.
"""

from __future__ import annotations

import datetime
from decimal import Decimal

import msgspec


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


class ReceiptTax(msgspec.Struct, frozen=True):
    """Tax of one code contained in or added to the total."""

    code: str
    rate: Decimal
    amount_minor: int


class ReceiptPoints(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """Points of one program: before this sale, earned, spent, after; `usable_now` when it differs."""

    program_name: str
    before: int
    earned: int = 0
    spent: int = 0
    after: int
    usable_now: int | None = None


class ReceiptMember(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """First name and initial, tier, and points. `pending_hq` when the identifier is not known here yet."""

    display_name: str = ""
    tier_name: str = ""
    points: tuple[ReceiptPoints, ...] = ()
    pending_hq: bool = False


class ReceiptCoupon(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """A coupon printed with this receipt. `serial` is for eyes and typing, `qr_payload` for scanners."""

    title: str
    terms: tuple[str, ...] = ()
    valid_from: datetime.date
    valid_until: datetime.date
    serial: str
    qr_payload: str


class Receipt(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """Everything printed for one sale. `fiscal` is false for the till role without a fiscal device."""

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
    fiscal: bool = False
