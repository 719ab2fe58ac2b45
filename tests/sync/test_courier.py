"""What a shop notices of the courier: every sale arrives once, whatever the line does."""

from __future__ import annotations

import logging
import shutil
import time

import msgspec
import pytest

from agent.domain.errors import LoyaltyError
from agent.store import blobs, catalog, feed_state, journal
from agent.store.database import Store
from agent.store.sqlite import open_connection
from sync.courier import open_link
from sync.signing import RegisterKey
from sync.wire import messages
from tests.patience import PATIENCE_S
from tests.sync.clocks import TestClock, TestEntropy
from tests.sync.lanes import HASTY, PATIENT, QUICK, TestLane, eventually
from tests.sync.message_examples import ROWS


def test_sales_reach_hq_in_order_with_their_bytes(hq, lane):
    lane.sell(5)
    lane.connect(hq.url)
    eventually(lane.all_sent)

    assert hq.seqs(lane.chain_id) == [1, 2, 3, 4, 5, 6]
    stored = [(entry.seq, entry.body) for entry, _ in hq.chains[lane.chain_id]]
    assert stored == [(row.seq, row.body) for row in journal.read_all(lane.store.reader())]
    assert lane.chain().acked_hash == lane.head().hash


def test_a_sale_made_while_connected_is_sent_at_once(hq, lane):
    courier = lane.connect(hq.url, PATIENT)
    eventually(courier.online)
    eventually(lane.all_sent)
    lane.sell()

    # Long before the next heartbeat, which would bring it too.
    eventually(lane.all_sent, PATIENT.heartbeat_s / 4)


def test_a_batch_has_at_most_two_hundred_entries(hq, lane):
    lane.write_small_entries(450)
    lane.connect(hq.url, PATIENT)
    eventually(lane.all_sent)

    sizes = [len(push.entries) for push in hq.asked(messages.PATH_PUSH) if push.entries]
    assert sizes == [200, 200, 51]


def test_a_batch_has_at_most_256_kib_and_a_larger_sale_goes_alone(hq, lane):
    lane.sell(1, filler="x" * 100_000)
    lane.sell(3, filler="x" * 100_000)
    lane.sell(1, filler="x" * 900_000)
    lane.connect(hq.url, PATIENT)
    eventually(lane.all_sent)

    pushes = [push.entries for push in hq.asked(messages.PATH_PUSH) if push.entries]
    assert all(len(e) == 1 or sum(len(one.body) for one in e) <= messages.MAX_PUSH_BYTES for e in pushes)
    assert [len(entries) for entries in pushes] == [3, 2, 1]


def test_an_answer_that_is_lost_doubles_nothing(hq, lane):
    hq.faults.extend(["hang_up_after", "hang_up_after", "hang_up_after"])
    lane.sell(3)
    lane.connect(hq.url)
    eventually(lane.all_sent)

    assert hq.seqs(lane.chain_id) == [1, 2, 3, 4]


@pytest.mark.parametrize(
    "fault",
    [
        "garbage",
        "html",
        "500",
        "slow",
        "hang_up_before",
        "hang_up_midway",
        "empty",
        "bomb",
        "cut_gzip",
        "redirect",
        "not_found",
        "short_hash",
        "refused",
    ],
)
def test_whatever_hq_answers_the_register_goes_on_and_catches_up(hq, lane, fault):
    hq.faults.extend([fault] * 3)
    courier = lane.connect(hq.url, HASTY if fault == "slow" else QUICK)
    lane.sell(2)
    eventually(lane.all_sent)
    eventually(lambda: courier.online() and not lane.contact().title)

    assert hq.seqs(lane.chain_id) == [1, 2, 3]
    assert lane.chain().state == "ok"


def test_the_strip_says_in_two_lines_why_there_is_no_line(hq, lane):
    hq.stop()
    courier = lane.connect(hq.url)
    eventually(lambda: lane.contact().title)

    contact = lane.contact()
    assert not courier.online()
    assert (contact.title, contact.advice) == (
        "HQ cannot be reached.",
        "The register goes on selling and keeps trying.",
    )
    assert contact.address == hq.url


def test_a_garbled_answer_is_told_and_gone_when_the_next_one_is_good(hq, lane):
    hq.faults.extend(["html"] * 50)
    courier = lane.connect(hq.url)
    eventually(lambda: lane.contact().title)
    assert lane.contact().title == "HQ's answer cannot be read: it is text/html, not MessagePack."

    hq.faults.clear()
    eventually(lambda: courier.online() and not lane.contact().title)


def test_hq_killed_and_started_again_gets_what_it_missed(hq, lane):
    courier = lane.connect(hq.url)
    lane.sell(2)
    eventually(lane.all_sent)
    hq.stop()
    lane.sell(3)
    eventually(lambda: not courier.online())
    hq.start()
    eventually(lane.all_sent)

    assert hq.seqs(lane.chain_id) == [1, 2, 3, 4, 5, 6]


def test_the_program_killed_between_hqs_commit_and_its_own_sends_nothing_twice(hq, lane):
    lane.sell(3)
    hq.faults.append("hang_up_after")
    hq.faults.extend(["500"] * 100)
    lane.connect(hq.url)
    eventually(lambda: hq.seqs(lane.chain_id) == [1, 2, 3, 4])
    lane.disconnect()
    assert lane.chain().acked_seq == 0

    hq.faults.clear()
    lane.connect(hq.url)
    eventually(lane.all_sent)
    assert hq.seqs(lane.chain_id) == [1, 2, 3, 4]


def test_heartbeats_come_without_sales(hq, lane):
    courier = lane.connect(hq.url)
    eventually(lambda: len([push for push in hq.asked(messages.PATH_PUSH) if not push.entries]) >= 3)

    eventually(courier.online)
    assert all(push.from_seq == 2 for push in hq.asked(messages.PATH_PUSH) if not push.entries)


def test_hq_that_a_pull_found_away_is_tried_again_before_the_next_heartbeat(hq, lane):
    courier = lane.connect(hq.url, PATIENT)
    eventually(courier.online)
    eventually(lane.all_sent)
    hq.stop()
    courier.refresh()
    eventually(lambda: not courier.online())
    hq.start()

    eventually(courier.online)


def test_a_gap_at_hq_is_filled_from_there(hq, lane):
    lane.connect(hq.url)
    lane.sell(4)
    eventually(lane.all_sent)
    with hq.lock:
        del hq.chains[lane.chain_id][2:]
    lane.sell()
    eventually(lambda: hq.seqs(lane.chain_id) == [1, 2, 3, 4, 5, 6])

    eventually(lane.all_sent)
    assert lane.chain().state == "ok"


def test_a_restored_hq_is_sent_what_it_has_lost(hq, lane):
    lane.connect(hq.url)
    lane.sell(4)
    eventually(lane.all_sent)
    with hq.lock:
        del hq.chains[lane.chain_id][1:]
        hq.incarnation = "inc-2"
    eventually(lambda: hq.seqs(lane.chain_id) == [1, 2, 3, 4, 5])

    eventually(lambda: lane.all_sent() and lane.chain().hq_incarnation == "inc-2")
    assert lane.chain().state == "ok"


@pytest.mark.parametrize("fault", ["wrong_hash", "ahead"])
def test_an_acknowledgement_that_our_journal_contradicts_stops_the_chain_and_not_the_shop(hq, lane, fault):
    courier = lane.connect(hq.url)
    eventually(lane.all_sent)
    hq.faults.append(fault)
    lane.sell()
    eventually(lambda: lane.chain().state == "forked")
    eventually(lambda: lane.contact().title)

    assert lane.contact().title == "HQ knows another copy of this register, so nothing is sent any more."
    assert not courier.online()
    pushes = len(hq.asked(messages.PATH_PUSH))
    lane.sell(2)
    time.sleep(0.3)
    assert len(hq.asked(messages.PATH_PUSH)) == pushes
    assert lane.head().seq == 4


def test_two_registers_from_one_copy_of_the_database_are_told_apart(hq, lane, tmp_path):
    lane.connect(hq.url)
    lane.sell(2)
    eventually(lane.all_sent)
    lane.disconnect()
    lane.store.checkpoint()
    shutil.copy(lane.path, tmp_path / "copy.db")
    copy = TestLane(tmp_path / "copy.db", chain_id=lane.chain_id)
    lane.connect(hq.url)
    lane.sell(1)
    eventually(lane.all_sent)

    copy.sell(1, filler="another")
    copy.connect(hq.url)
    eventually(lambda: copy.chain().state == "forked")
    copy.close()
    assert lane.chain().state == "ok"


@pytest.mark.parametrize("state", ["forked", "revoked"])
def test_when_hq_says_stop_sending_stops_and_stays_stopped_after_a_restart(hq, lane, state):
    courier = lane.connect(hq.url)
    eventually(lane.all_sent)
    hq.chain_state = state
    lane.sell()
    eventually(lambda: lane.chain().state == state)
    assert courier.ask_lease(lane.chain_id, "points:p", 5, PATIENCE_S) == "offline"
    lane.disconnect()

    hq.chain_state = "ok"
    pushes = len(hq.asked(messages.PATH_PUSH))
    lane.connect(hq.url)
    lane.sell()
    time.sleep(0.3)
    assert len(hq.asked(messages.PATH_PUSH)) == pushes
    assert lane.head().seq == 3
    assert lane.contact().title


def test_a_chain_that_stops_while_hq_is_unwell_leaves_the_courier_at_rest(hq, lane):
    hq.chain_state = "forked"
    hq.faults.extend(["500"] * 3)
    lane.connect(hq.url, PATIENT)
    lane.sell()
    eventually(lambda: lane.chain().state == "forked")

    # A round begins with a look at the clock; one that has nothing to do looks again in ten minutes.
    eventually(lambda: looks_within(lane, 0.3) == 0)


def looks_within(lane, seconds):
    before = lane.clock.looks
    time.sleep(seconds)
    return lane.clock.looks - before


def test_another_program_on_the_database_is_waited_for(hq, lane):
    lane.store._writer.execute("pragma busy_timeout = 20")
    intruder = open_connection(lane.path)
    intruder.execute("begin immediate")
    lane.connect(hq.url)
    eventually(lambda: len(hq.asked(messages.PATH_PUSH)) >= 2 or lane.courier._line.failing)
    assert lane.chain().acked_seq == 0
    intruder.execute("rollback")
    intruder.close()

    eventually(lane.all_sent)
    eventually(lane.courier.online)
    assert hq.seqs(lane.chain_id) == [1]


def test_a_forked_register_still_gets_new_prices_and_a_revoked_one_does_not(hq, lane):
    lane.connect(hq.url)
    hq.chain_state = "forked"
    lane.sell()
    eventually(lambda: lane.chain().state == "forked")
    hq.emit("item", "1", ROWS["item"])
    eventually(lambda: feed_state.read_cursor(lane.store.reader()) == "1")
    assert lane.contact().title.startswith("HQ knows another copy")
    assert not lane.contact().online

    hq.faults.append("revoked")
    eventually(lambda: lane.chain().state == "revoked")
    pulls = len(hq.requests)
    time.sleep(0.3)
    assert len(hq.requests) == pulls


def test_sales_without_a_pause_do_not_keep_the_feed_away(hq, lane):
    hq.emit("item", "1", msgspec.structs.replace(ROWS["item"], withdrawn=False))
    lane.write_small_entries(1_000)
    lane.connect(hq.url, PATIENT)
    eventually(lane.all_sent)

    eventually(lambda: catalog.count_items(lane.store.reader()) == 1)
    asked = [path for path, ask in hq.requests if path == messages.PATH_PULL or ask.entries]
    assert asked[:3] == [messages.PATH_PUSH, messages.PATH_PULL, messages.PATH_PUSH]


def test_a_revoked_register_is_told_so_on_any_request(hq, lane):
    courier = lane.connect(hq.url, PATIENT)
    eventually(courier.online)
    hq.faults.append("revoked")
    courier.refresh()
    eventually(lambda: lane.chain().state == "revoked")

    eventually(lambda: "revoked this register" in lane.contact().title)


def test_clear_personal_data_is_forgotten_once_hq_has_it(hq, lane):
    lane.sell(1, phone="+40721234567")
    assert blobs.blobs_of_entries(lane.store.reader(), lane.chain_id, 1, 9)
    hq.faults.extend(["hang_up_before"] * 4)
    lane.connect(hq.url)
    eventually(lane.all_sent)

    [erased] = blobs.blobs_of_entries(lane.store.reader(), lane.chain_id, 1, 9)
    assert erased.data == b""
    assert len(hq.blobs) == 1
    assert b"+40721234567" in next(iter(hq.blobs.values()))


def test_an_hq_that_was_restored_gets_a_tombstone_for_each_blob_that_was_acked_before(hq, lane):
    lane.sell(1, phone="+40721234567")
    lane.connect(hq.url, PATIENT)
    eventually(lane.all_sent)
    with hq.lock:
        hq.incarnation = "inc-2"
        hq.chains[lane.chain_id].clear()
        hq.requests.clear()
    lane.sell(1)
    eventually(lambda: hq.seqs(lane.chain_id) == [1, 2, 3] and lane.all_sent())

    sent = [blob for push in hq.asked(messages.PATH_PUSH) for blob in push.blobs]
    assert sent
    assert {blob.data for blob in sent} == {b""}


def test_personal_data_waits_with_its_sale_while_hq_is_away(hq, lane):
    hq.stop()
    courier = lane.connect(hq.url)
    lane.sell(1, phone="+40721234567")
    eventually(lambda: lane.contact().title)

    assert blobs.blobs_of_entries(lane.store.reader(), lane.chain_id, 1, 9)
    assert not courier.online()


def test_a_clock_that_differs_from_hqs_is_noted_and_the_sales_after_it_say_so(hq, lane):
    hq.clock_offset_ms = -3 * 3_600_000
    lane.connect(hq.url)
    eventually(lambda: lane.contact().skew_ms is not None)
    assert abs(lane.contact().skew_ms + 3 * 3_600_000) < 60_000
    eventually(lane.all_sent)
    [sale_id] = lane.sell()

    newest = journal.read_entry(lane.store.reader(), lane.chain_id, 2)
    assert newest is not None and str(sale_id).encode() in newest.body
    assert b'"clock":"suspect"' in newest.body


def test_idle_heartbeats_write_nothing_to_the_registers_disk(hq, lane):
    courier = lane.connect(hq.url)
    eventually(courier.online)
    eventually(lambda: len(hq.asked(messages.PATH_PULL)) >= 2)
    before = lane.store.wal_bytes()
    pushes = len(hq.asked(messages.PATH_PUSH))
    eventually(lambda: len(hq.asked(messages.PATH_PUSH)) >= pushes + 3)

    assert lane.store.wal_bytes() == before


def test_a_slow_hq_holds_up_no_sale(hq, lane):
    hq.answers_may_go.clear()
    lane.connect(hq.url)
    eventually(lambda: hq.requests)
    lane.sell(20)

    assert lane.head().seq == 21
    assert len(hq.requests) == 1, "the answer to the first question is still awaited"
    assert lane.chain().acked_seq == 0
    hq.answers_may_go.set()
    eventually(lane.all_sent)


def test_a_dead_hq_is_not_knocked_at_for_every_sale(hq, lane):
    hq.faults.extend(["500"] * 1000)
    lane.clock.stands_at_s = 1.0
    lane.connect(hq.url, PATIENT)
    eventually(lambda: lane.contact().title)
    for _ in range(40):
        lane.sell()

    assert len(hq.requests) == 1, "no time has passed since it was found dead"
    lane.clock.stands_at_s = None
    hq.faults.clear()
    eventually(lane.all_sent)


def test_a_defect_of_ours_stops_the_courier_loudly_and_the_register_goes_on(hq, lane, caplog, monkeypatch):
    def broken(*_args: object, **_kwargs: object) -> None:
        raise ZeroDivisionError("a defect")

    monkeypatch.setattr("sync.push.leases.receive_grants", broken)
    hq.open_grants.append(
        messages.Grant(grant_id=lane.chain_id, account_id=lane.chain_id, unit="points:p", amount=1, lots=())
    )
    with caplog.at_level(logging.CRITICAL):
        courier = lane.connect(hq.url)
        eventually(lambda: "fault in Regulars" in lane.contact().title)

    assert "ZeroDivisionError" in caplog.text
    assert not courier.online()
    assert courier.ask_lease(lane.chain_id, "points:p", 5, PATIENCE_S) == "offline"
    assert len(lane.sell(2)) == 2
    with lane.store.unit_of_work() as db:
        db.execute("delete from status where name = 'HqContact'")


def test_a_register_that_was_never_enrolled_has_no_line(tmp_path):
    store = Store(tmp_path / "new.db")
    with pytest.raises(LoyaltyError, match="not enrolled"):
        open_link(store, "http://127.0.0.1:1", RegisterKey(bytes(32)), TestClock(), TestEntropy())
    store.close()
