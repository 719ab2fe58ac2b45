"""Points for what a member did without buying: told by a till's journal entry, or entered by staff at HQ."""

from __future__ import annotations

from gettext import gettext as _

from agent.domain.errors import LoyaltyError
from agent.domain.occasions.activity import Activity, clean_subject
from agent.domain.program import Program
from agent.domain.program_set import ProgramSet
from hq.devices.models import Store
from hq.feed import news
from hq.members import roll
from hq.occasions import giving, whom
from hq.occasions.giving import Occasion
from hq.occasions.office import Office
from hq.occasions.whom import When, Whom
from hq.programs import publishing


def activities(program_set: ProgramSet | None) -> list[tuple[Program, Activity]]:
    """The activities of a program set, by id."""
    if program_set is None:
        return []
    return [(one, one.occasion) for one in program_set.programs if isinstance(one.occasion, Activity)]


def find(program_id: str) -> tuple[Program, Activity] | None:
    """The activity of this id in the active program set."""
    return next((one for one in activities(publishing.active()) if one[0].id == program_id), None)


def record(
    office: Office, program: Program, member: Whom, store: Store, done: When, *, by: str, subject: str = ""
) -> bool:
    """Give what the activity is worth; False where it was given for this occasion before.

    Raises LoyaltyError for a program that is none or not for this member, and without the subject that it counts by.
    """
    activity, program_set = program.occasion, publishing.active()
    if not isinstance(activity, Activity) or program_set is None:
        raise LoyaltyError(
            _("This program rewards no activity."), _("Choose an activity."), code="unknown_activity"
        )
    subject = clean_subject(subject)
    if activity.per_subject and not subject:
        raise LoyaltyError(
            _("It is not said what the {activity} is about.").format(activity=activity.activity),
            _("Type its name, so that each is rewarded once."),
            code="no_subject",
        )
    if whom.refusal(program, member, store, done) is not None:
        raise LoyaltyError(
            _("This activity is not for this member, or not at this time."),
            _("See the program's dates, stores and audience."),
            code="not_for_member",
        )
    given = giving.give(
        office,
        member,
        Occasion(
            program_id=program.id,
            occasion=activity.occasion(subject, done.on),
            unit=program_set.unit_of(activity.points_of),
            points=activity.points,
            entered_by=by,
            subject=subject if activity.per_subject else "",
        ),
    )
    if given and activity.at_till:
        # The tills show that it is done.
        news.tell_members(office.feed, member.account_id, roll.stores_of(member.account_id))
    return given
