"""A settled sale, built from its quote and its tenders: the figures, postings and lease spends of its journal entry.

Pure: the service brings the ids and the leases that the register holds, and writes what comes out in one
transaction. Everything that is posted here is what formats.md lets a register post.
"""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from gettext import gettext as _

from agent.domain import ledger
from agent.domain.errors import LoyaltyError
from agent.domain.ledger import Posting
from agent.domain.quote import Discount, Earned, GiftGrant, Quote, Spent, Withheld
from agent.domain.quote_input import QuoteInput
from agent.domain.tendering import pay


@dataclass(frozen=True, slots=True)
class HeldGrant:
    """What this register may still spend of one grant; no part of a lot past its date is counted."""

    grant_id: uuid.UUID
    account_id: uuid.UUID
    unit: str
    amount: int


@dataclass(frozen=True, slots=True)
class GrantSpend:
    """`amount` spent from one grant."""

    grant_id: uuid.UUID
    account_id: uuid.UUID
    unit: str
    amount: int


@dataclass(frozen=True, slots=True)
class CouponUse:
    """A coupon redeemed in this sale; `grant_id` is None for one that this chain issued itself."""

    coupon_id: uuid.UUID
    program_id: str
    discount_minor: int
    grant_id: uuid.UUID | None


@dataclass(frozen=True, slots=True)
class NewCoupon:
    """A coupon that this sale issues, under its new id."""

    coupon_id: uuid.UUID
    program_id: str
    redeems_program_id: str
    valid_from: datetime.date
    valid_until: datetime.date


@dataclass(frozen=True, slots=True, kw_only=True)
class SettledSale:
    """Everything of a sale that follows from its quote, its tenders and the leases held."""

    goods_minor: int
    discount_minor: int
    total_minor: int
    change_minor: int
    tender_excess_minor: int
    discounts: tuple[Discount, ...]
    earned: tuple[Earned, ...]
    spent: tuple[Spent, ...]
    postings: tuple[Posting, ...]
    lease_spends: tuple[GrantSpend, ...]
    coupons_redeemed: tuple[CouponUse, ...]
    coupons_issued: tuple[NewCoupon, ...]
    gifts: tuple[GiftGrant, ...]
    withheld: tuple[Withheld, ...]


def settle_sale(
    quote_input: QuoteInput,
    quote: Quote,
    *,
    tenders: Iterable[tuple[str, int]],
    chain_id: uuid.UUID,
    grants: Sequence[HeldGrant] = (),
    coupon_ids: Sequence[uuid.UUID] = (),
) -> SettledSale:
    """Settle a quote that is paid.

    `grants` are spent in the order given. `coupon_ids` are new ids, one for each of `quote.coupons_issued`.
    Raises LoyaltyError where something is left to pay, or where the grants do not cover what is spent.
    """
    payment = pay(quote.total_minor, tenders)
    if payment.left_minor:
        raise LoyaltyError(
            _("The sale is not paid yet."), _("Take the amount that is left."), code="not_paid"
        )
    redeemed = _coupons_redeemed(quote, grants)
    issued = tuple(
        NewCoupon(coupon_id, grant.program_id, grant.redeems_program_id, grant.valid_from, grant.valid_until)
        for coupon_id, grant in zip(coupon_ids, quote.coupons_issued, strict=True)
    )
    # A redeemed coupon names its own grant, so that nothing is spent twice.
    spends = _point_spends(quote_input, quote.spent, grants)
    postings = sale_postings(
        quote_input,
        chain_id=chain_id,
        earned=quote.earned,
        spent=quote.spent,
        redeemed=[use.coupon_id for use in redeemed],
        issued=[coupon.coupon_id for coupon in issued],
        spends=spends,
    )
    return SettledSale(
        goods_minor=quote.goods_minor,
        discount_minor=quote.discount_minor,
        total_minor=quote.total_minor,
        change_minor=payment.change_minor,
        tender_excess_minor=payment.excess_minor,
        discounts=quote.discounts,
        earned=quote.earned,
        spent=quote.spent,
        postings=postings,
        lease_spends=spends,
        coupons_redeemed=redeemed,
        coupons_issued=issued,
        gifts=quote.gifts,
        withheld=quote.withheld,
    )


def sale_postings(
    quote_input: QuoteInput,
    *,
    chain_id: uuid.UUID,
    earned: Sequence[Earned],
    spent: Sequence[Spent],
    redeemed: Iterable[uuid.UUID],
    issued: Iterable[uuid.UUID],
    spends: Sequence[GrantSpend] = (),
) -> tuple[Posting, ...]:
    """The balanced postings of a sale, in one fixed order: earned, spent, coupons redeemed, coupons issued.

    What is spent leaves the account that its grant is of: the member's own, or one that turned out to be theirs.
    """
    store_id = quote_input.context.store_id
    issued_bucket, redeemed_bucket = ledger.issued_bucket(store_id), ledger.redeemed_bucket(store_id)
    lease = ledger.lease_bucket(chain_id)
    postings: list[Posting] = []
    if earned or spent:
        account_id = _account(quote_input)
        for gain in earned:
            postings += ledger.move(account_id, gain.unit, gain.points, issued_bucket, ledger.PENDING)
        for place, points in _spent_by_account(account_id, spent, spends):
            postings += ledger.move(*place, points, lease, redeemed_bucket)
    for coupon_id in redeemed:
        postings += ledger.move(coupon_id, ledger.coupon_unit(coupon_id), 1, lease, redeemed_bucket)
    for coupon_id in issued:
        postings += ledger.move(coupon_id, ledger.coupon_unit(coupon_id), 1, issued_bucket, lease)
    ledger.require_balanced(postings)
    return tuple(postings)


def _spent_by_account(
    account_id: uuid.UUID, spent: Sequence[Spent], spends: Sequence[GrantSpend]
) -> list[tuple[tuple[uuid.UUID, str], int]]:
    """((account, unit), points) of what each program costs; of other accounts than the member's, by the grants."""
    elsewhere = [one for one in spends if one.account_id != account_id]
    if not elsewhere:
        return [((account_id, cost.unit), cost.points) for cost in spent]
    found: dict[tuple[uuid.UUID, str], int] = {}
    for one in spends:
        found[one.account_id, one.unit] = found.get((one.account_id, one.unit), 0) + one.amount
    return list(found.items())


def _account(quote_input: QuoteInput) -> uuid.UUID:
    if quote_input.member is None:
        raise ValueError("points without a member")
    return quote_input.member.account_id


def _point_spends(
    quote_input: QuoteInput, spent: Sequence[Spent], grants: Sequence[HeldGrant]
) -> tuple[GrantSpend, ...]:
    """Allocate what is spent of each unit over the grants held for it, first come first served."""
    if not spent:
        return ()
    wanted: dict[str, int] = {}
    for cost in spent:
        wanted[cost.unit] = wanted.get(cost.unit, 0) + cost.points
    spends: list[GrantSpend] = []
    for unit, points in wanted.items():
        left = points
        for grant in grants:
            part = min(grant.amount, left)
            if grant.unit == unit and part > 0:
                spends.append(GrantSpend(grant.grant_id, grant.account_id, unit, part))
                left -= part
        if left:
            raise LoyaltyError(
                _("The points of this reward are not held by this register."),
                _("Take the reward off, or ask for the points again."),
                code="points_not_held",
            )
    return tuple(spends)


def _coupons_redeemed(quote: Quote, grants: Sequence[HeldGrant]) -> tuple[CouponUse, ...]:
    held = {grant.unit: grant.grant_id for grant in grants if grant.amount > 0}
    return tuple(
        CouponUse(
            applied.coupon_id,
            applied.program_id,
            applied.discount_minor,
            held.get(ledger.coupon_unit(applied.coupon_id)),
        )
        for applied in quote.applied
        if applied.coupon_id is not None
    )
