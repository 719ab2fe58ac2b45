"""Posting what a person entered at a till outside a sale, by its reason."""

from __future__ import annotations

from agent.domain.errors import LoyaltyError
from hq.ingest.desk import Desk
from hq.ingest.verdict import POSTED, Verdict, held
from hq.occasions import activities, whom
from hq.occasions.whom import When
from sync.wire.entries import AdjustmentEntry

ACTIVITY = "activity"


def post_adjustment(desk: Desk, entry: AdjustmentEntry) -> Verdict:
    """Post it, or say why it waits."""
    if (entry.store_id, entry.register_id) != (desk.store_id, desk.chain.register_id):
        return held(
            "wrong_store",
            f"The entry names {entry.register_id} in {entry.store_id}; it came from {desk.chain.register_id}"
            f" in {desk.store_id}.",
        )
    if entry.reason == ACTIVITY:
        return _post_activity(desk, entry)
    return held(
        "needs_upgrade",
        f"This HQ does not know the reason {entry.reason[:40]}; it is posted after an upgrade.",
    )


def _post_activity(desk: Desk, entry: AdjustmentEntry) -> Verdict:
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
