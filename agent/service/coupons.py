"""Serialised coupons: finding the one that is presented, and giving those of other days to every lane."""

from __future__ import annotations

import datetime
import re
import string
import uuid
from gettext import gettext as _
from typing import Final

from agent.domain.coupon import PREFIX, unpack_payload
from agent.domain.errors import LoyaltyError
from agent.domain.ledger import coupon_unit
from agent.service.lane import may_spend, this_register
from agent.service.moment import stamp_at
from agent.service.ports import CouponSigner
from agent.store import coupons
from agent.store.coupons import Coupon
from agent.store.database import Store
from agent.store.feed_state import alias_of
from agent.store.journal import append
from agent.store.leases import open_leases
from agent.store.sqlite import Connection
from sync.wire.entries import Release

# Coupons given to every lane in one unit of work; the next call takes the next ones.
RELEASED_AT_ONCE: Final = 200

_CAPITALS: Final = str.maketrans(string.ascii_lowercase, string.ascii_uppercase)
_SERIAL: Final = re.compile(r"[0-9A-HJKMNP-TV-Z]{12}")


def is_payload(text: str) -> bool:
    """Whether the text is what a coupon's QR code says."""
    return text.startswith(PREFIX)


def knows_serial(db: Connection, text: str) -> bool:
    """Whether the text is the serial of a coupon of this store: twelve letters, spaces and dashes allowed."""
    letters = _serial_letters(text)
    return _SERIAL.fullmatch(letters) is not None and coupons.find_by_serial(db, letters) is not None


def find_coupon(db: Connection, text: str, signer: CouponSigner) -> Coupon:
    """The coupon whose QR code was scanned, or whose serial was typed.

    Raises LoyaltyError for one that is not known here, or that this register never signed.
    """
    payload = unpack_payload(text)
    if payload is None:
        if text.startswith(PREFIX):
            raise LoyaltyError(
                _("This coupon's code cannot be read."),
                _("Scan it again, or type the twelve letters under it."),
                code="coupon_unreadable",
            )
        coupon = coupons.find_by_serial(db, _serial_letters(text))
    else:
        # Ed25519 signs the same bytes the same way, so signing again is checking.
        ours = payload.key_id == signer.key_id
        if ours and signer.sign(payload.signed_bytes) != payload.signature:
            raise LoyaltyError(
                _("This coupon was not printed by this shop."),
                _("Do not accept it."),
                code="coupon_not_genuine",
            )
        coupon = coupons.read_coupon(db, payload.coupon_id)
    if coupon is None:
        raise held_elsewhere()
    return coupon


def held_elsewhere() -> LoyaltyError:
    """What to say of a coupon that this register cannot know to be unspent."""
    return LoyaltyError(
        _("This coupon can be used at the register that printed it, or when the connection is back."),
        _("The member keeps it until then."),
        code="coupon_held_elsewhere",
    )


def require_usable(coupon: Coupon, on: datetime.date) -> None:
    """Raise LoyaltyError unless the coupon is unspent and in its dates."""
    if coupon.state == "redeemed":
        raise LoyaltyError(
            _("This coupon was used already."), _("It counts once only."), code="coupon_redeemed"
        )
    if coupon.state == "void":
        raise LoyaltyError(
            _("This coupon no longer counts."),
            _("It was made void and cannot be used any more."),
            code="coupon_void",
        )
    if on < coupon.valid_from:
        raise LoyaltyError(
            _("This coupon counts from {date} on.").format(date=coupon.valid_from.isoformat()),
            _("The member keeps it for the next visit."),
            code="coupon_too_early",
        )
    if on > coupon.valid_until:
        raise LoyaltyError(
            _("This coupon counted until {date}.").format(date=coupon.valid_until.isoformat()),
            _("It cannot be used any more."),
            code="coupon_expired",
        )


def require_theirs(db: Connection, coupon: Coupon, account_id: uuid.UUID | None) -> None:
    """Raise LoyaltyError for an electronic coupon of another account than the one that buys."""
    if coupon.owner is None:
        return
    if account_id is None:
        raise LoyaltyError(
            _("This coupon belongs to a member."),
            _("Find the member first; it counts for them alone."),
            code="coupon_needs_owner",
        )
    if not is_theirs(db, coupon, account_id):
        raise LoyaltyError(
            _("This coupon belongs to another member."),
            _("It counts for them alone."),
            code="coupon_of_another",
        )


def is_theirs(db: Connection, coupon: Coupon, account_id: uuid.UUID | None) -> bool:
    """Whether this account may use the coupon: it is anybody's, its own, or of one that turned out to be its."""
    return coupon.owner is None or (account_id is not None and alias_of(db, coupon.owner) == account_id)


def is_held(db: Connection, coupon: Coupon) -> bool:
    """Whether this chain may redeem the coupon now: it issued it and kept it, or HQ granted it."""
    if not may_spend(db):
        return False
    if coupon.state == "held" and coupon.chain_id == this_register(db).chain_id:
        return True
    unit = coupon_unit(coupon.coupon_id)
    return any(lease.unit == unit for lease in open_leases(db, coupon.coupon_id))


def release_for_any_lane(store: Store, at_ms: int) -> int:
    """Give coupons that are valid from a later day to HQ, and those whose first day has ended, so that any lane can
    lease them.

    Called whenever there is a connection. Returns how many; the courier has something to send then.
    """
    reader = store.reader()
    chain_id = this_register(reader).chain_id
    today = stamp_at(reader, at_ms).business_date
    released = 0
    for held, reason in (
        (coupons.held_with_later_start, "coupon_for_any_lane"),
        (coupons.held_since_an_earlier_day, "day_end"),
    ):
        if not held(reader, chain_id, today, 1):
            continue
        with store.unit_of_work() as db:
            found = held(db, chain_id, today, RELEASED_AT_ONCE)
            for coupon in found:
                release_coupon(db, coupon, reason, at_ms)
        released += len(found)
    return released


def release_coupon(db: Connection, coupon: Coupon, reason: str, at_ms: int) -> None:
    """Journal that this chain gives a coupon of its own to HQ, in the caller's unit of work."""
    coupons.set_coupon_state(db, coupon.coupon_id, "free")
    entry = Release(
        grant_id=None,
        account_id=coupon.coupon_id,
        unit=coupon_unit(coupon.coupon_id),
        amount=1,
        reason=reason,
        stamp=stamp_at(db, at_ms),
    )
    append(db, this_register(db).chain_id, entry)


def _serial_letters(text: str) -> str:
    # The serial's alphabet has no i, l, o or u, so people may type it in small letters too; ASCII only.
    return "".join(text.split()).replace("-", "").translate(_CAPITALS)
