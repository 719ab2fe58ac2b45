"""HQ's own Ed25519 key: registers learn its public half at enrolment. It signs the coupons that HQ makes."""

from __future__ import annotations

import uuid
from collections.abc import Callable

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from agent.domain import coupon
from hq import data_folder
from sync.wire.signatures import key_name


def hq_keys() -> dict[str, bytes]:
    """key id -> public key (32 bytes)."""
    public = _key().public_key().public_bytes_raw()
    return {key_name(public): public}


def coupon_signer(origin: uuid.UUID) -> Callable[[uuid.UUID], str]:
    """What writes a coupon's QR code as a register reads it, with HQ's `origin` for the chain that issued it."""
    signing = _key()
    key_id = coupon.key_id(signing.public_key().public_bytes_raw())

    def payload_of(coupon_id: uuid.UUID) -> str:
        signature = signing.sign(coupon.signed_bytes(coupon_id, origin, key_id))
        return coupon.pack_payload(coupon.CouponPayload(coupon_id, origin, key_id, signature))

    return payload_of


def _key() -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(data_folder.secret(data_folder.folder(), "signing_key"))
