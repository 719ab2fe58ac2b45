"""How ids are written and read in hand-written SQL, the same on SQLite and on PostgreSQL."""

from __future__ import annotations

import uuid

from django.db import connection


def key(value: uuid.UUID) -> uuid.UUID | str:
    """A bound parameter for a column of Django's UUIDField: SQLite keeps 32 hex digits."""
    return value if connection.features.has_native_uuid_field else value.hex


def as_uuid(value: object) -> uuid.UUID:
    """What such a column gives back."""
    return value if isinstance(value, uuid.UUID) else uuid.UUID(str(value))


def slots(count: int) -> str:
    """Placeholders for a list of `count` bound parameters."""
    return ",".join(["%s"] * count)
