"""Reading HQ's books in a test: balances, and the checks that always hold."""

from __future__ import annotations

import uuid

from django.db import connection

from hq.columns import as_uuid, key


def balance(account_id: uuid.UUID, unit: str = "points:points") -> dict[str, int]:
    """bucket -> amount of one account and unit, without the empty ones."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT bucket, amount FROM balance WHERE account_id = %s AND unit = %s AND amount <> 0",
            [key(account_id), unit],
        )
        return dict(cursor.fetchall())


def available(account_id: uuid.UUID, unit: str = "points:points") -> int:
    return balance(account_id, unit).get("available", 0)


def rows(query: str, *values: object) -> list[tuple[object, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(query, list(values))
        return list(cursor.fetchall())


def quarantined() -> list[tuple[object, ...]]:
    """(seq, code, state) of what waits for a person."""
    return rows("SELECT seq, code, state FROM quarantine ORDER BY seq, code")


def require_sound_books() -> None:
    """What must hold of the ledger at every moment."""
    assert not rows(
        "SELECT chain_id, seq, n, unit FROM posting GROUP BY chain_id, seq, n, unit HAVING SUM(amount) <> 0"
    )
    told = {(a, u, b): n for a, u, b, n in rows("SELECT account_id, unit, bucket, amount FROM balance") if n}
    posted = {
        (a, u, b): n
        for a, u, b, n in rows(
            "SELECT account_id, unit, bucket, SUM(amount) FROM posting GROUP BY account_id, unit, bucket"
        )
        if n
    }
    assert told == posted
    available_of = {
        (a, u): n for (a, u, b), n in told.items() if b == "available" and not u.startswith("coupon:")
    }
    lots = {
        (a, u): n
        for a, u, n in rows("SELECT account_id, unit, SUM(amount) FROM lot GROUP BY account_id, unit")
        if n
    }
    assert available_of == lots
    leases: dict[tuple[object, ...], int] = {}
    for account, unit, chain, remaining in rows(
        "SELECT account_id, unit, chain_id, remaining FROM lease_grant"
    ):
        if remaining and not str(unit).startswith("coupon:"):
            place = (account, unit, f"lease:{as_uuid(chain)}")
            leases[place] = leases.get(place, 0) + int(str(remaining))
    assert {
        place: n
        for place, n in told.items()
        if place[2].startswith("lease:") and not place[1].startswith("coupon:")
    } == leases
    assert all(n >= 0 for (_a, _u, b), n in told.items() if b.startswith("lease:"))
    # Below zero only by what a return took back of points that were spent already.
    owed = {(a, u): n for a, u, n in rows("SELECT account_id, unit, amount FROM lot WHERE amount < 0")}
    assert {place: n for place, n in available_of.items() if n < 0}.keys() <= owed.keys()
