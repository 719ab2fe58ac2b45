"""Lost cards: blocked and replaced in one step. What was lost finds nobody, here and at every register."""

from __future__ import annotations

import uuid

from django.db import connection

from hq.columns import as_uuid, key
from hq.members.roll import KnownIdentifier


def lost(mark: str) -> KnownIdentifier | None:
    """The lost card under HQ's keyed hash, with the member whose it was; None for any other."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT value, account_id, member_id FROM lost_card WHERE digest = %s", [mark])
        row = cursor.fetchone()
    return None if row is None else KnownIdentifier("card", row[0], as_uuid(row[1]), as_uuid(row[2]))


def lose(mark: str, by_name: str, at_ms: int) -> bool:
    """The card is nobody's from now on; False where it is no identifier of anybody."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO lost_card (digest, value, account_id, member_id, at_ms, by_name)"
            " SELECT digest, value, account_id, member_id, %s, %s FROM identifier WHERE digest = %s AND kind = 'card'"
            " ON CONFLICT (digest) DO NOTHING",
            [at_ms, by_name[:150], mark],
        )
        cursor.execute("DELETE FROM identifier WHERE digest = %s AND kind = 'card'", [mark])
        return bool(cursor.rowcount == 1)


def cards_of(member_id: uuid.UUID) -> list[tuple[str, str]]:
    """(digest, value) of the cards that a member has now."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT digest, value FROM identifier WHERE member_id = %s AND kind = 'card' ORDER BY value",
            [key(member_id)],
        )
        return list(cursor.fetchall())
