"""Giving members their lists of personal offers, and telling their registers."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from django.db import transaction

from hq.feed.writer import FeedWriter, store_scope
from hq.members import aliases, roll
from hq.members.models import Member
from hq.offers.models import MemberOffer
from sync.wire.feed import PersonalOffer, PersonalOffersRow

# Members in one transaction: a PUSH waits for the write lock not longer than this takes.
PAGE: Final = 100


def give(lists: Mapping[uuid.UUID, Sequence[PersonalOffer]], by: str, now_ms: int) -> None:
    """Each of these members has exactly these offers from now on, the best for them first. In pages, each whole."""
    members = list(lists)
    for first in range(0, len(members), PAGE):
        page = {member_id: lists[member_id] for member_id in members[first : first + PAGE]}
        give_page(page, by, now_ms)


def give_page(lists: Mapping[uuid.UUID, Sequence[PersonalOffer]], by: str, now_ms: int) -> None:
    """`give` for a few members in one transaction."""
    with transaction.atomic():
        MemberOffer.objects.filter(member_id__in=list(lists)).delete()
        MemberOffer.objects.bulk_create(
            MemberOffer(
                member_id=member_id,
                program_id=offer.program_id,
                rank=rank,
                reason=offer.reason,
                valid_from=offer.valid_from,
                valid_until=offer.valid_until,
                given_ms=now_ms,
                given_by=by,
            )
            for member_id, offers in lists.items()
            for rank, offer in enumerate(offers, start=1)
        )
        feed = FeedWriter()
        _tell(feed, lists)
        feed.write()


def rows_of(member_ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, PersonalOffersRow]:
    """What registers are told of each of these members who has any offers."""
    found: dict[uuid.UUID, list[PersonalOffer]] = {}
    for one in MemberOffer.objects.filter(member_id__in=list(member_ids)).order_by("member_id", "rank"):
        offer = PersonalOffer(
            program_id=one.program_id,
            valid_from=one.valid_from,
            valid_until=one.valid_until,
            reason=one.reason,
        )
        found.setdefault(one.member_id, []).append(offer)
    return {who: PersonalOffersRow(member_id=who, offers=tuple(offers)) for who, offers in found.items()}


def hand_over(duplicate_id: uuid.UUID, survivor_id: uuid.UUID) -> None:
    """Who turned out to be somebody else brings their offers along, where that one has none."""
    if MemberOffer.objects.filter(member_id=survivor_id).exists():
        MemberOffer.objects.filter(member_id=duplicate_id).delete()
    else:
        # The id is a part of the key, so rows are written anew.
        theirs = list(MemberOffer.objects.filter(member_id=duplicate_id))
        MemberOffer.objects.filter(member_id=duplicate_id).delete()
        for one in theirs:
            one.member_id = survivor_id
        MemberOffer.objects.bulk_create(theirs)


def _tell(feed: FeedWriter, member_ids: Iterable[uuid.UUID]) -> None:
    """The lists of these members, an empty one too, to every store that knows them."""
    members = list(member_ids)
    rows = rows_of(members)
    for member_id, account_id in Member.objects.filter(member_id__in=members).values_list(
        "member_id", "account_id"
    ):
        row = rows.get(member_id, PersonalOffersRow(member_id=member_id))
        for store_id in roll.stores_of(aliases.owner_of(account_id)):
            feed.add(store_scope(store_id), str(member_id), row)
