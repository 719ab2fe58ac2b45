"""The leaderboard: only for those who asked, under an alias, from ten on, and never by what was spent."""

from __future__ import annotations

import uuid

import pytest

from hq.badges.board import boards
from hq.badges.models import Participant
from hq.badges.participants import leave, take_part
from hq.members import roll
from hq.members.models import ConsoleMember
from hq.members.roll import Person
from hq.programs import publishing
from tests import builders
from tests.hq.at_console import page, staff_with
from tests.hq.programs import of_hq, publish
from tests.hq.shop import IOANA, IOANA_PHONE
from tests.hq.test_segments import DAY_MS, buys, now

__all__ = ["now"]

BOARD = of_hq("leaderboard", "top", counts="visits", period="month", shown=5)


@pytest.fixture
def shop(lane, now):
    lane.program_set = publish(BOARD)
    return lane


def members(count: int) -> list[uuid.UUID]:
    """So many more members, who take part as Guest 1, Guest 2, ..."""
    made = []
    for number in range(1, count + 1):
        member_id = uuid.uuid5(uuid.NAMESPACE_OID, f"member {number}")
        roll.open_account(member_id, "member", builders.NOW_MS)
        roll.add_member(
            Person(member_id=member_id, account_id=member_id, name=f"Maria Ene {number:02}"),
            builders.STORE,
            builders.NOW_MS,
        )
        roll.join_store(member_id, builders.STORE, builders.NOW_MS)
        joins(member_id, f"Guest {number}")
        made.append(member_id)
    return made


def joins(member_id: uuid.UUID, alias: str) -> None:
    take_part(ConsoleMember.objects.get(pk=member_id), alias, by="andrei", now_ms=builders.NOW_MS)


def shown(now_ms: int = builders.NOW_MS) -> list[tuple[int, str, int]]:
    (board,) = boards(publishing.active(), now_ms)
    return [(place.rank, place.alias, place.count) for place in board.places]


def test_nine_are_too_few_and_ten_are_enough(shop, console):
    guests = members(9)
    for guest in guests:
        buys(shop, guest)
    shop.sync()
    assert shown() == []
    text = page(console, "/console/leaderboard/")
    assert "shown once 10 members take part; 9 do so far" in text
    assert "Guest" not in text

    joins(IOANA, "Sunflower")
    assert [alias for _rank, alias, _count in shown()] == [f"Guest {number}" for number in range(1, 6)]
    text = page(console, "/console/leaderboard/")
    assert "Guest 1" in text and "Maria" not in text


def test_it_ranks_by_visits_and_not_by_money(shop):
    guests = members(10)
    buys(shop, guests[0], amount_minor=900_00)
    for _visit in range(3):
        buys(shop, guests[1], amount_minor=2_00)
    for _visit in range(2):
        buys(shop, guests[2], amount_minor=5_00)
        buys(shop, guests[3], amount_minor=50_00)
    shop.sync()

    assert shown() == [(1, "Guest 2", 3), (2, "Guest 3", 2), (2, "Guest 4", 2), (4, "Guest 1", 1)]


def test_a_new_month_begins_from_nothing(shop):
    for guest in members(10):
        buys(shop, guest)
    shop.sync()

    assert len(shown()) == 5
    assert shown(builders.NOW_MS + 9 * DAY_MS) == []


def test_who_leaves_is_gone_with_the_alias_and_may_come_back_as_somebody_else(shop):
    guests = members(10)
    for guest in guests:
        buys(shop, guest)
    shop.sync()
    assert leave(ConsoleMember.objects.get(pk=guests[0]))

    assert shown() == []
    assert not Participant.objects.filter(alias="Guest 1").exists()
    joins(guests[0], "Aaron's rod")
    assert shown()[0] == (1, "Aaron's rod", 1)


@pytest.mark.parametrize(
    "alias", ["Ioana", "IOANA 87", "munteanu", "Zoe 0101", IOANA_PHONE, "x", "n" * 25, " \t "]
)
def test_an_alias_that_tells_who_it_is_or_is_none_is_refused(shop, console, alias):
    answer = console.post(f"/console/members/consolemember/{IOANA}/alias/", {"alias": alias}, follow=True)

    assert not Participant.objects.exists()
    assert answer.status_code == 200


def test_a_short_name_inside_another_word_tells_nothing(shop):
    (guest,) = members(1)

    joins(guest, "Geneva")

    assert Participant.objects.get().alias == "Geneva"


def test_an_alias_is_taken_whatever_its_capitals(shop, console):
    members(1)

    answer = console.post(f"/console/members/consolemember/{IOANA}/alias/", {"alias": "GUEST 1"}, follow=True)

    assert "Somebody takes part as GUEST 1 already" in answer.content.decode()
    assert Participant.objects.count() == 1


def test_staff_let_a_member_take_part_and_leave_on_the_members_page(shop, console):
    url = f"/console/members/consolemember/{IOANA}/alias/"

    assert (
        "takes part as Sunflower" in console.post(url, {"alias": "Sunflower"}, follow=True).content.decode()
    )
    assert 'value="Sunflower"' in page(console, f"/console/members/consolemember/{IOANA}/change/")
    assert "takes part in no leaderboard" in console.post(url, {"alias": ""}, follow=True).content.decode()
    assert not Participant.objects.exists()


def test_staff_without_the_rights_see_and_change_nothing(shop):
    client = staff_with("dana", "view_consolemember")

    assert client.get("/console/leaderboard/").status_code == 403
    assert client.post(f"/console/members/consolemember/{IOANA}/alias/", {"alias": "Rose"}).status_code == 403
    assert not Participant.objects.exists()
