"""Writing feed rows: one commit number for what an HQ transaction says, at most 60 KiB of it.

A row is the latest state of one thing in one scope. Writing the same state again sends nothing.
"""

from __future__ import annotations

import uuid
from typing import Final

import msgspec
from django.db import connection

from hq.feed.state import next_commit
from sync.wire.feed import KIND_OF, Row, StoreRow
from sync.wire.messages import MAX_PAGE_BYTES

# What fits into a page of 64 KiB with its envelope; a bulk load takes several commit numbers.
MAX_COMMIT_BYTES: Final = MAX_PAGE_BYTES - 4096
MAX_COMMIT_ROWS: Final = 1000
# The field names, numbers and lengths of a row on the wire, beside its texts and body.
_ROW_FRAME_BYTES: Final = 48

_UPSERT: Final = """
    INSERT INTO feed_row (scope, kind, row_key, commit_number, body) VALUES (%s, %s, %s, %s, %s)
    ON CONFLICT (scope, kind, row_key) DO UPDATE
    SET commit_number = excluded.commit_number, body = excluded.body
    WHERE feed_row.body <> excluded.body
"""


def store_scope(store_id: str) -> str:
    return f"store:{store_id}"


def chain_scope(chain_id: uuid.UUID) -> str:
    return f"chain:{chain_id}"


def row_bytes(kind: str, row_key: str, body: bytes) -> int:
    """How much of a page a row takes, not less than it does."""
    return len(kind) + len(row_key.encode()) + len(body) + _ROW_FRAME_BYTES


def store_settings(store_id: str) -> StoreRow | None:
    """The store's settings as its registers have them; None before a shop file was loaded."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT body FROM feed_row WHERE scope = %s AND kind = %s AND row_key = %s",
            [store_scope(store_id), KIND_OF[StoreRow], store_id],
        )
        row = cursor.fetchone()
    return msgspec.msgpack.decode(bytes(row[0]), type=StoreRow) if row else None


class FeedWriter:
    """Collects rows and writes them inside the caller's transaction; the last state of a thing wins."""

    def __init__(self) -> None:
        self._rows: dict[tuple[str, str, str], bytes] = {}

    def add(self, scope: str, row_key: str, row: Row) -> None:
        """Raises ValueError for a row that no page can hold."""
        kind = KIND_OF[type(row)]
        body = msgspec.msgpack.encode(row)
        if row_bytes(kind, row_key, body) > MAX_COMMIT_BYTES:
            raise ValueError(f"the feed row {kind} {row_key} of {len(body)} bytes does not fit into a page")
        self._rows[scope, kind, row_key] = body

    def take(self, other: FeedWriter) -> None:
        """Add what another writer collected, as the later state."""
        self._rows.update(other._rows)

    def write(self) -> None:
        """Write what was collected, in as few commits as fit."""
        batch: list[tuple[str, str, str, bytes]] = []
        size = 0
        for (scope, kind, row_key), body in self._rows.items():
            more = row_bytes(kind, row_key, body)
            if batch and (size + more > MAX_COMMIT_BYTES or len(batch) == MAX_COMMIT_ROWS):
                _write_commit(batch)
                batch, size = [], 0
            batch.append((scope, kind, row_key, body))
            size += more
        if batch:
            _write_commit(batch)
        self._rows.clear()


def _write_commit(batch: list[tuple[str, str, str, bytes]]) -> None:
    number = next_commit()
    with connection.cursor() as cursor:
        cursor.executemany(
            _UPSERT, [(scope, kind, row_key, number, body) for scope, kind, row_key, body in batch]
        )
