"""The requests and answers between a register and HQ: MessagePack, gzip, signed (formats.md, Wire).

Unknown fields are ignored, so that HQ serves the two releases before its own.
"""

from __future__ import annotations

import uuid
from typing import Annotated, Final, Literal

import msgspec

from agent.domain.member import IdentifierKind
from sync.wire.blobs import PiiBlob
from sync.wire.entries import LotPart
from sync.wire.feed import BalanceRow, MemberRow

MAX_ENTRIES: Final = 200
MAX_PUSH_BYTES: Final = 256 * 1024
MAX_PAGE_BYTES: Final = 64 * 1024
# The answer to a PUSH holds grants, each with its lots: more than a page where points were earned in small sales.
MAX_PUSHED_BYTES: Final = 512 * 1024
MAX_BODY_BYTES: Final = 4 * 1024 * 1024
MAX_RANGE_BYTES: Final = 48 * 1024
MAX_WANTS: Final = 50
HEARTBEAT_S: Final = 30.0
CONTENT_TYPE: Final = "application/vnd.msgpack"

PATH_ENROL: Final = "/wire/v1/enrol"
PATH_PUSH: Final = "/wire/v1/push"
PATH_PULL: Final = "/wire/v1/pull"
PATH_LOOKUP: Final = "/wire/v1/lookup"
PATH_BLOB: Final = "/wire/v1/blob"

ChainState = Literal["ok", "forked", "revoked"]

# Numbers that both databases hold as they are; the hash chain writes them with these widths.
Seq = Annotated[int, msgspec.Meta(ge=1, le=2**63 - 1)]
Cursor = Annotated[int, msgspec.Meta(ge=0, le=2**63 - 1)]
U16 = Annotated[int, msgspec.Meta(ge=0, le=2**16 - 1)]
Millis = Annotated[int, msgspec.Meta(ge=-(2**53), le=2**53)]
Amount = Annotated[int, msgspec.Meta(ge=0, le=2**53)]

# Codes of a Problem that a register treats in a way of its own; every other code is only told.
PROBLEM_CLOCK: Final = "clock_wrong"
PROBLEM_REVOKED: Final = "register_revoked"
PROBLEM_UNKNOWN_KEY: Final = "unknown_register"


class Enrol(msgspec.Struct, frozen=True, kw_only=True):
    """ENROL: the one-time code, the register's new Ed25519 public key (32 bytes), its chain, its name.

    Signed by the new key.
    """

    code: str
    public_key: bytes
    chain_id: uuid.UUID
    name: str


class Enrolled(msgspec.Struct, frozen=True, kw_only=True):
    """What HQ gives a new register. `store_key` (32 bytes) keys identifier hashes; `hq_keys` map id to key."""

    register_id: str
    store: str
    store_key: bytes
    hq_keys: dict[str, bytes]
    hq_time: Millis
    hq_incarnation: str


class PushedEntry(msgspec.Struct, frozen=True, array_like=True):
    """[seq, kind, version, bytes]"""

    seq: Seq
    kind: U16
    version: U16
    body: bytes


class Want(msgspec.Struct, frozen=True):
    """This chain wants to hold `target` of `unit` of the account, including what it holds already."""

    account: uuid.UUID
    unit: str
    target: Amount


class Push(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Entries with contiguous seq from `from_seq`; `prev_hash` is the hash before them. None is a heartbeat.

    `clock` is the register's UTC time in ms, as it is, not corrected. At most 50 wants. A blob that an entry names
    may come empty, when it was erased, or acked before and asked for again.
    """

    chain_id: uuid.UUID
    from_seq: Seq
    prev_hash: bytes
    entries: tuple[PushedEntry, ...] = ()
    blobs: tuple[PiiBlob, ...] = ()
    wants: tuple[Want, ...] = ()
    clock: Millis


class Grant(msgspec.Struct, frozen=True, kw_only=True):
    """Part of a balance that HQ lets this chain spend; repeated until the chain journals `grant_received`."""

    grant_id: uuid.UUID
    account_id: uuid.UUID
    unit: str
    amount: Amount
    lots: tuple[LotPart, ...]


class LeaseRecall(msgspec.Struct, frozen=True):
    """HQ asks for `amount` of a grant back; only a `release` entry gives it."""

    grant_id: uuid.UUID
    amount: Amount


class Pushed(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """HQ's answer after the transaction that stored the entries. A gap gets a normal answer with HQ's cursor.

    `acked_hash` is the chain's hash at `acked_seq` (32 zero bytes at 0).
    """

    acked_seq: Cursor
    acked_hash: bytes
    grants: tuple[Grant, ...] = ()
    lease_recalls: tuple[LeaseRecall, ...] = ()
    hq_time: Millis
    hq_incarnation: str
    chain_state: ChainState = "ok"


class Pull(msgspec.Struct, frozen=True, kw_only=True):
    """Rows after `cursor` in these scopes: `store:<id>`, `chain:<id>`."""

    cursor: str
    scopes: tuple[str, ...]


class FeedRow(msgspec.Struct, frozen=True, kw_only=True):
    """One change. `body` is the MessagePack of the structure that sync.wire.feed gives for `kind`."""

    commit: int
    kind: str
    key: str
    body: msgspec.Raw


class Pulled(msgspec.Struct, frozen=True, kw_only=True):
    """A page of at most 64 KiB; an HQ transaction is never split over two."""

    rows: tuple[FeedRow, ...]
    next_cursor: str
    more: bool = False


class Lookup(msgspec.Struct, frozen=True, kw_only=True):
    """An identifier, or a gift card's number, unknown at the register, in the clear over TLS."""

    kind: IdentifierKind | Literal["gift_card"]
    value: str


class LookedUp(msgspec.Struct, frozen=True, kw_only=True):
    """The member, or what is on the gift card, under the account that it has; or none."""

    member: MemberRow | None = None
    gift_card: BalanceRow | msgspec.UnsetType = msgspec.UNSET


class BlobRange(msgspec.Struct, frozen=True, kw_only=True):
    """Part of a content blob: its SHA-256 (32 bytes), where to begin, how many bytes at most (48 KiB)."""

    sha256: bytes
    offset: Cursor
    length: Annotated[int, msgspec.Meta(ge=1, le=MAX_RANGE_BYTES)]


class BlobPart(msgspec.Struct, frozen=True, kw_only=True):
    """Bytes of a content blob and its whole size."""

    data: bytes
    size: Cursor


class Problem(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What HQ answers with a status of 400 or more: one sentence, a code, and its time for a corrected clock."""

    code: str
    detail: str
    hq_time: Millis = 0
