"""Becoming a register: its identity, its first chain, and the chain's first entry, in one unit of work.

A register whose chain may not go on (forked, revoked, or without its key) becomes a register again: under a new chain
that carries what HQ never acked of the old one, byte for byte, and that begins with no lease. The old chain's rows
stay as they are.
"""

from __future__ import annotations

import re
import uuid
import zlib
from typing import Final

from agent.domain.quote_input import Role
from agent.service.moment import stamp_at
from agent.store import balances, blobs, feed_state, leases
from agent.store.chains import Chain, add_chain, read_chain
from agent.store.database import Store
from agent.store.journal import JournalRow, append, append_encoded, entries_after
from agent.store.register import Register, put_register, read_register
from agent.store.sqlite import Connection
from sync.wire.entries import KIND_FORKED_ENTRY, ChainOpened, ForkedEntry

# Entries read into memory at once while they are carried over.
CARRIED_AT_ONCE: Final = 500


def open_register(
    store: Store,
    *,
    register_id: str,
    store_id: str,
    name: str,
    chain_id: uuid.UUID,
    role: Role,
    software: str,
    at_ms: int,
) -> Register:
    """Write who this register is and open its chain. Doing it again with the same chain changes nothing.

    With another chain, the one before it is closed, and what is unsent of it goes on in the new one.
    """
    with store.unit_of_work() as db:
        known = read_register(db)
        if known is not None and known.chain_id == chain_id:
            return known
        before = read_chain(db, known.chain_id) if known is not None else None
        register = Register(register_id, store_id, label_of(name, register_id), name, role, chain_id)
        put_register(db, register)
        add_chain(db, chain_id, at_ms)
        append(
            db,
            chain_id,
            ChainOpened(
                chain_id=chain_id,
                register_id=register_id,
                store_id=store_id,
                reason="fork" if before is not None and before.state == "forked" else "enrolment",
                software=software,
                stamp=stamp_at(db, at_ms),
            ),
        )
        if before is not None:
            _carry_over(db, before, chain_id)
    return register


def label_of(name: str, register_id: str) -> str:
    """What receipt numbers begin with: the number in the register's name, else the end of its id."""
    number = re.search(r"\d{1,4}", name)
    return number.group() if number else register_id[-4:]


def _carry_over(db: Connection, old: Chain, new: uuid.UUID) -> None:
    """Append what HQ never acked of the old chain to the new one, behind its opening, with all that counts by seq."""
    shift = 1 - old.acked_seq
    seq = old.acked_seq
    while rows := entries_after(db, old.chain_id, seq, CARRIED_AT_ONCE):
        for row in rows:
            _carry(db, row, new)
        seq = rows[-1].seq
    blobs.move_blobs(db, old.chain_id, old.acked_seq, new, shift)
    balances.recount_own_postings(db, old.chain_id, old.acked_seq, new, shift)
    # What the old chain held stays booked to it at HQ: another copy of it may have spent it.
    leases.forget_leases(db)
    feed_state.forget_outcomes(db, old.chain_id)


def _carry(db: Connection, row: JournalRow, new: uuid.UUID) -> None:
    if row.kind == KIND_FORKED_ENTRY:
        # It names where it was written already.
        append_encoded(db, new, row.kind, row.version, row.body)
        return
    entry = ForkedEntry(
        chain_id=row.chain_id,
        seq=row.seq,
        kind=row.kind,
        version=row.version,
        hash=row.hash.hex(),
        packed=zlib.compress(row.body, level=6),
    )
    append(db, new, entry)
