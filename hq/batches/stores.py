"""In which stores a coupon counts: those of its batch, or the one that printed it."""

from __future__ import annotations

import uuid

from django.db import connection

from hq.columns import key


def stores_of(coupon_id: uuid.UUID, home: str) -> tuple[str, ...]:
    """The stores whose registers hear of the coupon and may use it; `home` is the one that issued it."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT s.store_id FROM batch_coupon b JOIN batch_store s ON s.batch_id = b.batch_id"
            " WHERE b.coupon_id = %s ORDER BY s.store_id",
            [key(coupon_id)],
        )
        found = tuple(row[0] for row in cursor.fetchall())
    return found or (home,)
