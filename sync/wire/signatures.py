"""What a signed request looks like (RFC 9421, Ed25519), for the register that signs and HQ that checks.

Signatures cover the method, the path, the digest of the content as it is sent (RFC 9530, so after gzip) and the
key id; not the authority, so that a hub can forward a request unopened.
"""

from __future__ import annotations

from typing import Final

from agent.domain.coupon import key_id

LABEL: Final = "register"
TAG: Final = "regulars"
COVERED: Final = ("@method", "@path", "content-digest")

# How far `created` may be from HQ's clock on requests that have a freshness window (all but PUSH).
MAX_SKEW_S: Final = 300


def key_name(public_key: bytes) -> str:
    """The `keyid` of a 32-byte Ed25519 public key: its key id in lower-case hex."""
    return key_id(public_key).hex()
