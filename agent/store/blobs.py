"""Personal-data blobs that wait to be sent: clear values, emptied as soon as HQ has acked their entry.

What stays is a tombstone, since an HQ that was restored asks for entries again, and each blob comes with its entry.
"""

from __future__ import annotations

import uuid

from agent.store.sqlite import Connection
from sync.wire.blobs import PiiBlob


def add_blob(db: Connection, blob: PiiBlob, chain_id: uuid.UUID, seq: int) -> None:
    """Keep a blob in the unit of work of the entry that names it."""
    db.execute(
        "insert into pii_blob (blob_id, member_id, chain_id, seq, data) values (?, ?, ?, ?, ?)",
        (blob.blob_id.bytes, blob.member_id.bytes, chain_id.bytes, seq, blob.data),
    )


def blobs_of_entries(db: Connection, chain_id: uuid.UUID, from_seq: int, to_seq: int) -> tuple[PiiBlob, ...]:
    """The blobs that these entries name, both ends included; an erased or acked one is empty."""
    rows = db.execute(
        "select blob_id, member_id, data from pii_blob where chain_id = ? and seq between ? and ? order by seq",
        (chain_id.bytes, from_seq, to_seq),
    )
    return tuple(PiiBlob(uuid.UUID(bytes=row[0]), uuid.UUID(bytes=row[1]), row[2]) for row in rows)


def move_blobs(db: Connection, old: uuid.UUID, after_seq: int, new: uuid.UUID, seq_shift: int) -> None:
    """The entries after `after_seq` are carried in another chain, each `seq_shift` further on."""
    db.execute(
        "update pii_blob set chain_id = ?, seq = seq + ? where chain_id = ? and seq > ?",
        (new.bytes, seq_shift, old.bytes, after_seq),
    )


def drop_acked_blobs(db: Connection, chain_id: uuid.UUID, acked_seq: int) -> int:
    """Forget the clear values that HQ has. Returns how many blobs went."""
    changed = db.execute(
        "update pii_blob set data = x'' where chain_id = ? and seq <= ? and data <> x''",
        (chain_id.bytes, acked_seq),
    )
    return changed.rowcount
