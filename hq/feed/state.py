"""HQ's own row: its incarnation, its origin chain, and the counter that orders the feed."""

from __future__ import annotations

import secrets
import uuid
from dataclasses import dataclass

from django.db import connection

from hq.columns import as_uuid, key


@dataclass(frozen=True, slots=True)
class Identity:
    """`incarnation` is told to registers; `origin` stands as chain in HQ's own ledger entries."""

    incarnation: str
    origin: uuid.UUID
    lookup_key: bytes


def identity() -> Identity:
    """Who this HQ is."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT incarnation, origin, lookup_key FROM hq_state WHERE id = 1")
        incarnation, origin, lookup_key = cursor.fetchone()
    return Identity(incarnation, as_uuid(origin), bytes(lookup_key))


def make_identity() -> None:
    """Give a new database its one row; an existing one keeps what it has."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO hq_state (id, incarnation, origin, lookup_key, commit_number)"
            " VALUES (1, %s, %s, %s, 0) ON CONFLICT (id) DO NOTHING",
            [new_incarnation(), key(uuid.uuid4()), secrets.token_bytes(32)],
        )


def new_incarnation() -> str:
    return secrets.token_hex(8)


def next_commit() -> int:
    """The next commit number. The row stays locked until this transaction ends, so numbers appear in order."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE hq_state SET commit_number = commit_number + 1 WHERE id = 1 RETURNING commit_number"
        )
        number: int = cursor.fetchone()[0]
    return number


def last_commit() -> int:
    """The newest commit number that a reader can see."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT commit_number FROM hq_state WHERE id = 1")
        number: int = cursor.fetchone()[0]
    return number
