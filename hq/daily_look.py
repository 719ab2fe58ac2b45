"""Looking at members: their segments, badges, birthdays and codes for friends; after what they do, and each of them once a business day.

The daily look goes through a store's members in pages, one transaction each, and remembers how far it came: it can
stop anywhere, and a page looked at twice changes nothing. It begins again with the day and with a new program set.
"""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Sequence
from typing import Final

from django.db import connection

from agent.domain.occasions.badge import Badge
from agent.domain.occasions.birthday import Birthday
from agent.domain.occasions.referral import Referral
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
from hq.referrals.codes import code_of_member, give_code, has_program
from hq.segments.keeping import keep, segments_of
from hq.segments.models import MemberRound, MemberSegment

# Members in one transaction: a PUSH waits for the write lock not longer than this takes.
PAGE: Final = 100


def look_at(office: Office, member_ids: Sequence[uuid.UUID]) -> int:
    """Bring these members' segments, badges and birthday up to date; how many of them are told anew."""
    program_set = publishing.active()
    if program_set is None:
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
    program_set = publishing.active()
    if program_set is None or not _has_programs(program_set):
        return
    people = [one.member_id for one in roll.people_of(account_id) if one.merged_into is None]
    look_at(office, people)


def look_at_next(now_ms: int) -> bool:
    """One page of the daily look, in a transaction of its own; False when everybody was looked at today."""
    program_set = publishing.active()
    if program_set is None or not (_has_programs(program_set) or _has_segments_to_leave()):
        return False
    for store in Store.objects.order_by("store_id"):
        today = when_in(store, now_ms).on
        if MemberRound.objects.filter(
            store_id=store.pk, on=today, program_set=program_set.hash, done=True
        ).exists():
            continue
        with open_office(now_ms) as office:
            place = _place(store.pk, today, program_set)
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
    if has_program(program_set) and not code_of_member(member.member_id):
        # Who joined before there was a referral program.
        give_code(office.identity.lookup_key, member.member_id)
        changed = True
    return give_badges(office, program_set, member, store, now, days) or changed


def _has_programs(program_set: ProgramSet) -> bool:
    """Whether the shop has a program for which members are looked at."""
    return any(
        isinstance(one.occasion, Segment | Badge | Birthday | Referral) for one in program_set.programs
    )


def _has_segments_to_leave() -> bool:
    """Whether somebody is still in a segment of an earlier program set."""
    return MemberSegment.objects.filter(kept=True).exists()


def _place(store_id: str, today: datetime.date, program_set: ProgramSet) -> MemberRound:
    """How far today's look has come in a store; at the beginning where the day or the programs are new."""
    fresh = {"on": today, "program_set": program_set.hash, "reached": None, "done": False}
    place, _made = MemberRound.objects.get_or_create(store_id=store_id, defaults=fresh)
    if (place.on, place.program_set) != (today, program_set.hash):
        place.on, place.program_set, place.reached, place.done = today, program_set.hash, None, False
    return place


def _page(store_id: str, after: uuid.UUID | None) -> list[uuid.UUID]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT member_id FROM member WHERE enrolled_store = %s AND merged_into IS NULL AND member_id > %s"
            " ORDER BY member_id LIMIT %s",
            [store_id, key(after or uuid.UUID(int=0)), PAGE],
        )
        return [as_uuid(row[0]) for row in cursor.fetchall()]
