"""What badges and the leaderboard count: purchases, activities and friends, never money."""

from __future__ import annotations

import datetime
import uuid

from django.db import connection

from agent.domain.occasions.activity import Activity
from agent.domain.occasions.badge import Counted
from agent.domain.program_set import ProgramSet
from hq.columns import key, slots
from hq.members.purchases import Days


def count(
    counted: Counted,
    member_id: uuid.UUID,
    days: Days,
    program_set: ProgramSet,
    first: datetime.date,
    since_ms: int,
) -> int:
    """How many there are from the business date `first` on, which began at `since_ms`."""
    match counted:
        case "visits":
            return sum(number for day, number in days.items() if day >= first)
        case "activities":
            return _activities(member_id, program_set, since_ms)
        case "friends":
            return _friends(member_id, since_ms)


def _activities(member_id: uuid.UUID, program_set: ProgramSet, since_ms: int) -> int:
    programs = [one.id for one in program_set.programs if isinstance(one.occasion, Activity)]
    if not programs:
        return 0
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT COUNT(*) FROM occasion_grant WHERE member_id = %s AND taken_ms IS NULL AND at_ms >= %s"  # noqa: S608
            f" AND program_id IN ({slots(len(programs))})",
            [key(member_id), since_ms, *programs],
        )
        return int(cursor.fetchone()[0])


def _friends(member_id: uuid.UUID, since_ms: int) -> int:
    """Friends who joined with the member's code and have bought."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT COUNT(*) FROM referral WHERE referrer_id = %s AND state = 'rewarded' AND linked_ms >= %s",
            [key(member_id), since_ms],
        )
        return int(cursor.fetchone()[0])
