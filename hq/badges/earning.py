"""Giving badges: once earned, a badge stays."""

from __future__ import annotations

import datetime

from django.db import connection

from agent.domain.occasions.badge import Badge
from agent.domain.program_set import ProgramSet
from hq.badges.counting import count
from hq.columns import key
from hq.devices.models import Store
from hq.members.purchases import Days
from hq.occasions import giving, whom
from hq.occasions.giving import Occasion
from hq.occasions.office import Office
from hq.occasions.whom import When, Whom

EARNED = "earned"


def give_badges(
    office: Office, program_set: ProgramSet, member: Whom, store: Store, now: When, days: Days
) -> bool:
    """Every badge that the member has earned by now; whether there is a new one."""
    new = False
    for program in program_set.programs:
        badge = program.occasion
        if not isinstance(badge, Badge) or whom.refusal(program, member, store, now) is not None:
            continue
        reached = count(badge.counts, member.member_id, days, program_set, datetime.date.min, 0)
        if reached < badge.at_least:
            continue
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO member_badge (member_id, program_id, since_ms) VALUES (%s, %s, %s)"
                " ON CONFLICT (member_id, program_id) DO NOTHING",
                [key(member.member_id), program.id, office.now_ms],
            )
            new = cursor.rowcount == 1 or new
        if badge.points:
            unit = program_set.unit_of(badge.points_of)
            what = Occasion(program_id=program.id, occasion=EARNED, unit=unit, points=badge.points)
            giving.give(office, member, what)
    return new
