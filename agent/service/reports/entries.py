"""The journal entries behind a period: its sales, and what came back in it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress

import msgspec

from agent.service.period import Period
from agent.store import journal
from agent.store.return_history import returns_between
from agent.store.sale_history import StoredSale, sales_between
from agent.store.sqlite import Connection
from sync.wire.entries import ReturnEntry, SaleEntry, SaleRef, UnknownEntry, VoidEntry, decode_entry


def sales_of(db: Connection, period: Period) -> Iterator[tuple[StoredSale, SaleEntry]]:
    """Each sale whose journal is here, in the order in which they were committed; voided ones too."""
    for sale in sales_between(db, period.first, period.last):
        if sale.body is None:
            continue
        entry = _decoded(sale.kind, sale.version, sale.body)
        if isinstance(entry, SaleEntry):
            yield sale, entry


def backs_of(db: Connection, period: Period) -> Iterator[ReturnEntry | VoidEntry]:
    """Each return and void that was made in the period."""
    for row in returns_between(db, period.first, period.last):
        entry = _decoded(row.kind, row.version, row.body)
        if isinstance(entry, ReturnEntry | VoidEntry):
            yield entry


def sale_named(db: Connection, sale: SaleRef) -> SaleEntry | None:
    """The sale of which something came back."""
    row = journal.read_entry(db, sale.chain_id, sale.seq)
    entry = _decoded(row.kind, row.version, row.body) if row is not None else None
    return entry if isinstance(entry, SaleEntry) else None


def _decoded(kind: int, version: int, body: bytes) -> object:
    with suppress(UnknownEntry, msgspec.DecodeError):
        return decode_entry(kind, version, body)
    return None
