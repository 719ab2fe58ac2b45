"""A serialised coupon's payload: what is in the QR code, final.

`R1.` + base64url without padding of coupon id (16 bytes), chain id (16), key id (8), Ed25519 signature (64).
The signature covers the ASCII bytes `R1.` and the first 40 bytes; it proves that the coupon is genuine, the
lease proves that it is unspent.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import uuid
from typing import Final

import msgspec

PREFIX: Final = "R1."
_SIGNED: Final = 40
_LENGTH: Final = 104
# Crockford's base 32 without the letters that are misread or misspelt.
_SERIAL_LETTERS: Final = 12
_SERIAL_BITS: Final = 60
_SERIAL_ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


class CouponPayload(msgspec.Struct, frozen=True):
    """What a coupon's QR code says; the signature is not checked by reading it."""

    coupon_id: uuid.UUID
    chain_id: uuid.UUID
    key_id: bytes
    signature: bytes

    @property
    def signed_bytes(self) -> bytes:
        return signed_bytes(self.coupon_id, self.chain_id, self.key_id)


def key_id(public_key: bytes) -> bytes:
    """The first 8 bytes of SHA-256 of the 32-byte Ed25519 public key."""
    return hashlib.sha256(public_key).digest()[:8]


def signed_bytes(coupon_id: uuid.UUID, chain_id: uuid.UUID, key: bytes) -> bytes:
    """The bytes that the register signs when it issues the coupon."""
    return PREFIX.encode() + coupon_id.bytes + chain_id.bytes + key


def pack_payload(payload: CouponPayload) -> str:
    """The text of the QR code."""
    raw = payload.signed_bytes[len(PREFIX) :] + payload.signature
    if len(raw) != _LENGTH:
        raise ValueError("a key id has 8 bytes and a signature 64")
    return PREFIX + base64.urlsafe_b64encode(raw).decode().rstrip("=")


def unpack_payload(text: str) -> CouponPayload | None:
    """The payload, or None when the text is not a coupon of this form."""
    if not text.startswith(PREFIX):
        return None
    body = text[len(PREFIX) :]
    try:
        raw = base64.b64decode(body + "=" * (-len(body) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        return None
    if len(raw) != _LENGTH:
        return None
    return CouponPayload(
        uuid.UUID(bytes=raw[:16]), uuid.UUID(bytes=raw[16:32]), raw[32:_SIGNED], raw[_SIGNED:]
    )


def serial(coupon_id: uuid.UUID) -> str:
    """Twelve characters in groups of four, for eyes and typing: the random end of the coupon's id."""
    number = coupon_id.int & ((1 << 60) - 1)
    letters = [_SERIAL_ALPHABET[(number >> shift) & 31] for shift in range(55, -1, -5)]
    return " ".join("".join(letters[i : i + 4]) for i in (0, 4, 8))


def serial_letters(text: str) -> str | None:
    """The twelve letters of a serial as people write it, with spaces, dashes or small letters; None for any other text."""
    letters = "".join(text.split()).replace("-", "").upper()
    return letters if len(letters) == _SERIAL_LETTERS and set(letters) <= set(_SERIAL_ALPHABET) else None


def id_with_serial(coupon_id: uuid.UUID, letters: str) -> uuid.UUID:
    """The same id with the end that these twelve letters stand for."""
    number = 0
    for letter in letters:
        number = number << 5 | _SERIAL_ALPHABET.index(letter)
    return uuid.UUID(int=coupon_id.int >> _SERIAL_BITS << _SERIAL_BITS | number)
