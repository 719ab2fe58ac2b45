"""Whose account an account is: a provisional one, or a second enrolment of one phone, belongs to its owner's."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from typing import Final

from django.db import connection

from hq.columns import as_uuid, key, slots

# An alias of an alias of an alias; more is a defect.
MAX_STEPS: Final = 8


def owner_of(account_id: uuid.UUID) -> uuid.UUID:
    """The account at the end of the aliases; the account itself when it has none."""
    with connection.cursor() as cursor:
        for _step in range(MAX_STEPS):
            cursor.execute("SELECT account_id FROM alias WHERE provisional_id = %s", [key(account_id)])
            row = cursor.fetchone()
            if row is None:
                return account_id
            account_id = as_uuid(row[0])
    raise AssertionError(f"more than {MAX_STEPS} aliases lead from {account_id}")


def owners_of(account_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, uuid.UUID]:
    """`owner_of` each, in one query for every step of the longest way."""
    found = {account_id: account_id for account_id in account_ids}
    for _step in range(MAX_STEPS):
        wanted = sorted(set(found.values()))
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT provisional_id, account_id FROM alias"  # noqa: S608 - only placeholders are put in
                f" WHERE provisional_id IN ({slots(len(wanted))})",
                [key(one) for one in wanted],
            )
            further = {as_uuid(provisional): as_uuid(owner) for provisional, owner in cursor.fetchall()}
        if not further:
            return found
        found = {account_id: further.get(owner, owner) for account_id, owner in found.items()}
    raise AssertionError(f"more than {MAX_STEPS} aliases lead from one of {len(found)} accounts")


def add(provisional_id: uuid.UUID, account_id: uuid.UUID, at_ms: int) -> bool:
    """Make `provisional_id` an alias of the account; False when it is one already, or would be its own."""
    owner = owner_of(account_id)
    if owner == provisional_id:
        return False
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO alias (provisional_id, account_id, at_ms) VALUES (%s, %s, %s)"
            " ON CONFLICT (provisional_id) DO NOTHING",
            [key(provisional_id), key(owner), at_ms],
        )
        if cursor.rowcount != 1:
            return False
        # Each alias leads straight to the owner, however many members turn out to be one.
        cursor.execute(
            "UPDATE alias SET account_id = %s WHERE account_id = %s", [key(owner), key(provisional_id)]
        )
        return True


def of(account_id: uuid.UUID) -> list[uuid.UUID]:
    """The accounts that belong to this one, itself first."""
    found = [account_id]
    with connection.cursor() as cursor:
        for known in found:
            cursor.execute("SELECT provisional_id FROM alias WHERE account_id = %s", [key(known)])
            found.extend(as_uuid(row[0]) for row in cursor.fetchall())
    return found
