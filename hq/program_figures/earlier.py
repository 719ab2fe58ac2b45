"""Counting what was posted before HQ kept these figures: a page at a time between other work, each page whole.

Holdouts' figures are brought up to date with it: what came back was not taken off them before.
"""

from __future__ import annotations

import uuid
from contextlib import suppress
from typing import Final

import msgspec
from django.db import connection, transaction

from hq.columns import as_uuid, key
from hq.devices.models import Chain
from hq.feed.state import identity
from hq.ingest import experiments
from hq.ingest.sold import read_sold
from hq.program_figures.counting import count_back, count_sale
from hq.program_figures.models import EarlierEntries
from hq.program_figures.occasions import count_earlier_grants
from sync.wire.entries import (
    KIND_RETURN,
    KIND_SALE,
    KIND_VOID,
    Entry,
    ReturnEntry,
    SaleEntry,
    UnknownEntry,
    VoidEntry,
    decode_entry,
)

# Entries in one transaction: a PUSH waits for the write lock not longer than this takes.
PAGE: Final = 100


def count_next_earlier() -> bool:
    """One page; False when nothing is left."""
    with transaction.atomic():
        place = EarlierEntries.objects.order_by("chain_id").first()
        if place is None:
            return False
        counted = _count_page(place)
        if len(counted) < PAGE:
            place.delete()
        else:
            place.reached = counted[-1]
            place.save(update_fields=("reached",))
    return True


def _count_page(place: EarlierEntries) -> list[int]:
    """The seqs of the page."""
    if place.chain_id == identity().origin:
        return count_earlier_grants(place.chain_id, place.reached, place.last_seq, PAGE)
    # As the projector does: so that an entry is counted by one of the two.
    Chain.objects.select_for_update().filter(pk=place.chain_id).first()
    page = _page(place)
    for seq, entry in page:
        _count(place.chain_id, seq, entry)
    return [seq for seq, _entry in page]


def is_counting() -> bool:
    """Whether there are entries from before that the figures do not have yet."""
    return EarlierEntries.objects.exists()


def _page(place: EarlierEntries) -> list[tuple[int, Entry | None]]:
    """The next posted sales, returns and voids."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT e.seq, e.kind, e.version, e.body FROM journal_entry e"
            " LEFT JOIN sale s ON s.chain_id = e.chain_id AND s.seq = e.seq"
            " LEFT JOIN sale_return r ON r.chain_id = e.chain_id AND r.seq = e.seq"
            " WHERE e.chain_id = %s AND e.seq > %s AND e.seq <= %s AND e.kind IN (%s, %s, %s)"
            " AND COALESCE(s.state, r.state, 'quarantined') <> 'quarantined' ORDER BY e.seq LIMIT %s",
            [
                key(place.chain_id), place.reached, place.last_seq, KIND_SALE, KIND_RETURN, KIND_VOID, PAGE,
            ],
        )  # fmt: skip
        return [(seq, _decoded(kind, version, bytes(body))) for seq, kind, version, body in cursor.fetchall()]


def _decoded(kind: int, version: int, body: bytes) -> Entry | None:
    with suppress(UnknownEntry, msgspec.DecodeError):
        return decode_entry(kind, version, body)
    return None


def _count(chain_id: uuid.UUID, seq: int, entry: Entry | None) -> None:
    match entry:
        case SaleEntry():
            count_sale(chain_id, seq, entry)
        case ReturnEntry() | VoidEntry():
            sold = read_sold(entry.sale, besides=(chain_id, seq))
            if sold is not None:
                earlier = [] if isinstance(entry, VoidEntry) else _earlier(chain_id, seq, entry)
                count_back(chain_id, seq, entry, sold, earlier)
                experiments.note_return(entry.sale)


def _earlier(chain_id: uuid.UUID, seq: int, entry: ReturnEntry) -> list[ReturnEntry]:
    """Of the sale's posted returns those that are older than this one."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT r.chain_id, r.seq, r.at_ms, e.kind, e.version, e.body FROM sale_return r"
            " JOIN journal_entry e ON e.chain_id = r.chain_id AND e.seq = r.seq"
            " WHERE r.sale_chain_id = %s AND r.sale_seq = %s AND r.state <> 'quarantined'",
            [key(entry.sale.chain_id), entry.sale.seq],
        )
        rows = cursor.fetchall()
    found = []
    for other_chain, other_seq, at_ms, kind, version, body in rows:
        other = as_uuid(other_chain)
        older = other_seq < seq if other == chain_id else (at_ms, other) < (entry.stamp.at_ms, chain_id)
        decoded = _decoded(kind, version, bytes(body)) if older else None
        if isinstance(decoded, ReturnEntry):
            found.append(decoded)
    return found
