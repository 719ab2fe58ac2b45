"""What a member did without buying, entered at the till: a visit, a profile that was filled in.

The till only tells it, in its journal; HQ gives the points, once for each occasion, whichever lanes told of it. So it
works offline, and nothing can be given twice.
"""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Iterator
from gettext import gettext as _

from agent.domain.conditions.at_store import check_store
from agent.domain.errors import LoyaltyError
from agent.domain.ledger import is_stamps
from agent.domain.member import MemberFacts
from agent.domain.occasions.activity import Activity
from agent.domain.program import Program
from agent.domain.program_set import ProgramSet
from agent.domain.quote_input import Context
from agent.service.lane import Lane, this_register, this_store
from agent.service.members import PresentMember, read_facts
from agent.service.moment import stamp_at
from agent.service.pin import context_at
from agent.service.ports import new_id
from agent.service.views import ActivityView
from agent.store.activities import add_done, is_done
from agent.store.database import CommitUnknown
from agent.store.journal import append
from agent.store.member_programs import read_programs
from agent.store.sqlite import Connection
from sync.wire.entries import AdjustmentEntry, Operator

ACTIVITY = "activity"


def till_activities(
    db: Connection, programs: ProgramSet, member: PresentMember, context: Context, locale: str
) -> tuple[ActivityView, ...]:
    """What a cashier may enter for this member today, with what was entered already."""
    if member.provisional:
        return ()
    facts, _balances = read_facts(db, member, context.business_date, programs)
    return tuple(
        ActivityView(
            program_id=program.id,
            title=program.title(locale),
            points=activity.points,
            in_stamps=is_stamps(programs.unit_of(activity.points_of)),
            done=_was_done(db, member.row.member_id, program, activity, context.business_date),
        )
        for program, activity in _open_to(programs, facts, context)
    )


def record_activity(
    lane: Lane, operator: Operator, programs: ProgramSet, member: PresentMember, program_id: str
) -> None:
    """Journal that the member did it. Raises LoyaltyError where it is not for them, or was entered before."""
    if member.provisional:
        raise LoyaltyError(
            _("This member is not known here yet."),
            _("Let them join, then enter it."),
            code="provisional_member",
        )
    at_ms = lane.clock.now_ms()
    reader = lane.store.reader()
    register, store = this_register(reader), this_store(reader)
    stamp = stamp_at(reader, at_ms, store)
    context = context_at(register, store, stamp)
    facts, _balances = read_facts(reader, member, stamp.business_date, programs)
    found = next((one for one in _open_to(programs, facts, context) if one[0].id == program_id), None)
    if found is None:
        raise LoyaltyError(
            _("This cannot be entered for this member today."),
            _("HQ can say more about the program."),
            code="unknown_activity",
        )
    program, activity = found
    occasion = activity.occasion("", stamp.business_date)
    entry = AdjustmentEntry(
        adjustment_id=new_id(at_ms, lane.entropy),
        store_id=store.store_id,
        register_id=register.register_id,
        operator=operator,
        stamp=stamp,
        reason=ACTIVITY,
        member=MemberFacts(member_id=member.row.member_id, account_id=facts.account_id),
        program_id=program.id,
    )
    try:
        with lane.store.unit_of_work() as db:
            if _was_done(db, member.row.member_id, program, activity, stamp.business_date):
                raise _entered_before()
            add_done(db, member.row.member_id, program.id, occasion)
            append(db, register.chain_id, entry)
    except CommitUnknown as error:
        if not is_done(lane.store.reader(), member.row.member_id, program.id, occasion):
            raise LoyaltyError(
                _("This could not be saved."), _("Check the disk, then try again."), code="not_saved"
            ) from error
    lane.link.wake()


def _open_to(
    programs: ProgramSet, facts: MemberFacts, context: Context
) -> Iterator[tuple[Program, Activity]]:
    for program in programs.programs:
        activity = program.occasion
        if not isinstance(activity, Activity) or not activity.at_till:
            continue
        refusal = check_store(frozenset(program.stores), context)
        if refusal is None and program.active is not None:
            refusal = program.active.check(context)
        if refusal is None and program.audience.check(facts, known=True) is None:
            yield program, activity


def _was_done(
    db: Connection, member_id: uuid.UUID, program: Program, activity: Activity, on: datetime.date
) -> bool:
    """As HQ has told, or as it was entered here since."""
    occasion = activity.occasion("", on)
    told = read_programs(db, member_id).done.get(program.id)
    return told == occasion or is_done(db, member_id, program.id, occasion)


def _entered_before() -> LoyaltyError:
    return LoyaltyError(
        _("This was entered for the member before."),
        _("It counts once; the points come from HQ."),
        code="done_before",
    )
