"""Points are spent from a lease that HQ grants at the tap, for exactly what the reward costs."""

from __future__ import annotations

import threading
import time
import uuid

import msgspec
import pytest

from agent.service.ports import HqAway
from agent.store import journal, leases
from sync.wire import entries, feed, messages
from sync.wire.entries import LotPart, decode_entry
from tests.patience import PATIENCE_S
from tests.sync.examples import LOT, an_id
from tests.sync.lanes import PATIENT, eventually

ACCOUNT = an_id(50)
UNIT = "points:p"
GRANT = messages.Grant(grant_id=an_id(51), account_id=ACCOUNT, unit=UNIT, amount=500, lots=(LOT,))


def journalled(lane) -> list[entries.Entry]:
    return [decode_entry(row.kind, row.version, row.body) for row in journal.read_all(lane.store.reader())]


@pytest.fixture
def line(hq, lane):
    courier = lane.connect(hq.url, PATIENT)
    eventually(lambda: courier.online() and lane.all_sent() and hq.asked(messages.PATH_PULL))
    return courier


def test_a_tap_is_answered_with_the_grant_already_in_the_store(hq, lane, line):
    hq.grants[ACCOUNT, UNIT] = GRANT
    began = time.monotonic()

    assert line.ask_lease(ACCOUNT, UNIT, 500, PATIENCE_S) == "granted"

    assert time.monotonic() - began < PATIENCE_S / 2
    lease = leases.read_lease(lane.store.reader(), GRANT.grant_id)
    assert lease is not None and lease.remaining == 500
    assert [type(entry) for entry in journalled(lane)] == [entries.ChainOpened, entries.GrantReceived]
    assert hq.wants == [messages.Want(ACCOUNT, UNIT, 500)]
    eventually(lane.all_sent)


def test_hq_may_say_no(hq, lane, line):
    assert line.ask_lease(ACCOUNT, UNIT, 500, PATIENCE_S) == "refused"
    assert line.online()


def test_a_grant_that_is_too_small_is_a_no(hq, lane, line):
    hq.grants[ACCOUNT, UNIT] = messages.Grant(
        grant_id=an_id(52), account_id=ACCOUNT, unit=UNIT, amount=300, lots=(LotPart("a", 300),)
    )

    assert line.ask_lease(ACCOUNT, UNIT, 500, PATIENCE_S) == "refused"
    eventually(lambda: isinstance(journalled(lane)[-1], entries.Release))
    assert leases.all_open_leases(lane.store.reader()) == ()


def test_without_a_line_the_answer_comes_at_once(hq, lane, line):
    hq.stop()
    began = time.monotonic()

    assert line.ask_lease(ACCOUNT, UNIT, 500, PATIENCE_S) == "offline"
    assert time.monotonic() - began < PATIENCE_S / 2


def test_nobody_waits_longer_than_they_said_and_the_late_grant_goes_back(hq, lane, line):
    hq.grants[ACCOUNT, UNIT] = GRANT
    hq.grants_hold_back.clear()
    began = time.monotonic()

    assert line.ask_lease(ACCOUNT, UNIT, 500, 0.2) == "offline"

    assert time.monotonic() - began < PATIENCE_S / 2
    # Whoever left before the courier took the question along asks again.
    eventually(lambda: hq.wants_held or line.ask_lease(ACCOUNT, UNIT, 500, 0.2) != "offline")
    assert hq.wants_held
    hq.grants_hold_back.set()
    eventually(lambda: isinstance(journalled(lane)[-1], entries.Release))
    received, released = journalled(lane)[-2:]
    assert isinstance(received, entries.GrantReceived) and isinstance(released, entries.Release)
    assert (received.grant_id, received.amount) == (GRANT.grant_id, 500)
    assert (released.grant_id, released.amount, released.reason) == (GRANT.grant_id, 500, "late")
    eventually(lane.all_sent)
    assert leases.all_open_leases(lane.store.reader()) == ()


def test_a_grant_that_hq_repeats_is_received_once(hq, lane, line):
    hq.grants[ACCOUNT, UNIT] = GRANT
    assert line.ask_lease(ACCOUNT, UNIT, 500, PATIENCE_S) == "granted"
    pushes = len(hq.asked(messages.PATH_PUSH))
    lane.sell(3)
    eventually(lane.all_sent)

    assert len(hq.asked(messages.PATH_PUSH)) > pushes
    received = [entry for entry in journalled(lane) if isinstance(entry, entries.GrantReceived)]
    assert len(received) == 1
    assert not any(isinstance(entry, entries.Release) for entry in journalled(lane))


def test_a_grant_whose_answer_was_lost_is_received_when_hq_repeats_it(hq, lane, line):
    hq.grants[ACCOUNT, UNIT] = GRANT
    hq.faults.append("hang_up_after")

    assert line.ask_lease(ACCOUNT, UNIT, 500, PATIENCE_S) == "granted"


def test_two_people_who_ask_for_the_same_get_the_same_answer(hq, lane, line):
    hq.grants[ACCOUNT, UNIT] = GRANT
    hq.grants_hold_back.clear()
    answers: list[str] = []
    threads = [
        threading.Thread(target=lambda: answers.append(line.ask_lease(ACCOUNT, UNIT, 500, PATIENCE_S)))
        for _ in range(2)
    ]
    for thread in threads:
        thread.start()
    eventually(lambda: len(line._desk._asks) == 2)
    hq.grants_hold_back.set()
    for thread in threads:
        thread.join()

    assert answers == ["granted", "granted"]


def test_hq_is_asked_only_after_it_has_every_entry(hq, lane):
    lane.write_small_entries(450)
    hq.grants[ACCOUNT, UNIT] = GRANT
    courier = lane.connect(hq.url, PATIENT)

    assert courier.ask_lease(ACCOUNT, UNIT, 500, PATIENCE_S) == "granted"

    [asking] = [push for push in hq.asked(messages.PATH_PUSH) if push.wants]
    assert asking.from_seq + len(asking.entries) - 1 == 451


def test_a_lease_that_hq_recalls_is_released(hq, lane, line):
    hq.grants[ACCOUNT, UNIT] = GRANT
    assert line.ask_lease(ACCOUNT, UNIT, 500, PATIENCE_S) == "granted"
    hq.recalls.append(messages.LeaseRecall(GRANT.grant_id, 200))
    lane.sell()
    eventually(lambda: isinstance(journalled(lane)[-1], entries.Release))

    released = journalled(lane)[-1]
    assert isinstance(released, entries.Release)
    assert (released.amount, released.reason) == (200, "recalled")


@pytest.mark.parametrize(
    "lots",
    [
        (LotPart("a", 900),),
        (LotPart("a", 100),),
        (LotPart("a", 700), LotPart("b", -200)),
        (LotPart("a", 500), LotPart("b", 0)),
    ],
)
def test_a_grant_whose_lots_are_not_its_amount_is_not_believed(hq, lane, line, lots):
    hq.grants[ACCOUNT, UNIT] = msgspec.structs.replace(GRANT, lots=lots)

    assert line.ask_lease(ACCOUNT, UNIT, 500, PATIENCE_S) == "offline"

    assert leases.all_open_leases(lane.store.reader()) == ()
    assert "grant" in lane.contact().title
    hq.open_grants.clear()
    hq.grants[ACCOUNT, UNIT] = GRANT
    eventually(lambda: line.ask_lease(ACCOUNT, UNIT, 500, PATIENCE_S) == "granted")


def test_what_the_program_held_when_it_was_killed_goes_back_at_the_next_start(hq, lane, line):
    hq.grants[ACCOUNT, UNIT] = GRANT
    assert line.ask_lease(ACCOUNT, UNIT, 500, PATIENCE_S) == "granted"
    eventually(lane.all_sent)
    lane.disconnect()
    assert len(leases.all_open_leases(lane.store.reader())) == 1

    lane.connect(hq.url, PATIENT)
    eventually(lambda: not leases.all_open_leases(lane.store.reader()))
    released = journalled(lane)[-1]
    assert isinstance(released, entries.Release) and released.reason == "not_used"
    eventually(lane.all_sent)


def test_more_than_fifty_who_wait_are_told_at_once(hq, lane, line):
    hq.grants_hold_back.clear()
    crowd = [
        threading.Thread(target=line.ask_lease, args=(uuid.uuid4(), UNIT, 1, PATIENCE_S))
        for _ in range(messages.MAX_WANTS)
    ]
    for one in crowd:
        one.start()
    eventually(lambda: len(line._desk._asks) == messages.MAX_WANTS)
    began = time.monotonic()

    assert line.ask_lease(ACCOUNT, UNIT, 1, PATIENCE_S) == "offline"

    assert time.monotonic() - began < PATIENCE_S / 2
    hq.grants_hold_back.set()
    for one in crowd:
        one.join()


def test_a_member_of_another_store_is_found_at_hq(hq, lane, line):
    member = feed.MemberRow(member_id=an_id(60), account_id=ACCOUNT, name="Ana")
    hq.lookups["+40721234567"] = messages.LookedUp(member=member)

    assert line.lookup("phone", "+40721234567", PATIENCE_S) == member
    assert line.lookup("phone", "+40700000000", PATIENCE_S) is None


@pytest.mark.parametrize("fault", ["html", "500", "slow", "drip", "refused", "clock"])
def test_a_lookup_that_goes_wrong_is_the_same_as_no_line(hq, lane, line, fault):
    hq.faults.extend([fault] * 3)
    began = time.monotonic()

    with pytest.raises(HqAway):
        line.lookup("phone", "+40721234567", 0.3)

    assert time.monotonic() - began < PATIENCE_S / 2


def test_a_lookup_is_over_in_time_even_if_the_answers_head_drips(hq, lane, line):
    hq.faults.append("drip_head")
    began = time.monotonic()

    with pytest.raises(HqAway):
        line.lookup("phone", "+40721234567", 0.3)

    assert time.monotonic() - began < PATIENCE_S / 2
    eventually(lambda: not hq.faults)
    hq.drip_may_end.set()
    member = feed.MemberRow(member_id=an_id(60), account_id=ACCOUNT, name="Ana")
    hq.lookups["+40721234567"] = messages.LookedUp(member=member)
    eventually(lambda: found(line) == member)


def found(line):
    try:
        return line.lookup("phone", "+40721234567", PATIENCE_S)
    except HqAway:
        return None


def test_a_lookup_without_hq_is_over_at_once(hq, lane, line):
    hq.stop()

    with pytest.raises(HqAway):
        line.lookup("phone", "+40721234567", PATIENCE_S)
