"""What screens are shown, as frozen values: figures and codes; how they look is the screen's business."""

from __future__ import annotations

import datetime
import uuid
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from agent.domain.member import IdentifierKind
from agent.domain.quote import Applied, Refusal
from agent.service.tier_view import NextTier

Phase = Literal["empty", "selling", "tender", "finished"]
OfferState = Literal["applied", "available", "offered", "nearly", "refused", "removed"]
VoucherPart = Literal["", "issued", "used"]
HqState = Literal["online", "offline", "forked", "revoked", "none"]
TenderKind = Literal["cash", "card", "manufacturer_coupon", "gift_card", "wallet"]


@dataclass(frozen=True, slots=True)
class Notice:
    """Two lines: what happened, what to do."""

    title: str
    advice: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LineView:
    """A row of the basket. `unit_price` and amounts are minor units; `discounts` are (short title, amount taken off).

    What points paid for is not in them, nor in `net_minor`: it is shown once, under the goods. A line that sells a gift
    card has the end of its number, or wants the card.
    """

    line_id: int
    item_code: str
    name: str
    quantity: Decimal
    uom: str
    unit_price: Decimal | None
    extended_minor: int
    net_minor: int
    discounts: tuple[tuple[str, int], ...] = ()
    deposit: bool = False
    earns: bool = True
    age_restricted: bool = False
    newest: bool = False
    card_wanted: bool = False
    card_last4: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class StampView:
    """One stamp card: what is on it before this sale, what this sale puts on it and takes from it."""

    program_id: str
    title: str
    stamps: int
    earns: int = 0
    spends: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ActivityView:
    """Something that a cashier may enter for the member without a sale, and whether that was done already."""

    program_id: str
    title: str
    points: int
    in_stamps: bool = False
    done: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberView:
    """The member of this basket. `usable_now` is what may be spent now; offline only what is leased here.

    A `provisional` member's identifier is not known here: the sale earns and cannot redeem. `counts_points` is
    false where the shop has no points program; `stamps` are the member's cards, those of this sale with it.
    `referral_code` is theirs to give to friends, `badges` are titles, `activities` what may be entered for them.
    `wallet_minor` is in their wallet before this sale, where they have one or the shop gives cashback.
    """

    member_id: uuid.UUID
    display_name: str
    initials: str
    tier: str
    hint_kind: IdentifierKind | None
    hint_last4: str
    points: int
    usable_now: int
    earns_points: int
    provisional: bool
    counts_points: bool = True
    stamps: tuple[StampView, ...] = ()
    birthday_week: bool = False
    referral_code: str = ""
    badges: tuple[str, ...] = ()
    activities: tuple[ActivityView, ...] = ()
    next_tier: NextTier | None = None
    wallet_minor: int = 0
    wallet_earns_minor: int = 0
    has_wallet: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberChoice:
    """One of the members that a search found, for a list."""

    member_id: uuid.UUID
    display_name: str
    initials: str
    tier: str
    hint_kind: IdentifierKind | None
    hint_last4: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferView:
    """One offer. `reached` is the share of the way in thousandths; `amount_minor` what it takes off.

    `points_cost` is in stamps where `in_stamps`; `usable_points` of them may be spent now, before this reward. A
    `claimed` one was tapped, so the same tap gives it back; one with a `code` goes when its code does.
    `other_title` is the offer that applies instead of a refused one. An `offered` one is offered to this member
    personally and gives nothing yet; `reason` says why the member has it, wherever it is personal. A tap on one that
    `presents` brings in the member's electronic coupon, which counts `until` then. With a `voucher` the sale issues one,
    or uses one: neither takes anything off.
    """

    program_id: str
    title: str
    state: OfferState
    amount_minor: int = 0
    points_cost: int = 0
    in_stamps: bool = False
    usable_points: int = 0
    refusal: Refusal | None = None
    reached: int = 0
    tappable: bool = False
    claimed: bool = False
    coupon_id: uuid.UUID | None = None
    code: str = ""
    other_title: str = ""
    reason: str = ""
    presents: bool = False
    until: datetime.date | None = None
    voucher: VoucherPart = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class WhyView:
    """What one program of the shop does in this sale: what it gives, or the one reason why it gives nothing.

    `in_stamps`: it costs or earns stamps. `other_title` is the offer that applies instead.
    """

    program_id: str
    title: str
    told: Applied | Refusal
    in_stamps: bool = False
    other_title: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class GiftView:
    """Something to hand over with this sale: so many `units` of the item, for nothing."""

    program_id: str
    title: str
    item_name: str
    units: int


@dataclass(frozen=True, slots=True)
class TenderView:
    """A part that was paid. `amount_minor` is what was handed over."""

    kind: str
    amount_minor: int
    reference: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckoutState:
    """The whole till at one moment. `offers` are best first.

    `saved_minor` is `promotions_minor` (what lines show as taken off) and what points paid for. `exchange_minor` is
    what goods of the receipt `exchange_receipt`, which came back in this visit, are worth.
    """

    phase: Phase
    lines: tuple[LineView, ...] = ()
    item_count: int = 0
    goods_minor: int = 0
    saved_minor: int = 0
    promotions_minor: int = 0
    total_minor: int = 0
    currency: str = ""
    currency_exponent: int = 2
    member: MemberView | None = None
    offers: tuple[OfferView, ...] = ()
    gifts: tuple[GiftView, ...] = ()
    tenders: tuple[TenderView, ...] = ()
    left_to_pay_minor: int = 0
    change_minor: int = 0
    excess_minor: int = 0
    notice: Notice | None = None
    receipt_number: str = ""
    exchange_minor: int = 0
    exchange_receipt: str = ""
    takes_gift_cards: bool = False


@dataclass(frozen=True, slots=True)
class LeaseAsk:
    """What HQ must grant before a reward can be used: ask `HqLink.ask_lease` with these, then claim."""

    account_id: uuid.UUID
    unit: str
    target: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FinishedSale:
    """A committed sale. `coupons_issued` are the titles printed on its receipt, `gifts` what is handed over.

    `points_after` is the member's balance with this sale in it, as the receipt says it.
    """

    sale_id: uuid.UUID
    receipt_number: str
    total_minor: int
    change_minor: int
    member: MemberView | None
    coupons_issued: tuple[str, ...] = ()
    gifts: tuple[GiftView, ...] = ()
    points_after: int = 0


@dataclass(frozen=True, slots=True)
class PrinterState:
    """`code` is the printer's own word: ready, paper_out, cover_open, offline, off, none, ... in the spooler's list.

    `waiting` counts the jobs that have not printed yet.
    """

    code: str
    since_ms: int | None = None
    waiting: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintQuestion:
    """ "Did it print?" for one job that may or may not be on paper."""

    job_id: uuid.UUID
    receipt_number: str
    total_minor: int
    created_ms: int
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintFailure:
    """A job that did not print and will not by itself. `can_print` is false where its bytes cannot be read."""

    job_id: uuid.UUID
    receipt_number: str
    can_print: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterStatus:
    """What the till's strip says."""

    hq: HqState
    offline_since_ms: int | None = None
    unsent_sales: int = 0
    waiting_at_hq: int = 0
    printer: PrinterState
    hq_address: str = ""
    business_date: datetime.date | None = None
    next_receipt_number: str = ""
    print_questions: tuple[PrintQuestion, ...] = ()
    print_failures: tuple[PrintFailure, ...] = ()
    print_backlog: int = 0
    clock_suspect: bool = False
    hq_notice: Notice | None = None
    program_set_refusal: Notice | None = None
