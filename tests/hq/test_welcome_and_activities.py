"""Points without a purchase: for joining, and for what members do; each once for its occasion."""

from __future__ import annotations

import datetime
import random
import uuid

import pytest
from django.test import Client

from agent.domain.member import MemberFacts
from hq.ingest.desk import StoredEntry
from hq.ingest.projector import project_again
from sync.wire.entries import AdjustmentEntry, Stamp
from sync.wire.feed import MemberProgramsRow
from tests import builders
from tests.hq.at_console import page, staff_with
from tests.hq.books import available, balance, quarantined, require_sound_books, rows
from tests.hq.lane import OPERATOR, Lane
from tests.hq.programs import a_survey, coming_by, publish, welcome
from tests.hq.shop import IOANA, IOANA_PHONE

TODAY = builders.TODAY


@pytest.fixture(autouse=True)
def sound_books(hq):
    yield
    require_sound_books()


def visit(
    lane: Lane, member_id: uuid.UUID, *, on: datetime.date = TODAY, program_id: str = "coming-by"
) -> int:
    """What a till journals when somebody comes by."""
    return lane.append(
        AdjustmentEntry(
            adjustment_id=uuid.uuid4(),
            store_id=lane.store_id,
            register_id=lane.register_id,
            operator=OPERATOR,
            stamp=Stamp(builders.NOW_MS, builders.OFFSET_MIN, on),
            reason="activity",
            member=MemberFacts(member_id=member_id, account_id=member_id),
            program_id=program_id,
        )
    )


def told_member(lane: Lane, member_id: uuid.UUID):
    """The last row of the member in the feed."""
    rows_of = [row for row in lane.pull() if isinstance(row, MemberProgramsRow)]
    return [row for row in rows_of if row.member_id == member_id][-1]


def test_who_joins_has_the_welcome_points_as_soon_as_hq_has_posted_it(lane):
    publish(welcome(100))

    ana = lane.enrol_member(("phone", "+40721000900"))
    lane.sync()

    assert balance(ana) == {"issued:brasov-1": -100, "available": 100}
    told = [row for row in lane.pull() if getattr(row, "unit", "") == "points:points"]
    assert [(row.account_id, row.balance, row.available) for row in told if row.account_id == ana] == [
        (ana, 100, 100)
    ]
    (grant,) = lane.ask(ana, "points:points", 60)
    assert grant.amount == 60


def test_who_was_a_member_before_gets_no_welcome(lane):
    publish(welcome(100))

    again = lane.enrol_member(("phone", IOANA_PHONE))
    lane.sync()

    assert (available(again), available(IOANA)) == (0, 2340)


def test_a_welcome_program_of_other_stores_or_days_gives_nothing(lane):
    publish(welcome(100, active={"until": "2026-11-21"}), {**welcome(70, stores=["cluj-1"]), "id": "w-2"})

    ana = lane.enrol_member(("phone", "+40721000900"))
    lane.sync()

    assert available(ana) == 0


def test_a_visit_is_rewarded_once_a_day_whichever_lanes_tell_of_it(lane, other_lane):
    publish(coming_by(5))
    for told_by in (lane, lane, other_lane):
        visit(told_by, IOANA)
    visit(other_lane, IOANA, on=TODAY + datetime.timedelta(days=1))

    lane.sync()
    other_lane.sync()

    assert available(IOANA) == 2340 + 5 + 5
    assert not quarantined()
    assert told_member(lane, IOANA).done == {"coming-by": "2026-11-23"}


def test_an_activity_that_no_program_rewards_waits_and_is_posted_once_one_does(lane):
    seq = visit(lane, IOANA)
    lane.sync()
    assert quarantined() == [(seq, "unknown_activity", "waiting")]

    publish(coming_by(5))
    again(lane, seq)
    again(lane, seq)

    assert available(IOANA) == 2345


def test_a_till_cannot_tell_of_a_survey_or_post_points_itself(lane):
    publish(a_survey(), coming_by())
    visit(lane, IOANA, program_id="survey")
    visit(lane, uuid.uuid4())
    lane.sync()

    assert [code for _seq, code, _state in quarantined()] == ["unknown_activity", "unknown_member"]
    assert available(IOANA) == 2340


def again(lane: Lane, seq: int) -> None:
    entry = lane.journal[seq - 1]
    project_again(
        lane.chain_id,
        StoredEntry(seq, entry.kind, entry.version, bytes(entry.body), lane.hashes[seq]),
        builders.NOW_MS,
    )


@pytest.mark.parametrize("seed", range(6))
def test_whatever_is_told_again_and_in_whatever_order_gives_the_same_points(lane, other_lane, seed):
    publish(welcome(100), coming_by(5))
    chance = random.Random(seed)
    told: list[tuple[Lane, int]] = []
    bogdan = lane.enrol_member(("phone", "+40721000901"))
    lane.sync()
    told.append((lane, len(lane.journal)))
    expected = {bogdan: {"joined"}, IOANA: set()}
    for _number in range(12):
        by, who = chance.choice([lane, other_lane]), chance.choice([bogdan, IOANA])
        on = TODAY + datetime.timedelta(days=chance.randrange(3))
        told.append((by, visit(by, who, on=on)))
        expected[who].add(on.isoformat())
        if chance.random() < 0.3:
            by.sync()
    for by in chance.sample([lane, other_lane], 2):
        by.sync()
    for by, seq in chance.choices(told, k=10):
        again(by, seq)

    assert available(bogdan) == 100 + 5 * (len(expected[bogdan]) - 1)
    assert available(IOANA) == 2340 + 5 * len(expected[IOANA])
    given = rows("SELECT member_id, occasion FROM occasion_grant WHERE taken_ms IS NULL")
    assert len(given) == sum(map(len, expected.values()))


def enter(client: Client, **fields: str) -> str:
    answer = client.post(f"/console/members/consolemember/{IOANA}/activity/", fields, follow=True)
    return answer.content.decode()


def test_staff_enter_a_survey_on_the_members_page_once_for_each_survey(lane, console):
    publish(a_survey(40))

    assert "40 points were given" in enter(console, program="survey", subject="Autumn 2026")
    assert "was rewarded for this occasion before" in enter(
        console, program="survey", subject=" autumn  2026"
    )
    assert "40 points were given" in enter(console, program="survey", subject="Winter 2026")
    assert "not said what the survey is about" in enter(console, program="survey", subject=" ")

    assert available(IOANA) == 2340 + 80
    text = page(console, f"/console/members/consolemember/{IOANA}/change/")
    assert "autumn 2026" in text and "andrei" in text
    lane.sync()
    assert [
        row.balance
        for row in lane.pull()
        if getattr(row, "account_id", None) == IOANA and hasattr(row, "unit")
    ][-1] == 2420


def test_staff_without_the_right_neither_see_the_form_nor_use_it(hq):
    publish(a_survey(40))
    client = staff_with("dana", "view_consolemember")

    answer = client.post(
        f"/console/members/consolemember/{IOANA}/activity/", {"program": "survey", "subject": "x"}
    )

    assert answer.status_code == 403
    assert "/activity/" not in page(client, f"/console/members/consolemember/{IOANA}/change/")
    assert available(IOANA) == 2340


def test_a_form_for_a_program_that_is_no_activity_says_so(hq, console):
    publish(welcome(100))

    assert "Choose an activity" in enter(console, program="welcome")
    assert available(IOANA) == 2340
