"""The register's Ed25519 key: it signs coupons, and every request to HQ by RFC 9421.

The private key never leaves this object. What a signature covers stands in sync.wire.signatures, where HQ reads it.
"""

from __future__ import annotations

import datetime

import requests
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from http_message_signatures import HTTPMessageSigner, MappingKeyResolver, algorithms

from agent.domain import coupon
from sync.wire.signatures import COVERED, LABEL, TAG, key_name


class RegisterKey:
    """A key pair from its 32 secret bytes; also the CouponSigner that services ask for."""

    def __init__(self, secret: bytes) -> None:
        self._private = Ed25519PrivateKey.from_private_bytes(secret)
        self.public_key: bytes = self._private.public_key().public_bytes_raw()
        self.name = key_name(self.public_key)
        self._signer = HTTPMessageSigner(
            signature_algorithm=algorithms.ED25519,
            key_resolver=MappingKeyResolver(public_keys={}, private_keys={self.name: self._private}),
        )

    @property
    def key_id(self) -> bytes:
        """The 8 bytes by which coupons name this key."""
        return coupon.key_id(self.public_key)

    def sign(self, data: bytes) -> bytes:
        """An Ed25519 signature of 64 bytes."""
        return self._private.sign(data)

    def sign_request(self, request: requests.PreparedRequest, body: bytes, at_ms: int) -> None:
        """Add Content-Digest, Signature-Input and Signature. `at_ms` is HQ's time as well as we know it."""
        self._signer.sign(
            request,
            key_id=self.name,
            created=datetime.datetime.fromtimestamp(at_ms // 1000, datetime.UTC),
            label=LABEL,
            tag=TAG,
            covered_component_ids=COVERED,
            body=body,
        )
