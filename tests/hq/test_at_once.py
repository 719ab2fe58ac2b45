"""Many at once: nothing is stored, granted or posted twice, and no feed row is missed."""

from __future__ import annotations

import threading

import pytest

from hq.clock import now_ms
from hq.ingest.models import JournalEntry, Sale
from hq.ingest.projector import project_chain
from hq.ledger.models import LeaseGrant
from sync.client import HqClient, HqTime
from sync.wire import messages
from tests import builders
from tests.hq.at_once import at_once
from tests.hq.books import available, balance, quarantined, require_sound_books
from tests.hq.lane import Lane
from tests.hq.shop import IOANA
from tests.patience import PATIENCE_S
from tests.sync.clocks import TestClock

POINTS = builders.POINTS
LANES = 5


@pytest.fixture(autouse=True)
def _sound_books(hq):
    yield
    require_sound_books()


@pytest.fixture
def lanes(hq):
    made = [Lane.enrolled(hq) for _ in range(LANES)]
    yield made
    for lane in made:
        lane.client.close()


def sent_by_another_client(lane, message):
    """The same message over a connection of its own, as a retry or a hub sends it."""
    clock = TestClock()
    client = HqClient(
        lane.hq.url, lane.key, HqTime(clock), clock, connect_timeout_s=PATIENCE_S, read_timeout_s=PATIENCE_S
    )
    try:
        return client.push(message)
    finally:
        client.close()


def ioana():
    return builders.a_member(2340, member_id=IOANA, account_id=IOANA, spendable=0)


def test_a_push_that_comes_six_times_at_once_is_stored_once(lane):
    for _ in range(10):
        lane.sell(builders.a_line("bread", 40_00), member=ioana())
    message = lane.push_message()

    answers = at_once(*[lambda: sent_by_another_client(lane, message)] * 6)
    lane.hq.settle()

    assert {(a.acked_seq, a.acked_hash, a.chain_state) for a in answers} == {(11, lane.hashes[-1], "ok")}
    assert JournalEntry.objects.count() == 11
    assert Sale.objects.filter(state="posted").count() == 10
    assert available(IOANA) == 2340 + 400


def test_a_want_that_comes_six_times_at_once_is_granted_once(lane):
    lane.push()
    message = lane.push_message(wants=[messages.Want(IOANA, POINTS, 500)])

    answers = at_once(*[lambda: sent_by_another_client(lane, message)] * 6)

    assert len({tuple(grant.grant_id for grant in a.grants) for a in answers}) == 1
    assert balance(IOANA)["available"] == 1840
    assert LeaseGrant.objects.count() == 1


def test_lanes_that_want_the_same_points_at_once_get_no_more_than_there_are(lanes):
    wants = [messages.Want(IOANA, POINTS, 600)]
    for lane in lanes:
        lane.push()

    answers = at_once(*[lambda lane=lane: lane.push(wants=wants) for lane in lanes])

    granted = [grant.amount for answer in answers for grant in answer.grants]
    assert granted == [600] * 3
    assert available(IOANA) == 2340 - 1800


def test_two_projectors_of_one_chain_post_everything_once(lane):
    for _ in range(60):
        lane.sell(builders.a_line("bread", 1_00), member=ioana())
    lane.push()

    at_once(*[lambda: project_chain(lane.chain_id, now_ms())] * 4)

    assert Sale.objects.filter(state="posted").count() == 60
    assert available(IOANA) == 2400
    assert not quarantined()


def test_a_register_that_pulls_while_others_write_misses_nothing(lanes):
    reader, *writers = lanes
    done = threading.Event()
    heard, order = {}, []

    def write(lane):
        for number in range(8):
            lane.enrol_member(("card", f"{lane.register_id}/{number}"), name=f"Member {number}")
            lane.sell(builders.a_line("bread", 1_00), member=ioana())
            lane.push()
            project_chain(lane.chain_id, now_ms())

    def read():
        cursor, last = "", 0
        scopes = (f"store:{reader.store_id}", f"chain:{reader.chain_id}")
        while True:
            stop = done.is_set()
            page = reader.client.pull(messages.Pull(cursor=cursor, scopes=scopes))
            for row in page.rows:
                order.append((last, row.commit))
                heard[row.kind, row.key] = bytes(row.body)
            last = max([last, *(row.commit for row in page.rows)])
            cursor = page.next_cursor
            if stop and not page.more:
                return

    def write_all():
        try:
            at_once(*[lambda lane=lane: write(lane) for lane in writers])
        finally:
            done.set()

    at_once(read, write_all)

    fresh = {}
    cursor = ""
    while True:
        page = reader.client.pull(messages.Pull(cursor=cursor, scopes=(f"store:{reader.store_id}",)))
        fresh.update({(row.kind, row.key): bytes(row.body) for row in page.rows})
        cursor = page.next_cursor
        if not page.more:
            break
    assert heard == fresh
    assert all(commit > last for last, commit in order)
    assert sum(kind == "member" for kind, _ in fresh) == 2 + 8 * len(writers)
