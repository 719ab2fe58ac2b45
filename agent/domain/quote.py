"""The engine's answer for a basket, in codes and figures; words are made where they are shown."""

from __future__ import annotations

import datetime
import uuid

import msgspec


class UnitRun(msgspec.Struct, frozen=True, array_like=True):
    """`count` units that carry the same `share` (minor units of money, or milli-points) each."""

    count: int
    share: int


class Discount(msgspec.Struct, frozen=True, omit_defaults=True):
    """What one program takes off one line, by unit run. The shares add up to `amount_minor`, exactly."""

    program_id: str
    line_id: int
    amount_minor: int
    runs: tuple[UnitRun, ...]


class Refusal(msgspec.Struct, frozen=True, omit_defaults=True):
    """Why a program gives nothing: a stable `code` and what is missing, in figures.

    `on` is the business date of the use that used up a limit, where it is known.
    """

    code: str
    gap_minor: int = 0
    gap_units: int = 0
    gap_points: int = 0
    at: str = ""
    other_program_id: str = ""
    on: str = ""


class Applied(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """A program that gives something. `points_cost` is spent from the account's lease.

    A quote's `applied` are its discounts, gifts and vouchers; `explain` also answers with what is earned or issued. One
    with a coupon that takes nothing off and hands nothing out is what its voucher was issued for.
    """

    program_id: str
    discount_minor: int = 0
    points_cost: int = 0
    unit: str = ""
    blocks: int = 0
    coupon_id: uuid.UUID | None = None
    points_earned: int = 0
    coupons_issued: int = 0
    gift_units: int = 0
    vouchers_issued: int = 0


class Claimable(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """A reward that one tap would apply, and what that would do. `leased` when it can be spent at once.

    A gift takes nothing off: `gift_units` of it are handed out. Nor does a voucher: so many are issued.
    """

    program_id: str
    discount_minor: int
    gift_units: int = 0
    points_cost: int = 0
    unit: str = ""
    blocks: int = 1
    leased: bool = False
    vouchers_issued: int = 0


class NearMiss(msgspec.Struct, frozen=True):
    """A program nearly reached, with its gap; `reached` is the share of the way, in thousandths."""

    program_id: str
    refusal: Refusal
    reached: int


class Refused(msgspec.Struct, frozen=True, omit_defaults=True):
    """A program that was claimed, presented as a coupon, taken off or given up for a better one, with the reason."""

    program_id: str
    refusal: Refusal
    coupon_id: uuid.UUID | None = None


class LineShare(msgspec.Struct, frozen=True):
    """A line's part of something counted in milli-points, by unit run."""

    line_id: int
    runs: tuple[UnitRun, ...]


class Earned(msgspec.Struct, frozen=True, omit_defaults=True):
    """Points that this sale earns in one ledger unit: floored once, with each line's milli-points."""

    program_id: str
    unit: str
    points: int
    lines: tuple[LineShare, ...] = ()


class Spent(msgspec.Struct, frozen=True, omit_defaults=True):
    """Points that this sale spends, with each line's part, so that a return gives them back by share."""

    program_id: str
    unit: str
    points: int
    lines: tuple[LineShare, ...] = ()


class CouponGrant(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """A next-visit coupon or a voucher that this sale issues: `program_id` issues it, `redeems_program_id` honours it."""

    program_id: str
    redeems_program_id: str
    valid_from: datetime.date
    valid_until: datetime.date


class GiftGrant(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """Something handed out for nothing: `units` of an item, worth `value_minor` in all; it is no line of the basket."""

    program_id: str
    item_code: str
    units: int
    value_minor: int = 0


class Withheld(msgspec.Struct, frozen=True, kw_only=True):
    """A program that a holdout kept from this member, with what it would have taken off alone, at list prices."""

    program_id: str
    experiment: str
    discount_minor: int


class Quote(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """Goods less discounts is the total; `total_minor` is never negative.

    `applied` and `discounts` are in the order of pricing; `claimable` best for the member first;
    `near_misses` nearest first. `tier` is the one that this very sale reached and is priced in. `proven_bound_minor` equals `discount_minor` when the answer is exact.
    """

    goods_minor: int
    discount_minor: int
    total_minor: int
    applied: tuple[Applied, ...] = ()
    discounts: tuple[Discount, ...] = ()
    claimable: tuple[Claimable, ...] = ()
    near_misses: tuple[NearMiss, ...] = ()
    refused: tuple[Refused, ...] = ()
    earned: tuple[Earned, ...] = ()
    spent: tuple[Spent, ...] = ()
    coupons_issued: tuple[CouponGrant, ...] = ()
    gifts: tuple[GiftGrant, ...] = ()
    proven_bound_minor: int = 0
    withheld: tuple[Withheld, ...] = ()
    tier: str = ""
