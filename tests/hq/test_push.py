"""PUSH: a register's journal arrives at HQ exactly once, in order, whatever is sent twice or in between."""

from __future__ import annotations

import threading

import msgspec
import pytest
from django.db.backends.signals import connection_created

from hq.devices.models import Chain, Register
from hq.ingest.models import JournalEntry, Sale
from sync.outcomes import HqRefused
from sync.wire import messages
from tests import builders
from tests.hq.books import quarantined
from tests.hq.lane import Lane


def test_a_sale_is_stored_and_acked(lane):
    lane.sell(builders.milk(12_00))

    answer = lane.push()

    assert (answer.acked_seq, answer.acked_hash) == (2, lane.hashes[2])
    assert answer.chain_state == "ok"


def test_a_sale_is_posted_and_the_register_hears_of_it(lane):
    lane.sell(builders.milk(12_00))

    lane.sync()

    assert lane.outcomes() == {1: ("posted", ""), 2: ("posted", "")}


def test_entries_are_stored_byte_for_byte(lane):
    lane.sell(builders.milk(12_00))
    lane.push()

    stored = JournalEntry.objects.filter(chain_id=lane.chain_id).order_by("seq")

    assert [bytes(entry.body) for entry in stored] == [entry.body for entry in lane.journal]
    assert [bytes(entry.hash) for entry in stored] == lane.hashes[1:]


def test_a_push_whose_answer_was_lost_may_come_again(lane):
    lane.sell(builders.milk(12_00))
    first = lane.push()
    lane.hq.settle()

    again = lane.push(since=0)
    lane.hq.settle()

    assert (again.acked_seq, again.acked_hash, again.chain_state) == (first.acked_seq, first.acked_hash, "ok")
    assert Sale.objects.count() == 1


def test_a_push_may_overlap_what_hq_has(lane):
    lane.sell(builders.milk(12_00))
    lane.push()
    lane.sell(builders.milk(3_00))

    answer = lane.push(since=1)

    assert answer.acked_seq == 3
    assert JournalEntry.objects.count() == 3


def test_a_gap_is_answered_with_what_hq_has(lane):
    for _ in range(3):
        lane.sell(builders.milk(12_00))

    answer = lane.push(since=2)

    assert (answer.acked_seq, answer.chain_state) == (0, "ok")
    assert JournalEntry.objects.count() == 0


def test_another_entry_under_a_known_number_is_a_fork(lane):
    lane.sell(builders.milk(12_00))
    lane.sync()
    lane.journal.pop()
    lane.hashes.pop()
    other = lane.sell(builders.milk(99_00))

    answer = lane.push(since=0)

    assert answer.chain_state == "forked"
    assert quarantined() == [(2, "forked", "waiting")]
    assert bytes(JournalEntry.objects.get(chain_id=lane.chain_id, seq=2).body) != msgspec.json.encode(other)


def test_a_register_whose_past_is_another_has_forked(lane):
    lane.sell(builders.milk(12_00))
    lane.push()
    lane.hashes[2] = bytes(31) + b"\x01"
    lane.sell(builders.milk(3_00))

    answer = lane.push()

    assert answer.chain_state == "forked"
    assert quarantined() == [(3, "forked", "waiting")]
    assert JournalEntry.objects.count() == 2


def test_a_heartbeat_with_another_head_shows_the_fork(lane):
    lane.push()
    lane.hashes[1] = bytes(32)

    assert lane.push().chain_state == "forked"


def test_a_forked_chain_stores_nothing_more(lane):
    lane.push()
    Chain.objects.update(state=Chain.State.FORKED)
    lane.sell(builders.milk(12_00))

    answer = lane.push()

    assert (answer.chain_state, answer.acked_seq) == ("forked", 1)
    assert JournalEntry.objects.count() == 1


def test_a_revoked_register_is_told_so_and_nothing_is_stored(lane):
    lane.push()
    Register.objects.update(state=Register.State.REVOKED)
    lane.sell(builders.milk(12_00))

    answer = lane.push()

    assert (answer.chain_state, answer.acked_seq) == ("revoked", 1)


def test_a_revoked_register_reads_nothing(lane):
    Register.objects.update(state=Register.State.REVOKED)

    with pytest.raises(HqRefused) as refused:
        lane.pull()

    assert refused.value.problem.code == messages.PROBLEM_REVOKED


def test_a_register_cannot_write_in_another_ones_journal(lane, other_lane):
    other_lane.chain_id = lane.chain_id

    with pytest.raises(HqRefused) as refused:
        other_lane.push()

    assert refused.value.problem.code == "other_chain"


def test_a_heartbeat_tells_when_the_register_was_seen_and_how_its_clock_stands(lane):
    lane.push()
    before = Chain.objects.get(pk=lane.chain_id).last_seen_ms
    ahead = msgspec.structs.replace(lane.push_message(), clock=before + 400_000)

    lane.client.push(ahead)

    chain = Chain.objects.get(pk=lane.chain_id)
    assert chain.last_seen_ms >= before
    assert 390_000 < chain.clock_skew_ms <= 400_000


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ({"prev_hash": b"short"}, "`prev_hash`"),
        ({"entries": (messages.PushedEntry(7, 1, 1, b"{}"),)}, "`entries[0]` must have seq 2, not 7"),
        ({"entries": tuple(messages.PushedEntry(2 + n, 1, 1, b"{}") for n in range(201))}, "200 entries"),
        (
            {"entries": tuple(messages.PushedEntry(2 + n, 1, 1, bytes(200_000)) for n in range(2))},
            "262144 bytes",
        ),
        (
            {"entries": (messages.PushedEntry(2, 1, 1, bytes(1024 * 1024 + 1)),)},
            "An entry may have 1048576 bytes",
        ),
        ({"wants": tuple(messages.Want(builders.an_id(n), "points:x", 1) for n in range(51))}, "50 wants"),
        ({"blobs": (messages.PiiBlob(builders.an_id(1), builders.an_id(2), bytes(4097)),)}, "4096 bytes"),
    ],
)
def test_a_push_beyond_the_limits_is_refused_in_one_sentence(lane, change, where):
    lane.push()

    with pytest.raises(HqRefused) as refused:
        lane.client.push(msgspec.structs.replace(lane.push_message(), **change))

    assert where in refused.value.problem.detail
    assert Chain.objects.get(pk=lane.chain_id).acked_seq == 1


def test_one_entry_may_be_larger_than_a_batch(lane):
    lane.push()
    lane.append_bytes(99, 1, bytes(900_000))

    assert lane.push().acked_seq == 2


@pytest.fixture
def statements():
    """What HQ's threads ask the database, in order."""
    asked = []

    def note(execute, sql, params, many, context):
        asked.append(sql)
        return execute(sql, params, many, context)

    def listen(connection, **_):
        connection.execute_wrappers.append(note)

    connection_created.connect(listen)
    yield asked
    connection_created.disconnect(listen)


def test_two_hundred_sales_cost_no_more_statements_than_one(lane, statements):
    lane.push()
    lane.sell(builders.milk(12_00))
    statements.clear()
    lane.push()
    for_one = len(statements)
    for _ in range(200):
        lane.sell(builders.milk(12_00), builders.a_line(), builders.a_deposit())
    statements.clear()

    answer = lane.push()

    assert answer.acked_seq == 202
    assert len(statements) == for_one > 0


def test_two_registers_keep_two_journals(lane, other_lane):
    lane.sell(builders.milk(12_00))
    other_lane.sell(builders.milk(5_00))
    other_lane.sell(builders.milk(6_00))

    lane.sync()
    other_lane.sync()

    assert Sale.objects.filter(chain_id=lane.chain_id).count() == 1
    assert Sale.objects.filter(chain_id=other_lane.chain_id).count() == 2
    assert {row.register_id for row in Register.objects.all()} == {
        f"{builders.STORE}-1",
        f"{builders.STORE}-2",
    }


def test_a_chain_is_opened_by_its_own_register(hq, lane):
    with Lane.enrolled(hq) as stranger:
        stranger.journal, stranger.hashes = [], stranger.hashes[:1]
        for entry in lane.journal:
            stranger.append_bytes(entry.kind, entry.version, entry.body)
        stranger.sync()

        assert quarantined() == [(1, "wrong_store", "waiting")]


def test_lanes_push_and_pull_at_the_same_time(hq):
    lanes = [Lane.enrolled(hq) for _ in range(4)]
    failures = []

    def work(lane):
        try:
            for _ in range(5):
                lane.sell(builders.milk(12_00))
                lane.push()
                lane.pull()
        except Exception as error:
            failures.append(error)

    threads = [threading.Thread(target=work, args=(lane,)) for lane in lanes]
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads):
        hq.settle()
    for thread, lane in zip(threads, lanes, strict=True):
        thread.join()
        lane.client.close()
    hq.settle()

    assert not failures
    assert Sale.objects.filter(state="posted").count() == 20
