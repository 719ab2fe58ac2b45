"""Posting what a chain says about its leases: received, given back; and the opening of the chain itself."""

from __future__ import annotations

from agent.domain.ledger import AVAILABLE, coupon_unit, lease_bucket, move
from hq.ingest import limits
from hq.ingest.desk import Desk
from hq.ingest.verdict import POSTED, Verdict, held
from hq.ledger import coupons, grants
from hq.ledger.books import Origin
from sync.wire.entries import ChainOpened, GrantReceived, Release


def post_chain_opened(desk: Desk, seq: int, entry: ChainOpened) -> Verdict:
    """A chain begins with it, and names itself."""
    register = desk.chain.register
    claimed = (entry.chain_id, entry.register_id, entry.store_id)
    if seq != 1 or claimed != (desk.chain_id, register.pk, desk.store_id):
        return held(
            "wrong_store",
            f"Entry {seq} opens chain {entry.chain_id} of {entry.register_id} in {entry.store_id}; it came from"
            f" {register.pk} in {desk.store_id}.",
        )
    limits.top_up(desk)
    return POSTED


def post_grant_received(desk: Desk, entry: GrantReceived) -> Verdict:
    """HQ stops repeating the grant."""
    grant = grants.find(entry.grant_id)
    if grant is None or grant.chain_id != desk.chain_id:
        return held("unknown_grant", f"HQ never granted {entry.grant_id} to this chain.")
    if (grant.account_id, grant.unit, grant.amount) != (entry.account_id, entry.unit, entry.amount):
        return held(
            "unknown_grant",
            f"HQ granted {grant.amount} of {grant.unit} as {entry.grant_id}; the register received"
            f" {entry.amount} of {entry.unit}.",
        )
    grants.set_received(grant)
    return POSTED


def post_release(desk: Desk, seq: int, entry: Release) -> Verdict:
    """What comes back is available again; more than the lease held is not believed."""
    origin = Origin(desk.chain_id, seq, entry.stamp.at_ms, desk.store_id)
    if entry.amount <= 0:
        return held("postings_differ", f"A release of {entry.amount} gives nothing back.")
    if entry.grant_id is None:
        if entry.unit != coupon_unit(entry.account_id) or entry.amount != 1:
            return held(
                "unknown_grant", f"A release of {entry.unit} without a grant is only known for a coupon."
            )
        excess = coupons.release_own(desk.books, origin, entry.account_id)
    else:
        grant = grants.find(entry.grant_id)
        if grant is None or (grant.chain_id, grant.account_id, grant.unit) != (
            desk.chain_id,
            entry.account_id,
            entry.unit,
        ):
            return held("unknown_grant", f"HQ never granted {entry.grant_id} of {entry.unit} to this chain.")
        excess = grants.release(desk.books, origin, grant, entry.amount)
        if entry.unit == coupon_unit(entry.account_id):
            coupons.set_free(entry.account_id)
        else:
            desk.books.saw(entry.account_id, entry.unit, desk.chain_id, seq)
        desk.sweep(entry.account_id, origin)
    if excess:
        return held(
            "release_exceeds_lease",
            f"{entry.amount} came back of {entry.unit}; the lease held {excess} less.",
        )
    if entry.postings and not _says_the_same(desk, entry):
        return held(
            "postings_differ", "The release's own postings are not those of a release; it was posted as one."
        )
    return POSTED


def _says_the_same(desk: Desk, entry: Release) -> bool:
    expected = move(entry.account_id, entry.unit, entry.amount, lease_bucket(desk.chain_id), AVAILABLE)
    return set(entry.postings) == set(expected)
