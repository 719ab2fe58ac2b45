"""Looking at members: their segments, badges and birthdays; after what they do, and each of them once a business day.

The daily look goes through a store's members in pages, one transaction each, and remembers how far it came: it can
stop anywhere, and a page looked at twice changes nothing. It begins again with the day and with a new program set.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Final

from django.db import connection

from agent.domain.occasions.badge import Badge
from agent.domain.occasions.birthday import Birthday
from agent.domain.occasions.segment import Segment
from agent.domain.program_set import ProgramSet
from hq.badges.earning import give_badges
from hq.columns import as_uuid, key
from hq.devices.models import Store
from hq.feed import news
from hq.members import roll
from hq.members.purchases import Days, purchase_days
from hq.occasions import whom
from hq.occasions.birthdays import give_birthday
from hq.occasions.office import Office, open_office
from hq.occasions.whom import Whom, when_in
from hq.programs import publishing
from hq.referrals.codes import give_missing_codes, has_program
from hq.segments.keeping import keep, segments_of
from hq.segments.models import MemberRound, MemberSegment

# Members in one transaction: a PUSH waits for the write lock not longer than this takes.
PAGE: Final = 100


def look_at(office: Office, member_ids: Sequence[uuid.UUID]) -> int:
    """Bring these members' segments, badges and birthday up to date; how many of them are told anew."""
    program_set = publishing.active()
    if program_set is None or not _is_wanted(program_set):
        return 0
    stores = {store.pk: store for store in Store.objects.all()}
    found = [whom.find(member_id) for member_id in dict.fromkeys(member_ids)]
    members = {one.member_id: one for one in found if one is not None and one.home_store in stores}
    days = purchase_days({one.member_id: one.account_id for one in members.values()})
    told = 0
    for member in members.values():
        if _look(office, program_set, member, stores[member.home_store], days[member.member_id]):
            news.tell_members(office.feed, member.account_id, roll.stores_of(member.account_id))
            told += 1
    return told


def look_at_account(office: Office, account_id: uuid.UUID) -> None:
    """`look_at` for whoever shares the account."""
    people = [one.member_id for one in roll.people_of(account_id) if one.merged_into is None]
    look_at(office, people)


def look_at_next(now_ms: int) -> bool:
    """One page of the daily look, in a transaction of its own; False when everybody was looked at today."""
    program_set = publishing.active()
    if program_set is None:
        return False
    if not has_program(program_set) and not _is_wanted(program_set):
        return False
    with open_office(now_ms) as office:
        if has_program(program_set) and give_missing_codes(office):
            return True
        if not _is_wanted(program_set):
            return False
        for store in Store.objects.order_by("store_id"):
            place = _place(store, program_set, now_ms)
            if place.done:
                continue
            page = _page(store.pk, place.reached)
            look_at(office, page)
            place.reached = page[-1] if page else place.reached
            place.done = len(page) < PAGE
            place.save(force_update=True)
            return True
    return False


def look_at_everybody(now_ms: int) -> None:
    """The whole daily look, from the beginning."""
    MemberRound.objects.all().delete()
    while look_at_next(now_ms):
        pass


def _look(office: Office, program_set: ProgramSet, member: Whom, store: Store, days: Days) -> bool:
    now = when_in(store, office.now_ms)
    joined = when_in(store, member.enrolled_ms).on
    changed = keep(member.member_id, segments_of(program_set, store.pk, joined, days, now.on), office.now_ms)
    give_birthday(office, program_set, member, store, now)
    return give_badges(office, program_set, member, store, now, days) or changed


def _is_wanted(program_set: ProgramSet) -> bool:
    """Whether the shop has such a program, or had one whose segments must be left."""
    if any(isinstance(one.occasion, Segment | Badge | Birthday) for one in program_set.programs):
        return True
    return MemberSegment.objects.filter(kept=True).exists()


def _place(store: Store, program_set: ProgramSet, now_ms: int) -> MemberRound:
    on = when_in(store, now_ms).on
    fresh = {"on": on, "program_set": program_set.hash, "reached": None, "done": False}
    place, _made = MemberRound.objects.get_or_create(store_id=store.pk, defaults=fresh)
    if (place.on, place.program_set) != (on, program_set.hash):
        place.on, place.program_set, place.reached, place.done = on, program_set.hash, None, False
    return place


def _page(store_id: str, after: uuid.UUID | None) -> list[uuid.UUID]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT member_id FROM member WHERE enrolled_store = %s AND merged_into IS NULL AND member_id > %s"
            " ORDER BY member_id LIMIT %s",
            [store_id, key(after or uuid.UUID(int=0)), PAGE],
        )
        return [as_uuid(row[0]) for row in cursor.fetchall()]
