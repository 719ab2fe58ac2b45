"""Points for joining: given when an enrolment is posted."""

from __future__ import annotations

import uuid

from agent.domain.occasions.welcome import ONCE, Welcome
from hq.devices.models import Store
from hq.occasions import giving, whom
from hq.occasions.giving import Occasion
from hq.occasions.office import Office
from hq.occasions.whom import When
from hq.programs import publishing


def give_welcome(office: Office, member_id: uuid.UUID, store: Store, joined: When) -> None:
    """Every welcome program that ran where and when the member joined; each once for the member."""
    program_set = publishing.active()
    member = whom.find(member_id)
    if program_set is None or member is None:
        return
    for program in program_set.programs:
        reward = program.occasion
        if isinstance(reward, Welcome) and whom.refusal(program, member, store, joined) is None:
            unit = program_set.unit_of(reward.points_of)
            giving.give(
                office,
                member,
                Occasion(program_id=program.id, occasion=ONCE, unit=unit, points=reward.points),
            )
