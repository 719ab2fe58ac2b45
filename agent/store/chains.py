"""The chains of this register's journal: what HQ has acked of each, and whether it may still send."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from agent.store.sqlite import Connection
from sync.wire.journal import GENESIS
from sync.wire.messages import ChainState


@dataclass(frozen=True, slots=True)
class Chain:
    """One life of the journal. Everything up to `acked_seq` is stored at HQ."""

    chain_id: uuid.UUID
    state: ChainState
    acked_seq: int
    acked_hash: bytes
    hq_incarnation: str
    opened_ms: int


def add_chain(db: Connection, chain_id: uuid.UUID, opened_ms: int) -> None:
    """Begin a chain: nothing written, nothing acked."""
    db.execute(
        "insert into chain (chain_id, state, acked_hash, opened_ms) values (?, 'ok', ?, ?)",
        (chain_id.bytes, GENESIS, opened_ms),
    )


def read_chain(db: Connection, chain_id: uuid.UUID) -> Chain | None:
    """The chain's row, or None."""
    row = db.execute(
        "select chain_id, state, acked_seq, acked_hash, hq_incarnation, opened_ms from chain where chain_id = ?",
        (chain_id.bytes,),
    ).fetchone()
    return Chain(uuid.UUID(bytes=row[0]), *row[1:]) if row else None


def set_acked(db: Connection, chain_id: uuid.UUID, seq: int, digest: bytes, hq_incarnation: str) -> None:
    """Note how far HQ has stored this chain."""
    db.execute(
        "update chain set acked_seq = ?, acked_hash = ?, hq_incarnation = ? where chain_id = ?",
        (seq, digest, hq_incarnation, chain_id.bytes),
    )


def set_state(db: Connection, chain_id: uuid.UUID, state: ChainState) -> None:
    """Note what HQ, or this register's own check, says of the chain."""
    db.execute("update chain set state = ? where chain_id = ?", (state, chain_id.bytes))
