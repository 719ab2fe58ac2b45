"""UUIDv7 (RFC 9562): identity for sales, members and coupons made here; never an order."""

from __future__ import annotations

import uuid

RANDOM_BYTES = 10


def uuid7(at_ms: int, random10: bytes) -> uuid.UUID:
    """The id of a UTC time in ms and ten random bytes, of which 74 bits are used."""
    if len(random10) != RANDOM_BYTES or not 0 <= at_ms < 1 << 48:
        raise ValueError("a UUIDv7 needs ten random bytes and a time after 1970")
    number = (at_ms << 80) | int.from_bytes(random10, "big")
    number = (number & ~(0xF << 76)) | (0x7 << 76)
    number = (number & ~(0x3 << 62)) | (0x2 << 62)
    return uuid.UUID(int=number)
