"""A sale that HQ has posted, with what has come back of it: what a return is judged by."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from django.db import connection

from hq.columns import as_uuid, key
from sync.wire.entries import ReturnEntry, SaleEntry, SaleRef, VoidEntry, decode_entry


@dataclass(frozen=True, slots=True)
class SoldBefore:
    """`state` is the sale's; `earlier` are its posted returns, `voided` whether it was taken back whole."""

    sale: SaleEntry
    store_id: str
    state: str
    earlier: tuple[ReturnEntry, ...]
    voided: bool


def read_sold(ref: SaleRef, *, besides: tuple[uuid.UUID, int] | None = None) -> SoldBefore | None:
    """The sale that a return names, and its returns `besides` the one at hand; None when HQ has no such sale."""
    if not 0 < ref.seq < 2**63:
        return None
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT s.store_id, s.state, s.sale_id, e.kind, e.version, e.body FROM sale s"
            " JOIN journal_entry e ON e.chain_id = s.chain_id AND e.seq = s.seq"
            " WHERE s.chain_id = %s AND s.seq = %s",
            [key(ref.chain_id), ref.seq],
        )
        row = cursor.fetchone()
        if row is None:
            return None
        store_id, state, sale_id, kind, version, body = row
        sale = decode_entry(kind, version, bytes(body))
        if not isinstance(sale, SaleEntry) or as_uuid(sale_id) != ref.sale_id:
            return None
        cursor.execute(
            "SELECT e.chain_id, e.seq, e.kind, e.version, e.body FROM sale_return r"
            " JOIN journal_entry e ON e.chain_id = r.chain_id AND e.seq = r.seq"
            " WHERE r.sale_chain_id = %s AND r.sale_seq = %s AND r.state <> 'quarantined'",
            [key(ref.chain_id), ref.seq],
        )
        others = [
            decode_entry(kind, version, bytes(body))
            for chain_id, seq, kind, version, body in cursor.fetchall()
            if (as_uuid(chain_id), seq) != besides
        ]
    return SoldBefore(
        sale=sale,
        store_id=store_id,
        state=state,
        earlier=tuple(one for one in others if isinstance(one, ReturnEntry)),
        voided=any(isinstance(one, VoidEntry) for one in others),
    )


def claim_units(ref: SaleRef, units: list[tuple[int, int]], by: tuple[uuid.UUID, int]) -> bool:
    """Note that these (line, unit) came back by this entry; False, and nothing noted, where another took one before.

    Where two lanes took one unit back, the first projected wins (formats.md).
    """
    sale, who = [key(ref.chain_id), ref.seq], [key(by[0]), by[1]]
    with connection.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO returned_unit (chain_id, seq, line_id, unit, by_chain_id, by_seq)"
            " VALUES (%s, %s, %s, %s, %s, %s) ON CONFLICT (chain_id, seq, line_id, unit) DO NOTHING",
            [(*sale, line_id, unit, *who) for line_id, unit in units],
        )
        cursor.execute(
            "SELECT COUNT(*) FROM returned_unit WHERE chain_id = %s AND seq = %s"
            " AND by_chain_id = %s AND by_seq = %s",
            [*sale, *who],
        )
        if cursor.fetchone()[0] == len(units):
            return True
        cursor.execute(
            "DELETE FROM returned_unit WHERE chain_id = %s AND seq = %s AND by_chain_id = %s AND by_seq = %s",
            [*sale, *who],
        )
    return False
