"""Members are found by name as one types, with one typing mistake, and what was typed right always comes first."""

from __future__ import annotations

import itertools
import uuid
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from agent.domain.spellings import spelled
from agent.store.database import Store
from agent.store.members import forget_member, put_member
from agent.store.name_search import search_names
from sync.wire.feed import MemberRow

NAMES = (
    "Ioana Munteanu", "Ioan Muntean", "Maria Elena Popescu", "Maria Popa", "Ștefan Țîrlea", "Serban Ene",
    "Mehmet Ali Yılmaz", "Işıl Şahin", "İpek Demir", "John Smith", "Jon Smyth", "Jean-Luc O'Neil", "王小明", "王晓明",
    "王明", "张伟", "欧阳娜娜", "李丽", "Cher", "Ana Ana", "Ana Maria Ionescu", "Anamaria Pop", "Wang Xiaoming",
)  # fmt: skip


def a_member(number: int, name: str) -> MemberRow:
    return MemberRow(member_id=uuid.UUID(int=number), account_id=uuid.UUID(int=number), name=name)


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """A register that knows the members above."""
    store = Store(tmp_path_factory.mktemp("names") / "register.db")
    keep(store, *NAMES)
    yield store
    store.close()


def keep(store: Store, *names: str) -> None:
    with store.unit_of_work() as db:
        for number, name in enumerate(names, start=1):
            put_member(db, a_member(number, name))


def found(store: Store, text: str, limit: int = 20) -> list[str]:
    return [row.name for row in search_names(store.reader(), text, limit)]


def begins_so(name: str, typed: tuple[str, ...]) -> bool:
    """Whether every word typed begins a word of its own of the name, in its own letters."""
    return any(
        all(word.startswith(beginning) for word, beginning in zip(order, typed, strict=False))
        for order in itertools.permutations(spelled(name))
        if len(order) >= len(typed)
    )


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("munteamu", "Ioana Munteanu"),
        ("ioana munetanu", "Ioana Munteanu"),
        ("iona munteanu", "Ioana Munteanu"),
        ("oana munteanu", "Ioana Munteanu"),
        ("ioanamunteanu", "Ioana Munteanu"),
        ("ioan amunteanu", "Ioana Munteanu"),
        ("ioana munt eanu", "Ioana Munteanu"),
        ("ioana mun eanu", "Ioana Munteanu"),
        ("popesxu maria elena", "Maria Elena Popescu"),
        ("maria elena popecu", "Maria Elena Popescu"),
        ("elna popescu", "Maria Elena Popescu"),
        ("stefam tirlea", "Ștefan Țîrlea"),
        ("mehmet ylmaz", "Mehmet Ali Yılmaz"),
        ("ısıl sahun", "Işıl Şahin"),
        ("ipke demir", "İpek Demir"),
        ("jhon smith", "John Smith"),
        ("oneil", "Jean-Luc O'Neil"),
        ("cehr", "Cher"),
        ("anna maria ionescu", "Ana Maria Ionescu"),
        ("wang xiaomng", "王小明"),
        ("wang xiao ming", "王小明"),
        ("wangxiaoming", "王小明"),
        ("ouyang nna", "欧阳娜娜"),
        ("li li", "李丽"),
        ("王小朋", "王小明"),
        ("王筱明", "王小明"),
        ("工小明", "王小明"),
        ("张维", "张伟"),
        ("欧阳那娜", "欧阳娜娜"),
    ],
)
def test_one_mistake_hides_nobody(shop: Store, typed: str, name: str) -> None:
    assert name in found(shop, typed)


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("munte", "Ioana Munteanu"),
        ("mnutean", "Ioana Munteanu"),
        ("ioana munet", "Ioana Munteanu"),
        ("munteanu ioa", "Ioana Munteanu"),
        ("maria p", "Maria Elena Popescu"),
        ("p maria", "Maria Elena Popescu"),
        ("pop el mar", "Maria Elena Popescu"),
        ("王小", "王小明"),
        ("小明", "王小明"),
        ("wang x", "王小明"),
        ("xiaom", "王小明"),
        ("ouy", "欧阳娜娜"),
        ("阳娜", "欧阳娜娜"),
    ],
)
def test_a_name_is_found_before_it_is_typed_whole(shop: Store, typed: str, name: str) -> None:
    assert name in found(shop, typed)


@pytest.mark.parametrize(
    "typed", ["", " ", "...", "q", "munxxanu", "ioana smith", "%", "_", "'", '"', "\0", "\n"]
)
def test_what_two_mistakes_would_need_finds_nobody(shop: Store, typed: str) -> None:
    assert found(shop, typed) == []


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.data())
def test_what_begins_as_typed_is_never_lost_among_mistakes(shop: Store, data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(NAMES))
    words = data.draw(st.permutations(spelled(name)))
    typed = " ".join(word[: data.draw(st.integers(1, len(word)))] for word in words)
    exact = [one for one in NAMES if begins_so(one, spelled(typed))]

    answer = found(shop, typed, len(NAMES))

    assert set(exact) <= set(answer)
    others = [one for one in answer if one not in exact]
    # A Chinese name's other spellings are exact as well.
    assert [one for one in others if not one.isascii()] or answer[: len(exact)] == [
        one for one in answer if one in exact
    ]


@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(text=st.text(max_size=60))
def test_whatever_is_typed_gets_an_answer(shop: Store, text: str) -> None:
    assert len(found(shop, text, 5)) <= 5


@settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(text=st.text(alphabet="abimnoprstu ", max_size=12), letters=st.sampled_from(["sșşSȘŞ", "iıİI"]))
def test_one_s_finds_what_the_others_find(shop: Store, text: str, letters: str) -> None:
    answers = {tuple(found(shop, text.replace(letters[0], letter))) for letter in letters}

    assert len(answers) == 1


def test_a_whole_word_comes_before_a_longer_one_and_that_before_a_mistake(store: Store) -> None:
    keep(store, "Anca Pop", "Maria Ana", "Anastasia Pop", "Ana Pop")

    assert found(store, "ana") == ["Ana Pop", "Anastasia Pop", "Maria Ana", "Anca Pop"]


def test_a_missing_letter_comes_before_a_wrong_one(store: Store) -> None:
    keep(store, "Wang Lin", "Wang Wei")

    assert found(store, "wang wi") == ["Wang Wei"]
    assert found(store, "wang lii") == ["Wang Lin"]


def test_among_namesakes_who_shopped_here_last_comes_first(store: Store, chain_id: uuid.UUID) -> None:
    keep(store, *["Ana Pop"] * 30)
    for seq, (number, at_ms) in enumerate([(7, 1_000), (21, 3_000), (14, 2_000)], start=1):
        sell(store, chain_id, seq, uuid.UUID(int=number), at_ms)

    answer = [row.member_id.int for row in search_names(store.reader(), "ana pop", 5)]

    assert answer == [21, 14, 7, 1, 2]


def test_a_recent_shopper_is_found_among_more_names_than_are_compared(
    store: Store, chain_id: uuid.UUID
) -> None:
    keep(store, *[f"Ana P{number:03}" for number in range(300)])
    sell(store, chain_id, 1, uuid.UUID(int=299), 1_000)

    assert found(store, "a", limit=1) == ["Ana P298"]


def test_a_shopper_of_last_month_comes_first_among_forty_who_begin_so(
    store: Store, chain_id: uuid.UUID
) -> None:
    keep(store, *[f"Ana Po{number:02}" for number in range(40)])
    sell(store, chain_id, 1, uuid.UUID(int=31), 1_000)
    for seq in range(2, 60):
        sell(store, chain_id, seq, uuid.UUID(int=900), seq * 1_000)

    assert found(store, "ana po", limit=1) == ["Ana Po30"]


@pytest.mark.parametrize("hidden", ["Ana Paz", "Ana Paə", "Ana Pa9"])
def test_a_word_of_one_letter_more_is_not_hidden_by_longer_ones(store: Store, hidden: str) -> None:
    longer = [f"Ana Pa{letter}{number:02}" for letter in "abcmxə" for number in range(20)]
    keep(store, *longer, hidden)

    assert found(store, "ana pa")[0] == hidden


def test_a_search_within_a_snapshot_leaves_it_open(store: Store) -> None:
    keep(store, "Ioana Munteanu")
    with store.snapshot() as db:
        assert [row.name for row in search_names(db, "munteamu", 5)] == ["Ioana Munteanu"]
        keep(store, "Ioana Popa")
        assert [row.name for row in search_names(db, "munteanu", 5)] == ["Ioana Munteanu"]

    assert found(store, "munteanu") == []


def test_a_name_that_changed_is_found_as_it_is_now(store: Store) -> None:
    keep(store, "Ioana Munteanu")
    keep(store, "Ioana Popa")

    assert found(store, "munteanu") == []
    assert found(store, "popx") == ["Ioana Popa"]


def test_what_nobody_is_called_any_more_leaves_the_index(store: Store) -> None:
    keep(store, "Ioana Munteanu", "Ion Muntean", "王小明")
    with store.unit_of_work() as db:
        forget_member(db, uuid.UUID(int=1))
        forget_member(db, uuid.UUID(int=3))
        put_member(db, a_member(2, ""))

    for table in ("member_name", "name_key", "name_word", "name_form", "name_start"):
        assert store.reader().execute(f"select * from {table}").fetchall() == []


def test_a_word_that_another_name_has_stays(store: Store) -> None:
    keep(store, "Ioana Munteanu", "Ana Munteanu")
    with store.unit_of_work() as db:
        forget_member(db, uuid.UUID(int=1))

    assert found(store, "muntaenu") == ["Ana Munteanu"]
    assert found(store, "mnt") == []


def test_a_row_that_says_the_same_again_does_not_touch_the_index(store: Store) -> None:
    keep(store, "Ioana Munteanu")
    before = store.reader().execute("select * from member_name").fetchall()
    keep(store, "Ioana Munteanu")

    assert store.reader().execute("select * from member_name").fetchall() == before


def test_a_name_as_long_as_a_book_is_found_by_its_first_words(store: Store) -> None:
    keep(store, " ".join(f"name{number}" * 9 for number in range(50)))

    assert len(found(store, "name0")) == 1
    assert store.reader().execute("select count(*) from name_key").fetchone() == (30,)


def test_members_of_an_older_release_are_searched_after_the_upgrade(path: Path) -> None:
    """The migration fills the index with the members that are there."""
    from sqlite_utils import Database

    from agent.store.migrations.m0001_first_schema import first_schema
    from agent.store.migrations.m0003_name_search import name_search
    from agent.store.sqlite import open_connection

    older = open_connection(path.with_name("older.db"))
    first_schema(Database(older))
    body = msgspec.json.encode(a_member(0, "Ioana Munteanu"))
    older.execute(
        "insert into member (member_id, account_id, body) values (?, ?, ?)", (bytes(16), bytes(16), body)
    )
    older.execute("insert into member_identifier values (?, ?)", (bytes(32), bytes(16)))
    name_search(Database(older))

    assert [row.name for row in search_names(older, "munteamu", 5)] == ["Ioana Munteanu"]
    assert older.execute("select count(*) from member_identifier").fetchone() == (1,)
    older.close()


def sell(store: Store, chain_id: uuid.UUID, seq: int, account_id: uuid.UUID, at_ms: int) -> None:
    with store.unit_of_work() as db:
        db.execute(
            "insert into sale (sale_id, chain_id, seq, receipt_number, business_date, at_ms, operator_id, account_id,"
            " goods_minor, discount_minor, total_minor, change_minor) values (?, ?, ?, '1', '2026-11-23', ?, '1', ?,"
            " 100, 0, 100, 0)",
            (uuid.uuid4().bytes, chain_id.bytes, seq, at_ms, account_id.bytes),
        )
