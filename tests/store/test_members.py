"""Members are found by a keyed hash, or by the beginning of any word of their name."""

from __future__ import annotations

import itertools
import uuid

import pytest

from agent.store.database import Store
from agent.store.members import (
    count_members,
    find_by_hash,
    forget_member,
    put_member,
    read_member,
)
from agent.store.name_search import search_names
from sync.wire.entries import IdentifierRef
from sync.wire.feed import MemberRow

PHONE = IdentifierRef("phone", "aa" * 32, "4417")
CARD = IdentifierRef("card", "bb" * 32, "0001")


def a_member(number: int, name: str = "", *identifiers: IdentifierRef, **fields: object) -> MemberRow:
    member_id = uuid.UUID(int=number)
    return MemberRow(
        member_id=member_id,
        account_id=member_id,
        name=name,
        identifiers=identifiers,
        **fields,  # type: ignore[arg-type]
    )


def keep(store: Store, *rows: MemberRow) -> None:
    with store.unit_of_work() as db:
        for row in rows:
            put_member(db, row)


def found(store: Store, text: str, limit: int = 20) -> list[str]:
    return [row.name for row in search_names(store.reader(), text, limit)]


def test_a_member_is_found_by_each_of_their_identifiers(store: Store) -> None:
    ioana = a_member(1, "Ioana Munteanu", PHONE, CARD)
    keep(store, ioana)

    for identifier in (PHONE, CARD):
        (known,) = find_by_hash(store.reader(), bytes.fromhex(identifier.hash))
        assert known.row == ioana
    assert find_by_hash(store.reader(), bytes(32)) == ()


def test_a_newer_row_replaces_name_and_identifiers_whole(store: Store) -> None:
    keep(store, a_member(1, "Ioana Munteanu", PHONE), a_member(1, "Ioana Popa", CARD))

    assert found(store, "munteanu") == []
    assert found(store, "popa") == ["Ioana Popa"]
    assert find_by_hash(store.reader(), bytes.fromhex(PHONE.hash)) == ()


@pytest.mark.parametrize("typed", ["Mun", "mun", "ioana", "munt io", "Ioana Munteanu", "IOANA  m"])
def test_the_beginning_of_any_word_of_a_name_finds_it(store: Store, typed: str) -> None:
    keep(store, a_member(1, "Ioana Munteanu"), a_member(2, "Andrei Pop"))

    assert found(store, typed) == ["Ioana Munteanu"]


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("Ștefan Țîrlea", "stef tir"),
        ("Şerban Ene", "șer"),
        ("Işıl Yılmaz", "isil yil"),
        ("İpek Şahin", "ipek"),
        ("IRMAK Demir", "ırmak"),
        ("Łukasz Żak", "lukasz zak"),
        ("王小明", "王小"),
        ("Jean-Luc O'Neil", "luc neil"),
    ],
)
def test_accents_and_case_never_hide_a_member(store: Store, name: str, typed: str) -> None:
    keep(store, a_member(1, name), a_member(2, "Zoe Quill"))

    assert found(store, typed) == [name]


@pytest.mark.parametrize("typed", ["", "  ", "%", "_", "nteanu", "ioana x"])
def test_what_is_in_no_name_finds_nobody(store: Store, typed: str) -> None:
    keep(store, a_member(1, "Ioana Munteanu"))

    assert found(store, typed) == []


def test_a_search_lists_names_in_order_and_no_more_than_asked(store: Store) -> None:
    keep(store, *(a_member(number, f"Ana {letter}") for number, letter in enumerate("dcba", start=1)))

    assert found(store, "ana", limit=3) == ["Ana a", "Ana b", "Ana c"]


def test_blocked_and_provisional_members_are_not_searched(store: Store) -> None:
    keep(store, a_member(1, "Ana Blocked", blocked=True))
    with store.unit_of_work() as db:
        put_member(db, a_member(2, "Ana Provisional", PHONE), provisional=True)

    assert found(store, "ana") == []
    assert count_members(store.reader()) == 1


def test_a_member_comes_before_a_provisional_one_of_the_same_number(store: Store) -> None:
    with store.unit_of_work() as db:
        put_member(db, a_member(1, "", PHONE), provisional=True)
        put_member(db, a_member(2, "Ioana", PHONE))

    known = find_by_hash(store.reader(), bytes.fromhex(PHONE.hash))

    assert [(one.row.name, one.provisional) for one in known] == [("Ioana", False), ("", True)]


def test_an_erased_member_leaves_nothing_here(store: Store) -> None:
    keep(store, a_member(1, "Ioana Munteanu", PHONE))
    keep(store, a_member(1, erased=True))

    assert read_member(store.reader(), uuid.UUID(int=1)) is None
    for table in (
        "member",
        "member_identifier",
        "member_name",
        "name_key",
        "name_word",
        "name_form",
        "name_start",
    ):
        assert store.reader().execute(f"select count(*) from {table}").fetchone() == (0,)


def test_forgetting_somebody_unknown_is_no_error(store: Store) -> None:
    with store.unit_of_work() as db:
        forget_member(db, uuid.UUID(int=77))


def test_searches_stay_quick_with_many_members(store: Store) -> None:
    with store.unit_of_work() as db:
        for number in range(10_000):
            put_member(db, a_member(number + 1, f"Ana{number} Popescu{number % 700}"))

    steps = {}
    for text in ("an", "popescu1", "ana4999", "ana12 popescu12"):
        ticks = itertools.count()
        store.reader().set_progress_handler(lambda ticks=ticks: next(ticks) < 0, 100)
        search_names(store.reader(), text, 20)
        store.reader().set_progress_handler(None, 0)
        steps[text] = 100 * next(ticks)

    assert found(store, "ana4999")[0] == "Ana4999 Popescu99"
    # Counted in SQLite's own instructions, for a clock tells of the machine. Reading every member takes four for each.
    assert max(steps.values()) < 30_000, steps


def test_whose_an_account_is_is_found_without_reading_every_member(store: Store) -> None:
    keep(store, a_member(1, "Ana Pop"))

    plan = store.reader().execute(
        "explain query plan select body, provisional from member where account_id = ?", (bytes(16),)
    )

    assert [row[3] for row in plan if "SCAN" in row[3]] == []
