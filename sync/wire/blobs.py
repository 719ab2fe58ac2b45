"""Personal-data blobs: what a member told us, beside the journal and erasable, never inside it.

A blob's first 16 bytes are random salt, so that its digest in an entry says nothing about a phone number.
"""

from __future__ import annotations

import datetime
import hashlib
import uuid
from typing import Final

import msgspec

from agent.domain.member import IdentifierKind
from sync.wire.entries import BlobRef

MAX_BLOB_BYTES: Final = 4096
SALT_BYTES: Final = 16


class ClearIdentifier(msgspec.Struct, frozen=True):
    """An identifier in the clear with its keyed hash (hex); its last four characters are shown on screens."""

    kind: IdentifierKind
    value: str
    hash: str


class PersonalData(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """The clear values of one member: what HQ needs and the register forgets once it is acked.

    `lost_cards` are keyed hashes (hex) of cards that count no more. What is None, or an empty name, was not said.
    """

    name: str = ""
    given_name: str = ""
    identifiers: tuple[ClearIdentifier, ...] = ()
    lost_cards: tuple[str, ...] = ()
    birthday: datetime.date | None = None
    interests: tuple[str, ...] | None = None
    channel: str | None = None


class PiiBlob(msgspec.Struct, frozen=True, array_like=True):
    """On the wire: [blob_id, member_id, bytes]; empty bytes are a tombstone of an erased one."""

    blob_id: uuid.UUID
    member_id: uuid.UUID
    data: bytes


def pack_blob(salt: bytes, data: PersonalData) -> bytes:
    """Salt and JSON. Raises ValueError for another salt length or above 4 KiB."""
    if len(salt) != SALT_BYTES:
        raise ValueError("the salt has 16 bytes")
    packed = salt + msgspec.json.encode(data)
    if len(packed) > MAX_BLOB_BYTES:
        raise ValueError(f"personal data of {len(packed)} bytes is over the limit of {MAX_BLOB_BYTES}")
    return packed


def unpack_blob(packed: bytes) -> PersonalData:
    """Raises msgspec.DecodeError where the bytes are no personal data (a tombstone has none)."""
    try:
        return msgspec.json.decode(packed[SALT_BYTES:], type=PersonalData)
    except (RecursionError, UnicodeDecodeError) as error:
        raise msgspec.DecodeError(f"not personal data: {type(error).__name__}") from error


def blob_ref(blob_id: uuid.UUID, packed: bytes) -> BlobRef:
    """How an entry names these bytes."""
    return BlobRef(blob_id, hashlib.sha256(packed).hexdigest())
