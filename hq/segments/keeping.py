"""Putting members into the segments whose rules they meet, and out of the others."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Iterable

from django.db import connection

from agent.domain.occasions.segment import Segment
from agent.domain.program_set import ProgramSet
from hq.columns import key
from hq.members.purchases import Days


def segments_of(
    program_set: ProgramSet, store_id: str, joined: datetime.date, days: Days, on: datetime.date
) -> set[str]:
    """The segments that a member of this store belongs to on a business date."""
    found = set()
    for program in program_set.programs:
        rule = program.occasion
        if not isinstance(rule, Segment) or (program.stores and store_id not in program.stores):
            continue
        first = on - datetime.timedelta(days=rule.visits_days - 1) if rule.visits_days else datetime.date.min
        past = [day for day in days if day <= on]
        if rule.has(
            away=(on - max(past)).days if past else None,
            joined=(on - joined).days,
            visits=sum(days[day] for day in past if day >= first),
        ):
            found.add(program.id)
    return found


def keep(member_id: uuid.UUID, segments: Iterable[str], now_ms: int) -> bool:
    """The member belongs to exactly these of HQ's own segments; whether that is new."""
    wanted = set(segments)
    with connection.cursor() as cursor:
        cursor.execute("SELECT segment FROM member_segment WHERE member_id = %s AND kept", [key(member_id)])
        before = {row[0] for row in cursor.fetchall()}
        for segment in sorted(before - wanted):
            cursor.execute(
                "DELETE FROM member_segment WHERE member_id = %s AND segment = %s", [key(member_id), segment]
            )
        for segment in sorted(wanted - before):
            cursor.execute(
                "INSERT INTO member_segment (member_id, segment, kept, since_ms) VALUES (%s, %s, %s, %s)"
                " ON CONFLICT (member_id, segment) DO UPDATE SET kept = excluded.kept",
                [key(member_id), segment, True, now_ms],
            )
    return wanted != before
