"""Points for a birthday, in its week, once for each year."""

from __future__ import annotations

from agent.domain.occasions.birthday import Birthday, birthday_near
from agent.domain.program_set import ProgramSet
from hq.devices.models import Store
from hq.occasions import giving, whom
from hq.occasions.giving import Occasion
from hq.occasions.office import Office
from hq.occasions.whom import When, Whom


def give_birthday(office: Office, program_set: ProgramSet, member: Whom, store: Store, now: When) -> None:
    """What every birthday program gives the member, where the birthday is near."""
    if member.birthday is None:
        return
    near = birthday_near(member.birthday.month, member.birthday.day, now.on)
    if near is None:
        return
    for program in program_set.programs:
        reward = program.occasion
        if isinstance(reward, Birthday) and whom.refusal(program, member, store, now) is None:
            what = Occasion(
                program_id=program.id,
                occasion=f"{near.year:04}",
                unit=program_set.unit_of(reward.points_of),
                points=reward.points,
            )
            giving.give(office, member, what)
