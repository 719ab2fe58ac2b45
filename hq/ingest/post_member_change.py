"""Posting what changed about a member at a register: a lost card, or what the member told us.

A member who turned out to be another is that one: news of the one are news of the other.
"""

from __future__ import annotations

import uuid

from agent.domain.identifiers import identifier_hash
from hq.feed import news
from hq.ingest.desk import Desk
from hq.ingest.personal_data import read_blobs
from hq.ingest.post_member import own_identifiers, write_consents
from hq.ingest.verdict import POSTED, Verdict, held
from hq.ledger.books import Origin
from hq.members import aliases, roll
from hq.members.models import Member
from hq.members.roll import KnownIdentifier
from hq.membership import cards, details
from sync.wire.blobs import PersonalData
from sync.wire.entries import MemberChangeEntry

CARD_REPLACED = "card_replaced"
DETAILS = "details"


def post_member_change(desk: Desk, seq: int, entry: MemberChangeEntry) -> Verdict:
    """Post the change, or say why a person must look at it."""
    if entry.store_id != desk.store_id:
        return held(
            "wrong_store",
            f"The entry names the store {entry.store_id}, its register belongs to {desk.store_id}.",
        )
    if entry.change not in (CARD_REPLACED, DETAILS):
        return held("needs_upgrade", f"This HQ does not know the change {entry.change[:40]!r}.")
    data = read_blobs(desk, entry.pii, entry.member_id)
    if isinstance(data, Verdict):
        return data
    member = _survivor(entry.member_id)
    if member is None:
        return held("unknown_member", f"HQ has no member {entry.member_id}; the enrolment may still come.")
    who = KnownIdentifier("card", "", member.account_id, member.member_id)
    origin = Origin(desk.chain_id, seq, entry.stamp.at_ms, desk.store_id)
    verdict = POSTED
    if entry.change == CARD_REPLACED:
        verdict = _replace_card(desk, entry, data, who, origin)
    else:
        details.write(member, data, entry.locale)
        write_consents(desk, seq, who.account_id, who.member_id, entry.consents, entry.stamp.at_ms)
    owner = aliases.owner_of(who.account_id)
    news.tell_members(desk.feed, owner, roll.stores_of(owner))
    return verdict


def _survivor(member_id: uuid.UUID) -> Member | None:
    member = Member.objects.filter(member_id=member_id).first()
    while member is not None and member.merged_into is not None:
        member = Member.objects.filter(member_id=member.merged_into).first()
    return member


def _replace_card(
    desk: Desk, entry: MemberChangeEntry, data: PersonalData, who: KnownIdentifier, origin: Origin
) -> Verdict:
    """Block first: whatever is wrong with the new card, the lost one is lost."""
    for mark, value in cards.cards_of(who.member_id):
        if identifier_hash(desk.store_key, "card", value).hex() in data.lost_cards:
            cards.lose(mark, entry.operator.name, entry.stamp.at_ms)
    for clear in data.identifiers:
        mark = roll.digest(desk.identity.lookup_key, clear.kind, clear.value)
        known = roll.identifier(mark)
        if (known is not None and known.member_id != who.member_id) or cards.lost(mark) is not None:
            return held(
                "card_taken",
                f"The new {clear.kind} of member {who.member_id} is another member's, or was reported lost;"
                " the old one is blocked.",
            )
    own_identifiers(desk, data, who, origin)
    return POSTED
