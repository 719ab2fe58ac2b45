"""Serialised coupons: each is an account of its own with one unit, so it can be redeemed once and leased like points."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Literal

from django.db import connection

from agent.domain.ledger import (
    AVAILABLE,
    Posting,
    coupon_unit,
    issued_bucket,
    lease_bucket,
    move,
    redeemed_bucket,
    shortfall_bucket,
)
from hq.columns import as_uuid, key
from hq.ledger import grants, serials
from hq.ledger.books import Books, Origin, Step
from sync.wire.entries import CouponIssued, CouponRedeemed
from sync.wire.feed import CouponRow

State = Literal["held", "free", "redeemed", "void"]


@dataclass(frozen=True, slots=True)
class KnownCoupon:
    """A coupon with the store that issued it."""

    store_id: str
    row: CouponRow


def issue_postings(coupon_id: uuid.UUID, store_id: str, chain_id: uuid.UUID) -> tuple[Posting, Posting]:
    """A new coupon, into the lease of the chain that printed it."""
    return move(coupon_id, coupon_unit(coupon_id), 1, issued_bucket(store_id), lease_bucket(chain_id))


def redeem_postings(coupon_id: uuid.UUID, store_id: str, chain_id: uuid.UUID) -> tuple[Posting, Posting]:
    """A coupon used, out of the chain's lease."""
    return move(coupon_id, coupon_unit(coupon_id), 1, lease_bucket(chain_id), redeemed_bucket(store_id))


def issue(books: Books, origin: Origin, coupon: CouponIssued, owner_account_id: uuid.UUID | None) -> None:
    """Post a coupon that a sale printed. It belongs to the lease of that sale's chain."""
    if not books.post(
        origin, Step.ISSUED, issue_postings(coupon.coupon_id, origin.store_id, origin.chain_id)
    ):
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO coupon (coupon_id, program_id, redeems_program_id, valid_from, valid_until, store_id,"
            " owner_account_id, holder, state, issued_ms, value_minor, bound)"
            " VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, 0, %s)"
            " ON CONFLICT (coupon_id) DO NOTHING",
            [
                key(coupon.coupon_id),
                coupon.program_id,
                coupon.redeems_program_id,
                coupon.valid_from,
                coupon.valid_until,
                origin.store_id,
                key(owner_account_id) if owner_account_id else None,
                key(origin.chain_id),
                "held",
                origin.at_ms,
                False,
            ],
        )
    serials.note(coupon.coupon_id)


def redeem(books: Books, origin: Origin, coupon: CouponRedeemed) -> None:
    """Post a coupon that was used; one that its chain held no lease of is booked to shortfall."""
    unit = coupon_unit(coupon.coupon_id)
    lease = lease_bucket(origin.chain_id)
    held = books.bucket(coupon.coupon_id, unit, lease) >= 1
    if not books.post(
        origin, Step.SPENT, redeem_postings(coupon.coupon_id, origin.store_id, origin.chain_id)
    ):
        return
    if not held:
        shortfall = move(coupon.coupon_id, unit, 1, shortfall_bucket(origin.store_id), lease)
        books.post(origin, Step.SHORTFALL, shortfall)
    if coupon.grant_id is not None:
        grant = grants.find(coupon.grant_id)
        if grant is not None and grant.chain_id == origin.chain_id and grant.account_id == coupon.coupon_id:
            grants.spend(grant, 1)
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE coupon SET state = 'redeemed', holder = %s, value_minor = %s WHERE coupon_id = %s"
            " AND state <> 'redeemed'",
            [key(origin.chain_id), coupon.discount_minor, key(coupon.coupon_id)],
        )


def bring_back(books: Books, origin: Origin, sale: Origin, coupon_id: uuid.UUID) -> None:
    """The sale that used the coupon came back: its chain holds it again, unspent.

    One that the sale had no lease of was booked to shortfall; that booking goes, and the coupon stays as it is.
    """
    unit, lease = coupon_unit(coupon_id), lease_bucket(origin.chain_id)
    back = move(coupon_id, unit, 1, redeemed_bucket(origin.store_id), lease)
    if not books.post(origin, Step.REVERSED, back):
        return
    if books.posted([coupon_id], sale, Step.SHORTFALL):
        books.post(origin, Step.SHORTFALL, move(coupon_id, unit, 1, lease, shortfall_bucket(origin.store_id)))
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE coupon SET state = 'held', holder = %s, value_minor = 0 WHERE coupon_id = %s",
            [key(origin.chain_id), key(coupon_id)],
        )


def take_back(books: Books, origin: Origin, coupon_id: uuid.UUID) -> None:
    """The sale that printed the coupon came back: it is void, unless it was used already.

    One that another chain holds is void from now on; its unit goes back with that chain's lease.
    """
    unit, issued = coupon_unit(coupon_id), issued_bucket(origin.store_id)
    known = find(coupon_id)
    if known is None or known.row.state == "redeemed":
        return
    for bucket in (lease_bucket(origin.chain_id), AVAILABLE):
        if books.bucket(coupon_id, unit, bucket) >= 1:
            books.post(origin, Step.REVERSED, move(coupon_id, unit, 1, bucket, issued))
            break
    books.touched.add((coupon_id, unit))
    _set_state(coupon_id, "void", known.row.chain_id)


def release_own(books: Books, origin: Origin, coupon_id: uuid.UUID) -> int:
    """A coupon that the chain issued itself goes to HQ. Returns 1 when the chain did not hold it.

    One that HQ has lent it stays: a chain whose feed told of the coupon before the lease came may take it for its own.
    """
    unit = coupon_unit(coupon_id)
    lease = lease_bucket(origin.chain_id)
    if grants.held_by(origin.chain_id, coupon_id, unit):
        return 0
    if books.bucket(coupon_id, unit, lease) < 1:
        return 1
    if books.post(origin, Step.RELEASED, move(coupon_id, unit, 1, lease, AVAILABLE)):
        set_free(coupon_id)
    return 0


def set_free(coupon_id: uuid.UUID) -> None:
    """Any lane may ask for the coupon's lease; one already redeemed stays so."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE coupon SET state = 'free' WHERE coupon_id = %s AND state = 'held'", [key(coupon_id)]
        )


def set_held(coupon_id: uuid.UUID, chain_id: uuid.UUID) -> None:
    """The chain got the coupon's lease."""
    _set_state(coupon_id, "held", chain_id)


def find(coupon_id: uuid.UUID) -> KnownCoupon | None:
    """The coupon as lanes are told of it, or None when HQ never saw it issued."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT redeems_program_id, valid_from, valid_until, holder, state, value_minor, store_id,"
            " CASE WHEN bound THEN owner_account_id END FROM coupon WHERE coupon_id = %s",
            [key(coupon_id)],
        )
        row = cursor.fetchone()
    if row is None:
        return None
    program_id, valid_from, valid_until, holder, state, value_minor, store_id, owner = row
    return KnownCoupon(
        store_id,
        CouponRow(
            coupon_id=coupon_id,
            program_id=program_id,
            valid_from=valid_from,
            valid_until=valid_until,
            chain_id=as_uuid(holder),
            state=state,
            value_minor=value_minor,
            owner=as_uuid(owner) if owner is not None else None,
        ),
    )


def _set_state(coupon_id: uuid.UUID, state: State, holder: uuid.UUID) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE coupon SET state = %s, holder = %s WHERE coupon_id = %s AND state <> 'redeemed'",
            [state, key(holder), key(coupon_id)],
        )
