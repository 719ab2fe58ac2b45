"""The index of members' names: kept in the unit of work that brings or forgets a member.

`name_key` holds each name under every order of its words (agent/domain/spellings.py), `name_word` the words that
occur, and `name_form` and `name_start` the same words and their beginnings with a letter left out, where a mistyped word
meets the meant one.
"""

from __future__ import annotations

from typing import Final

from agent.domain.pinyin import has_hanzi
from agent.domain.spellings import AFTER, BETWEEN, Spelling, keys, spellings
from agent.domain.typing_mistakes import START, one_left_out, start_forms
from agent.store.sqlite import Connection
from sync.wire.feed import MemberRow

# Neither occurs in a word.
_WORDS: Final = BETWEEN
_SPELLINGS: Final = "\n"


def keep_name(db: Connection, row: MemberRow, name: str, indexed_no: int | None) -> int | None:
    """Index the member under this name and no other; returns its number, None for an empty name.

    `indexed_no` is the number that it has so far; a name that is indexed so already costs one look-up.
    """
    account = row.account_id.bytes
    wanted = spellings(name)
    text = packed(wanted)
    if indexed_no is not None:
        indexed, account_before = db.execute(
            "select spellings, account_id from member_name where name_no = ?", (indexed_no,)
        ).fetchone()
        if indexed == text:
            if account_before != account:
                db.execute("update member_name set account_id = ? where name_no = ?", (account, indexed_no))
            return indexed_no
        _take_out(db, indexed_no, unpacked(indexed))
    if not wanted:
        return None
    name_no = db.execute(
        "insert into member_name (member_id, account_id, spellings) values (?, ?, ?)",
        (row.member_id.bytes, account, text),
    ).lastrowid
    entries: dict[str, int] = {}
    for spelling in wanted:
        in_order, *others = keys(spelling)
        entries |= dict.fromkeys(others, 0) | {in_order: 1}
    db.executemany(
        "insert into name_key (key, name_no, in_order) values (?, ?, ?)",
        [(key, name_no, in_order) for key, in_order in entries.items()],
    )
    _keep_words(db, _vocabulary(wanted))
    return name_no


def forget_name(db: Connection, name_no: int) -> None:
    """Take a name out of the index, and words that nobody else's name has."""
    (indexed,) = db.execute("select spellings from member_name where name_no = ?", (name_no,)).fetchone()
    _take_out(db, name_no, unpacked(indexed))


def packed(ways: tuple[Spelling, ...]) -> str:
    """Spellings as they are stored."""
    return _SPELLINGS.join(_WORDS.join(spelling) for spelling in ways)


def unpacked(text: str) -> tuple[Spelling, ...]:
    """Spellings from their stored text."""
    return tuple(tuple(line.split(_WORDS)) for line in text.split(_SPELLINGS))


def _vocabulary(ways: tuple[Spelling, ...]) -> set[str]:
    """The words in which a letter can be mistyped; Chinese characters are found by the keys themselves."""
    return {word for spelling in ways for word in spelling if not has_hanzi(word)}


def _keep_words(db: Connection, words: set[str]) -> None:
    for word in words:
        if db.execute("insert or ignore into name_word (word) values (?)", (word,)).rowcount:
            db.executemany(
                "insert into name_form (form, word) values (?, ?)",
                [(form, word) for form in {word, *one_left_out(word)}],
            )
            db.executemany(
                "insert or ignore into name_start (form, start) values (?, ?)",
                [(form, word[:START]) for form in start_forms(word)],
            )


def _take_out(db: Connection, name_no: int, ways: tuple[Spelling, ...]) -> None:
    db.executemany(
        "delete from name_key where key = ? and name_no = ?",
        [(key, name_no) for spelling in ways for key in keys(spelling)],
    )
    db.execute("delete from member_name where name_no = ?", (name_no,))
    for word in _vocabulary(ways):
        _drop_word_unless_used(db, word)


def _drop_word_unless_used(db: Connection, word: str) -> None:
    if _any(db, "select 1 from name_key where key >= ? and key < ? limit 1", word + BETWEEN):
        return
    db.execute("delete from name_word where word = ?", (word,))
    db.executemany(
        "delete from name_form where form = ? and word = ?",
        [(form, word) for form in {word, *one_left_out(word)}],
    )
    start = word[:START]
    # A word as short as a beginning is the only one with that beginning.
    if len(start) < START or not _any(
        db, "select 1 from name_word where word >= ? and word < ? limit 1", start
    ):
        db.executemany(
            "delete from name_start where form = ? and start = ?",
            [(form, start) for form in start_forms(word)],
        )


def _any(db: Connection, sql: str, beginning: str) -> bool:
    return db.execute(sql, (beginning, beginning + AFTER)).fetchone() is not None
