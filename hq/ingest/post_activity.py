"""Posting what a cashier entered for a member without a sale: HQ gives the points, once for each occasion."""

from __future__ import annotations

from agent.domain.errors import LoyaltyError
from hq.ingest.desk import Desk
from hq.ingest.verdict import POSTED, Verdict, held
from hq.occasions import activities, whom
from hq.occasions.whom import When
from sync.wire.entries import AdjustmentEntry


def post_activity(desk: Desk, entry: AdjustmentEntry) -> Verdict:
    """Points for what a member did; an activity that was rewarded for this occasion before gives nothing more."""
    found = activities.find(entry.program_id)
    if found is None or not found[1].at_till or entry.postings or entry.earned or entry.sale:
        return held(
            "unknown_activity",
            f"The program {entry.program_id[:64]} is no activity of the active program set that tills enter.",
        )
    member = whom.find(entry.member.member_id) if entry.member is not None else None
    if member is None:
        return held("unknown_member", "The member who did it is not on HQ's roll.")
    done = When(entry.stamp.at_ms, entry.stamp.offset_min, entry.stamp.business_date)
    try:
        activities.record(desk.office, found[0], member, desk.store, done, by=entry.operator.name)
    except LoyaltyError as error:
        return held("unknown_activity", error.title)
    return POSTED
