"""A return as the till shows it, as frozen values: figures and codes."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from agent.domain.receipt import ReceiptPoints
from agent.service.views import GiftView

CouponFate = Literal["void", "asked", "used", "back"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnLineView:
    """A line of the sale. `left` units can still come back, `chosen` are to; the amounts are what those left cost."""

    line_id: int
    name: str
    uom: str
    quantity: Decimal
    units: int
    left: int
    chosen: int
    paid_minor: int
    list_minor: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CouponFateView:
    """A coupon of the sale: printed and now `void`, `asked` of HQ, `used` and deducted; or used by it and `back`."""

    title: str
    fate: CouponFate
    amount_minor: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundView:
    """The return quote. `goods` are (name, list price) of what is chosen; `taken_off` what offers and points paid of it.

    `gifts` were handed over for nothing and are no longer due: the cashier may ask for them back.
    `repriced_minor` is what the rest of the sale costs more since an offer no longer holds. Where the shop asks,
    `kept_minor` and `repriced_refund_minor` are the two answers; else both are None.
    """

    refund_minor: int
    goods: tuple[tuple[str, int], ...]
    taken_off: tuple[tuple[str, int], ...]
    repriced_minor: int
    deducted_minor: int
    points: tuple[ReceiptPoints, ...]
    coupons: tuple[CouponFateView, ...]
    gifts: tuple[GiftView, ...] = ()
    kept_minor: int | None = None
    repriced_refund_minor: int | None = None
    repriced: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnState:
    """The return at one moment. `day` of `days` (0: no limit) since the sale. `refund` once something is chosen.

    `refund_kinds` are the ways in which it may be paid out, `refund_to` the chosen one, and `tenders` what that comes
    to, (kind, amount); `ready`: nothing is missing any more. `voids`: the whole sale is to be cancelled. `reasons` are
    the likeliest ones, as codes.
    """

    sale_id: uuid.UUID
    receipt_number: str
    at_ms: int
    offset_min: int
    day: int
    days: int
    tender_kinds: tuple[str, ...]
    total_minor: int
    lines: tuple[ReturnLineView, ...]
    member_name: str
    member_initials: str
    member_tier: str
    refund: RefundView | None
    reasons: tuple[str, ...]
    reason: str
    refund_kinds: tuple[str, ...]
    refund_to: str
    tenders: tuple[tuple[str, int], ...]
    can_void: bool
    ready: bool
    voids: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class FinishedReturn:
    """A committed return or void."""

    return_id: uuid.UUID
    receipt_number: str
    of_receipt: str
    refund_minor: int
    tenders: tuple[tuple[str, int], ...]
    void: bool
