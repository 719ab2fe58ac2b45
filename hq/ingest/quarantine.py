"""Entries that wait for a person: authentic, stored as they came, and not posted, or only in part."""

from __future__ import annotations

import uuid

from django.db import connection

from hq.columns import key
from hq.ingest.desk import StoredEntry

MAX_DETAIL = 400


def hold(chain_id: uuid.UUID, entry: StoredEntry, code: str, detail: str, now_ms: int) -> None:
    """Keep the entry; one that is there already keeps its state and gets the newer reason."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO quarantine (chain_id, seq, hash, quarantine_id, kind, version, body, code, detail, state,"
            " since_ms, seen_by) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, 'waiting', %s, '')"
            " ON CONFLICT (chain_id, seq, hash) DO UPDATE SET code = excluded.code, detail = excluded.detail",
            [
                key(chain_id),
                entry.seq,
                entry.hash.hex(),
                key(uuid.uuid4()),
                entry.kind,
                entry.version,
                entry.body,
                code,
                detail[:MAX_DETAIL],
                now_ms,
            ],
        )


def set_posted(chain_id: uuid.UUID, entry: StoredEntry) -> None:
    """The entry was posted after all."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE quarantine SET state = 'posted' WHERE chain_id = %s AND seq = %s AND hash = %s",
            [key(chain_id), entry.seq, entry.hash.hex()],
        )


def is_posted(chain_id: uuid.UUID, entry: StoredEntry) -> bool:
    """Whether it was posted since it was held."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT 1 FROM quarantine WHERE chain_id = %s AND seq = %s AND hash = %s AND state = 'posted'",
            [key(chain_id), entry.seq, entry.hash.hex()],
        )
        return cursor.fetchone() is not None
