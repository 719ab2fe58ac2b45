"""HQ's own Ed25519 key: registers learn its public half at enrolment."""

from __future__ import annotations

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from hq import data_folder
from sync.wire.signatures import key_name


def hq_keys() -> dict[str, bytes]:
    """key id -> public key (32 bytes)."""
    secret = data_folder.secret(data_folder.folder(), "signing_key")
    public = Ed25519PrivateKey.from_private_bytes(secret).public_key().public_bytes_raw()
    return {key_name(public): public}
