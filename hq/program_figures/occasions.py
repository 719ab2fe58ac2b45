"""What HQ gave by itself (joining, birthdays, activities, friends, badges), counted beside what the registers gave.

HQ's ledger entry is the entry: its origin chain and seq. What is taken back has the grant's own seq with a minus, so that
it can be taken back once.
"""

from __future__ import annotations

import datetime
import uuid
from typing import Final

from django.db import connection

from hq.columns import as_uuid
from hq.devices.models import Store
from hq.occasions.whom import when_in
from hq.program_figures.counting import add_parts, is_counted
from hq.program_figures.given import Given

_PAGE: Final = """
    SELECT seq, account_id, store_id, program_id, points, at_ms, taken_ms FROM occasion_grant
    WHERE seq > %s AND seq <= %s ORDER BY seq LIMIT %s
"""


def count_grant(
    origin: uuid.UUID,
    seq: int,
    account_id: uuid.UUID,
    store_id: str,
    program_id: str,
    points: int,
    at_ms: int,
) -> None:
    """An occasion of a program: one use, also where it is worth no points, as a badge is."""
    given = Given(uses=1, points_given=points)
    _count(origin, seq, account_id, store_id, program_id, given, at_ms, came_back=False)


def count_taken(
    origin: uuid.UUID,
    seq: int,
    account_id: uuid.UUID,
    store_id: str,
    program_id: str,
    points: int,
    at_ms: int,
) -> None:
    """The points of the grant with this seq were taken back."""
    if points:
        _count(
            origin, -seq, account_id, store_id, program_id, Given(points_given=points), at_ms, came_back=True
        )


def count_earlier_grants(origin: uuid.UUID, reached: int, last_seq: int, most: int) -> list[int]:
    """Count the next grants after `reached`, taken back or not; their seqs."""
    with connection.cursor() as cursor:
        cursor.execute(_PAGE, [reached, last_seq, most])
        rows = cursor.fetchall()
    for seq, account, store_id, program_id, points, at_ms, taken_ms in rows:
        account_id = as_uuid(account)
        count_grant(origin, seq, account_id, store_id, program_id, points, at_ms)
        if taken_ms is not None:
            count_taken(origin, seq, account_id, store_id, program_id, points, taken_ms)
    return [row[0] for row in rows]


def _count(
    origin: uuid.UUID,
    seq: int,
    account_id: uuid.UUID,
    store_id: str,
    program_id: str,
    given: Given,
    at_ms: int,
    *,
    came_back: bool,
) -> None:
    on = _business_date(store_id, at_ms)
    if on is not None and not is_counted(origin, seq):
        add_parts((origin, seq), (origin, seq), account_id, store_id, on, came_back, {program_id: given})


def _business_date(store_id: str, at_ms: int) -> datetime.date | None:
    """The store's day; a store that is gone has no line in any figure."""
    store = Store.objects.filter(pk=store_id).first()
    return when_in(store, at_ms).on if store is not None else None
