"""Giving points for an occasion, once: (member, program, occasion) is the key, and a second telling finds it taken.

The row and the ledger entry are written in one transaction. The entry is HQ's own, `issued:<home store>` ->
`available`, with a lot of its own; taking back is another entry, never an edit of the first.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from django.db import connection

from agent.domain.ledger import AVAILABLE, Posting, issued_bucket, move
from hq.columns import as_uuid, key
from hq.feed.state import next_commit
from hq.ledger import lots
from hq.ledger.books import Origin, Step
from hq.members import aliases
from hq.occasions.office import Office
from hq.occasions.whom import Whom
from hq.program_figures.occasions import count_grant, count_taken


@dataclass(frozen=True, slots=True, kw_only=True)
class Occasion:
    """What is rewarded once: a program's occasion, its points in a ledger unit, and who entered it."""

    program_id: str
    occasion: str
    unit: str
    points: int
    entered_by: str = ""
    subject: str = ""


def give(office: Office, whom: Whom, what: Occasion) -> bool:
    """Give the points to the member's account; False where this occasion was given before, even if taken back since."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT 1 FROM occasion_grant WHERE member_id = %s AND program_id = %s AND occasion = %s",
            [key(whom.member_id), what.program_id, what.occasion],
        )
        if cursor.fetchone() is not None:
            return False
        seq = next_commit()
        cursor.execute(
            "INSERT INTO occasion_grant (member_id, program_id, occasion, account_id, store_id, unit, points, seq,"
            " at_ms, entered_by, subject) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)"
            " ON CONFLICT (member_id, program_id, occasion) DO NOTHING",
            [
                key(whom.member_id),
                what.program_id,
                what.occasion,
                key(whom.account_id),
                whom.home_store,
                what.unit,
                what.points,
                seq,
                office.now_ms,
                what.entered_by[:150],
                what.subject,
            ],
        )
        if cursor.rowcount != 1:
            return False
    if what.points:
        origin = Origin(office.identity.origin, seq, office.now_ms, whom.home_store)
        legs = move(whom.account_id, what.unit, what.points, issued_bucket(whom.home_store), AVAILABLE)
        office.books.post(origin, Step.REWARDED, legs)
        lots.add(whom.account_id, what.unit, _lot(office, seq), what.points, office.now_ms, None)
    count_grant(
        office.identity.origin,
        seq,
        whom.account_id,
        whom.home_store,
        what.program_id,
        what.points,
        office.now_ms,
    )
    return True


def take_back(office: Office, member_id: uuid.UUID, program_id: str, occasion: str) -> bool:
    """Take the points of an occasion back, below zero where they are spent; False where there is nothing to take."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE occasion_grant SET taken_ms = %s WHERE member_id = %s AND program_id = %s AND occasion = %s"
            " AND taken_ms IS NULL RETURNING account_id, store_id, unit, points, seq",
            [office.now_ms, key(member_id), program_id, occasion],
        )
        row = cursor.fetchone()
    if row is None:
        return False
    account_id, store_id, unit, points, seq = as_uuid(row[0]), row[1], row[2], row[3], row[4]
    if points:
        owner = aliases.owner_of(account_id)
        origin = Origin(office.identity.origin, next_commit(), office.now_ms, store_id)
        legs = (
            Posting(owner, unit, AVAILABLE, -points),
            Posting(account_id, unit, issued_bucket(store_id), points),
        )
        office.books.post(origin, Step.REWARD_TAKEN, legs)
        lots.take_back(owner, unit, points, _lot(office, seq))
    count_taken(office.identity.origin, seq, account_id, store_id, program_id, points, office.now_ms)
    return True


def _lot(office: Office, seq: int) -> str:
    return f"{office.identity.origin}:{seq}"
