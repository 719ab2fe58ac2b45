"""The hash chain over a register's journal, byte for byte as formats.md freezes it."""

from __future__ import annotations

import hashlib
import struct
import uuid
from typing import Final

GENESIS: Final = bytes(32)

# u64 seq, u16 kind, u16 version, u32 length, big-endian.
_HEAD: Final = struct.Struct(">QHHI")


def entry_hash(previous: bytes, chain_id: uuid.UUID, seq: int, kind: int, version: int, body: bytes) -> bytes:
    """SHA-256 over the previous hash (32 bytes), the chain id (16), seq, kind, version, length and the bytes."""
    digest = hashlib.sha256(previous)
    digest.update(chain_id.bytes)
    digest.update(_HEAD.pack(seq, kind, version, len(body)))
    digest.update(body)
    return digest.digest()
