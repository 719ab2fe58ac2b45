"""The sales in a register's journal, in the order in which they were made."""

from __future__ import annotations

from collections.abc import Iterator

from agent.store.journal import read_all
from agent.store.sqlite import Connection
from sync.wire.entries import KIND_SALE, SaleEntry, decode_entry


def read_sales(db: Connection) -> Iterator[SaleEntry]:
    """Every sale, oldest first; a register of the replay has one chain, so seq is the order."""
    for row in read_all(db):
        if row.kind == KIND_SALE:
            entry = decode_entry(row.kind, row.version, row.body)
            assert isinstance(entry, SaleEntry)
            yield entry
