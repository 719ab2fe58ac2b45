"""An entry that a register carried from an earlier chain, because HQ never acked it there."""

from __future__ import annotations

from django.db import connection

from hq.columns import key
from hq.ingest.verdict import POSTED, Verdict, held
from sync.wire.entries import ForkedEntry


def post_forked_entry(entry: ForkedEntry) -> Verdict:
    """Nothing to do where HQ has the very entry in its own chain, stored or in quarantine; else it waits."""
    if _is_here(entry):
        return POSTED
    return held(
        "needs_upgrade",
        f"Entry {entry.seq} of the register's earlier journal {entry.chain_id} (kind {entry.kind}) came with its next"
        " one; this HQ keeps it and does not post it.",
    )


def _is_here(entry: ForkedEntry) -> bool:
    # SQLite and PostgreSQL both count in 64 bits; what is larger was never stored.
    if not 0 < entry.seq < 2**63:
        return False
    digest = entry.hash
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT hash FROM journal_entry WHERE chain_id = %s AND seq = %s",
            [key(entry.chain_id), entry.seq],
        )
        row = cursor.fetchone()
        if row is not None and bytes(row[0]).hex() == digest:
            return True
        cursor.execute(
            "SELECT 1 FROM quarantine WHERE chain_id = %s AND seq = %s AND hash = %s",
            [key(entry.chain_id), entry.seq, digest],
        )
        return cursor.fetchone() is not None
