"""The journal only grows, and each entry's hash holds all before it."""

from __future__ import annotations

import datetime
import uuid

import pytest

from agent.store import chains, journal
from agent.store.database import Store
from agent.store.sqlite import IntegrityError
from sync.wire.entries import Release, Stamp, decode_entry
from sync.wire.journal import GENESIS, entry_hash
from tests.store.conftest import NOW_MS

STAMP = Stamp(NOW_MS, 120, datetime.date(2026, 11, 22))


def a_release(number: int, filler: str = "") -> Release:
    return Release(
        grant_id=uuid.UUID(int=number),
        account_id=uuid.UUID(int=1),
        unit="points:p",
        amount=number,
        reason=f"late{filler}",
        stamp=STAMP,
    )


def write(store: Store, chain_id: uuid.UUID, count: int, filler: str = "") -> None:
    with store.unit_of_work() as db:
        for number in range(1, count + 1):
            journal.append(db, chain_id, a_release(number, filler))


def test_entries_are_numbered_from_one_without_a_gap(store: Store, chain_id: uuid.UUID) -> None:
    write(store, chain_id, 3)

    rows = list(journal.read_all(store.reader()))

    assert [(row.chain_id, row.seq) for row in rows] == [(chain_id, 1), (chain_id, 2), (chain_id, 3)]


def test_each_hash_follows_from_the_bytes_and_the_hash_before_it(store: Store, chain_id: uuid.UUID) -> None:
    write(store, chain_id, 3)

    previous = GENESIS
    for row in journal.read_all(store.reader()):
        previous = entry_hash(previous, chain_id, row.seq, row.kind, row.version, row.body)
        assert row.hash == previous
    assert journal.head_of(store.reader(), chain_id) == journal.Head(3, previous)


def test_a_unit_of_work_that_fails_takes_no_number(store: Store, chain_id: uuid.UUID) -> None:
    def interrupted() -> None:
        with store.unit_of_work() as db:
            journal.append(db, chain_id, a_release(1))
            raise RuntimeError

    with pytest.raises(RuntimeError):
        interrupted()
    write(store, chain_id, 1)

    assert journal.head_of(store.reader(), chain_id).seq == 1


def test_two_chains_are_numbered_apart(store: Store, chain_id: uuid.UUID) -> None:
    other = uuid.UUID(int=99)
    write(store, chain_id, 2)
    write(store, other, 1)
    write(store, chain_id, 1)

    assert journal.head_of(store.reader(), chain_id).seq == 3
    assert journal.head_of(store.reader(), other).seq == 1


def test_a_number_is_never_given_twice(store: Store, chain_id: uuid.UUID) -> None:
    write(store, chain_id, 1)

    with pytest.raises(IntegrityError), store.unit_of_work() as db:
        db.execute(
            "insert into journal (chain_id, seq, kind, version, hash, body) values (?, 1, 1, 1, x'00', x'00')",
            (chain_id.bytes,),
        )


def test_what_is_unsent_begins_after_the_ack_with_the_hash_before_it(
    store: Store, chain_id: uuid.UUID
) -> None:
    write(store, chain_id, 5)

    previous, entries = journal.unsent(store.reader(), chain_id, 2, max_entries=2, max_bytes=1_000_000)

    assert previous == journal.hash_at(store.reader(), chain_id, 2)
    assert [entry.seq for entry in entries] == [3, 4]
    assert decode_entry(entries[0].kind, entries[0].version, entries[0].body) == a_release(3)


def test_a_batch_ends_before_its_bytes_pass_the_limit_but_never_empty(
    store: Store, chain_id: uuid.UUID
) -> None:
    write(store, chain_id, 3, filler="." * 1_000)

    _, two = journal.unsent(store.reader(), chain_id, 0, max_entries=200, max_bytes=2_700)
    _, one = journal.unsent(store.reader(), chain_id, 0, max_entries=200, max_bytes=10)

    assert [entry.seq for entry in two] == [1, 2]
    assert [entry.seq for entry in one] == [1]


def test_nothing_is_unsent_after_the_head(store: Store, chain_id: uuid.UUID) -> None:
    write(store, chain_id, 2)

    previous, entries = journal.unsent(store.reader(), chain_id, 2, 200, 1_000)

    assert (previous, entries) == (journal.head_of(store.reader(), chain_id).hash, ())


def test_an_ack_beyond_the_head_is_not_answered_with_entries(store: Store, chain_id: uuid.UUID) -> None:
    write(store, chain_id, 2)

    with pytest.raises(KeyError):
        journal.unsent(store.reader(), chain_id, 7, 200, 1_000)


def test_an_entry_over_one_mebibyte_is_refused_before_anything_is_written(
    store: Store, chain_id: uuid.UUID
) -> None:
    with pytest.raises(ValueError, match="over the limit"):
        write(store, chain_id, 1, filler="x" * (1024 * 1024))

    assert journal.head_of(store.reader(), chain_id).seq == 0


def test_the_ack_of_a_chain_is_kept_beside_it(store: Store, chain_id: uuid.UUID) -> None:
    write(store, chain_id, 2)
    head = journal.head_of(store.reader(), chain_id)

    with store.unit_of_work() as db:
        chains.set_acked(db, chain_id, head.seq, head.hash, "hq-1")
        chains.set_state(db, chain_id, "forked")

    chain = chains.read_chain(store.reader(), chain_id)
    assert chain == chains.Chain(chain_id, "forked", 2, head.hash, "hq-1", NOW_MS)
