"""The register's journal: appended, never edited, sent as it is.

seq and hash are taken in the transaction that writes the entry; the last row is the head, so nothing can disagree
with it.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass

from agent.store.sqlite import Connection
from sync.wire.entries import KIND_FORKED_ENTRY, KIND_SALE, Entry, encode_entry
from sync.wire.journal import GENESIS, entry_hash
from sync.wire.messages import PushedEntry


@dataclass(frozen=True, slots=True)
class Head:
    """The last entry of a chain: `seq` 0 and 32 zero bytes before the first."""

    seq: int
    hash: bytes


@dataclass(frozen=True, slots=True)
class JournalRow:
    """One entry as it is stored."""

    chain_id: uuid.UUID
    seq: int
    kind: int
    version: int
    hash: bytes
    body: bytes


def append(db: Connection, chain_id: uuid.UUID, entry: Entry) -> tuple[int, bytes]:
    """Write the entry as the chain's next one, in the caller's unit of work. Returns its seq and hash."""
    return append_encoded(db, chain_id, *encode_entry(entry))


def append_encoded(
    db: Connection, chain_id: uuid.UUID, kind: int, version: int, body: bytes
) -> tuple[int, bytes]:
    """`append` for an entry that `encode_entry` has encoded already, before the write lock was taken."""
    head = head_of(db, chain_id)
    seq = head.seq + 1
    digest = entry_hash(head.hash, chain_id, seq, kind, version, body)
    db.execute(
        "insert into journal (chain_id, seq, kind, version, hash, body) values (?, ?, ?, ?, ?, ?)",
        (chain_id.bytes, seq, kind, version, digest, body),
    )
    return seq, digest


def head_of(db: Connection, chain_id: uuid.UUID) -> Head:
    """The chain's last entry."""
    row = db.execute(
        "select seq, hash from journal where chain_id = ? order by seq desc limit 1", (chain_id.bytes,)
    ).fetchone()
    return Head(*row) if row else Head(0, GENESIS)


def hash_at(db: Connection, chain_id: uuid.UUID, seq: int) -> bytes | None:
    """The hash of one entry: 32 zero bytes for seq 0, None for a seq that this register does not have."""
    if seq == 0:
        return GENESIS
    row = db.execute(
        "select hash from journal where chain_id = ? and seq = ?", (chain_id.bytes, seq)
    ).fetchone()
    return row[0] if row else None


def unsent(
    db: Connection, chain_id: uuid.UUID, after_seq: int, max_entries: int, max_bytes: int
) -> tuple[bytes, tuple[PushedEntry, ...]]:
    """The hash at `after_seq` and the entries after it: as many as fit, at least one if there is any.

    Raises KeyError when this register has no entry `after_seq`.
    """
    previous = hash_at(db, chain_id, after_seq)
    if previous is None:
        raise KeyError(after_seq)
    entries: list[PushedEntry] = []
    size = 0
    rows = db.execute(
        "select seq, kind, version, body from journal where chain_id = ? and seq > ? order by seq limit ?",
        (chain_id.bytes, after_seq, max_entries),
    )
    for seq, kind, version, body in rows:
        size += len(body)
        if entries and size > max_bytes:
            break
        entries.append(PushedEntry(seq, kind, version, body))
    rows.close()
    return previous, tuple(entries)


def entries_after(db: Connection, chain_id: uuid.UUID, seq: int, limit: int) -> tuple[JournalRow, ...]:
    """The next entries after `seq`, in order."""
    rows = db.execute(
        "select chain_id, seq, kind, version, hash, body from journal where chain_id = ? and seq > ?"
        " order by seq limit ?",
        (chain_id.bytes, seq, limit),
    )
    return tuple(_row(row) for row in rows.fetchall())


def count_sales_after(db: Connection, chain_id: uuid.UUID, seq: int) -> int:
    """How many sales come after `seq`: those that HQ has not said it stored, carried from an earlier chain or not."""
    (count,) = db.execute(
        "select count(*) from journal where chain_id = ?1 and seq > ?2 and (kind = ?3"
        " or kind = ?4 and json_extract(cast(body as text), '$.kind') = ?3)",
        (chain_id.bytes, seq, KIND_SALE, KIND_FORKED_ENTRY),
    ).fetchone()
    return int(count)


def read_entry(db: Connection, chain_id: uuid.UUID, seq: int) -> JournalRow | None:
    """One entry, or None."""
    row = db.execute(
        "select chain_id, seq, kind, version, hash, body from journal where chain_id = ? and seq = ?",
        (chain_id.bytes, seq),
    ).fetchone()
    return _row(row) if row else None


def read_all(db: Connection) -> Iterator[JournalRow]:
    """Every entry of every chain, by chain and seq."""
    for row in db.execute(
        "select chain_id, seq, kind, version, hash, body from journal order by chain_id, seq"
    ):
        yield _row(row)


def _row(row: tuple[bytes, int, int, int, bytes, bytes]) -> JournalRow:
    return JournalRow(uuid.UUID(bytes=row[0]), *row[1:])
