"""Members whose name was typed, or is being typed: exactly at first, then with one typing mistake.

Each keystroke reads ranges of the name index, and every read has a limit, so that a million members answer as
quickly as a hundred. What matches exactly always comes before what needs a mistake, which is looked for only when
there is room left.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import msgspec

from agent.domain.pinyin import has_hanzi
from agent.domain.spellings import AFTER, BETWEEN, Spelling, spelled
from agent.store.mistyped_names import Reading, readings
from agent.store.name_index import unpacked
from agent.store.sqlite import Connection
from sync.wire.feed import MemberRow

_MEMBER: Final = msgspec.json.Decoder(MemberRow)

# So many names of one reading are compared; where more begin so, recent shoppers are looked at as well.
_CANDIDATES: Final = 100
_MISTYPED_CANDIDATES: Final = 300
_RECENT_SALES: Final = 100
# A beginning that more words share than this is not enumerated.
_WORDS_OF_A_BEGINNING: Final = 1_000

Rank = tuple[int, int]


@dataclass(slots=True)
class _Found:
    """Names by their number: how well they match, and their spellings."""

    ranks: dict[int, Rank]
    spellings: dict[int, str]

    def add(self, name_no: int, text: str, words: Spelling, cost: int) -> None:
        rank = (cost, min(_closeness(words, spelling) for spelling in unpacked(text)))
        if rank < self.ranks.get(name_no, (9, 9)):
            self.ranks[name_no] = rank
            self.spellings[name_no] = text


def search_names(db: Connection, text: str, limit: int) -> tuple[MemberRow, ...]:
    """At most `limit` members, the likeliest first.

    First those whose name begins as typed, then those with the typed words in another order, then those with words
    that begin so, then those that one typing mistake explains; among equals who shopped here last, then by name.
    """
    typed = spelled(text)
    if not typed:
        return ()
    found = _Found({}, {})
    _exactly(db, typed, found)
    if len(found.ranks) < limit:
        _mistyped(db, typed, found)
    return _members(db, found, limit)


def _exactly(db: Connection, typed: Spelling, found: _Found) -> None:
    """Names that have, for every word typed, a word that begins so."""
    rows = _beginning(db, typed)
    for name_no, text in rows:
        found.add(name_no, text, typed, 0)
    if len(rows) == _CANDIDATES:
        for name_no, text in _recent_shoppers(db):
            if any(_matches(typed, spelling) for spelling in unpacked(text)):
                found.add(name_no, text, typed, 0)


def _beginning(db: Connection, typed: Spelling) -> list[tuple[int, str]]:
    anchor, second, third = _telling(typed)
    if not second or has_hanzi(anchor):
        return _range(db, anchor, _behind(second))
    # Whole words first: they are what people mean, and a limit must not hide them.
    whole = _range(db, anchor + BETWEEN + second, third) + _range(db, second + BETWEEN + anchor, third)
    if len(whole) >= _CANDIDATES:
        return whole[:_CANDIDATES]
    if _words_beginning(db, second) < _words_beginning(db, anchor):
        anchor, second = second, anchor
    return [*whole, *_each_word(db, anchor, second, third, _CANDIDATES - len(whole))]


def _telling(typed: Spelling) -> tuple[str, str, str]:
    """The words by which to search: Chinese characters first, then the longest; empty where there are fewer."""
    by_length = sorted(typed, key=lambda word: (not has_hanzi(word), -len(word)))
    anchor, second, third = [*by_length, "", ""][:3]
    return anchor, second, _behind(third)


def _behind(word: str) -> str:
    """What a key holds that has a word beginning so in any place but the first."""
    return BETWEEN + word if word else ""


def _range(db: Connection, beginning: str, with_: str) -> list[tuple[int, str]]:
    """Names with a key that begins so and holds `with_`."""
    return db.execute(
        "select distinct name_no, spellings from name_key join member_name using (name_no)"
        " where key >= ? and key < ? and instr(key, ?) limit ?",
        (beginning, beginning + AFTER, with_, _CANDIDATES),
    ).fetchall()


def _each_word(db: Connection, anchor: str, second: str, with_: str, limit: int) -> list[tuple[int, str]]:
    """Names with a word that begins like `anchor` and another that begins like `second`."""
    return db.execute(
        "select distinct name_no, spellings from"
        " (select word from name_word where word >= ?1 and word < ?1 || ?5 limit ?6)"
        " cross join name_key on key >= word || ' ' || ?2 and key < word || ' ' || ?2 || ?5"
        " cross join member_name using (name_no)"
        " where instr(key, ?3) limit ?4",
        (anchor, second, with_, limit, AFTER, _WORDS_OF_A_BEGINNING),
    ).fetchall()


def _words_beginning(db: Connection, beginning: str) -> int:
    (count,) = db.execute(
        "select count(*) from (select 1 from name_word where word >= ? and word < ? limit ?)",
        (beginning, beginning + AFTER, _WORDS_OF_A_BEGINNING),
    ).fetchone()
    return int(count)


def _recent_shoppers(db: Connection) -> list[tuple[int, str]]:
    """The members of the last sales here."""
    return db.execute(
        "select name_no, spellings from (select distinct account_id from"
        " (select account_id from sale where account_id is not null order by sale_no desc limit ?))"
        " cross join member using (account_id) cross join member_name using (name_no)",
        (_RECENT_SALES,),
    ).fetchall()


def _mistyped(db: Connection, typed: Spelling, found: _Found) -> None:
    """Names that were meant, if one mistake was made."""
    meant = readings(db, typed)
    for number, name_no, key, text in _ranges(db, meant):
        reading = meant[number]
        if all(word in key for word in reading.others):
            found.add(name_no, text, reading.words, reading.cost)


def _ranges(db: Connection, meant: list[Reading]) -> list[tuple[int, int, str, str]]:
    """The names of each reading, in one query: (number of the reading, name, key, spellings)."""
    asked = msgspec.json.encode([[one.beginning, *one.others[:1]] for one in meant]).decode()
    return db.execute(
        "select reading.key, name_no, name_key.key, spellings from json_each(?) as reading"
        " cross join name_key on name_key.key >= reading.value ->> 0"
        " and name_key.key < (reading.value ->> 0) || ?"
        " cross join member_name using (name_no)"
        " where instr(name_key.key, coalesce(reading.value ->> 1, '')) limit ?",
        (asked, AFTER, _MISTYPED_CANDIDATES),
    ).fetchall()


def _members(db: Connection, found: _Found, limit: int) -> tuple[MemberRow, ...]:
    """The best of what was found, whole."""
    numbers = _that_may_be_shown(found.ranks, limit)
    last_sale = _last_sales(db, numbers)
    best = sorted(numbers, key=lambda no: (found.ranks[no], -last_sale.get(no, 0), found.spellings[no], no))
    return tuple(_read(db, no) for no in best[:limit])


def _that_may_be_shown(ranks: dict[int, Rank], limit: int) -> list[int]:
    """The numbers of the best ranks: `limit`, and those that are as good as the last of them."""
    if len(ranks) <= limit:
        return list(ranks)
    worst = sorted(ranks.values())[limit - 1]
    return [no for no, rank in ranks.items() if rank <= worst]


def _last_sales(db: Connection, numbers: Iterable[int]) -> dict[int, int]:
    """When each of these members last shopped here (UTC ms); those who never did are left out."""
    rows = db.execute(
        "select member_name.name_no, (select max(at_ms) from sale where account_id = member.account_id) as last_ms"
        " from json_each(?) as wanted cross join member_name on member_name.name_no = wanted.value"
        " cross join member using (member_id) where last_ms is not null",
        (msgspec.json.encode(list(numbers)).decode(),),
    )
    return dict(rows.fetchall())


def _read(db: Connection, name_no: int) -> MemberRow:
    (body,) = db.execute(
        "select body from member_name join member using (member_id) where member_name.name_no = ?",
        (name_no,),
    ).fetchone()
    return _MEMBER.decode(body)


def _closeness(words: Spelling, spelling: Spelling) -> int:
    """How well words that all match do so: 0 best."""
    name, typed = BETWEEN.join(spelling), BETWEEN.join(words)
    if name.startswith(typed):
        return 0 if len(name) == len(typed) or name[len(typed)] == BETWEEN else 1
    if all(word in spelling for word in words):
        return 2
    *finished, last = words
    if all(word in spelling for word in finished) and any(
        word.startswith(last) and len(word) == len(last) + 1 for word in spelling
    ):
        return 3
    return 4


def _matches(typed: Spelling, spelling: Spelling) -> bool:
    return all(any(_begins(word, beginning) for word in spelling) for beginning in typed)


def _begins(word: str, beginning: str) -> bool:
    return beginning in word if has_hanzi(beginning) else word.startswith(beginning)
