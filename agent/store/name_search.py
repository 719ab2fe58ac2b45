"""Members whose name was typed, or is being typed: exactly at first, then with one typing mistake.

Each keystroke reads ranges of the name index, and every read has a limit, so that a million members answer as
quickly as a hundred. What matches exactly always comes before what needs a mistake, which is looked for only when
there is room left.
"""

from __future__ import annotations

import itertools
import operator
from collections.abc import Sequence
from typing import Final

import msgspec

from agent.domain.pinyin import has_hanzi
from agent.domain.spellings import AFTER, BETWEEN, Spelling, spelled
from agent.store.mistyped_names import ANY_HANZI, Reading, readings, unfinished_readings, unknown_words
from agent.store.mistyped_words import next_letters
from agent.store.name_index import unpacked
from agent.store.name_ranking import Key, Ranking
from agent.store.sqlite import Connection
from sync.wire.feed import MemberRow

_MEMBER: Final = msgspec.json.Decoder(MemberRow)

# The end of a range of keys whose second word is whole, be it their last or not.
_BEHIND_BETWEEN: Final = chr(ord(BETWEEN) + 1)
# So many keys are compared; where more begin so, recent shoppers are looked at as well. Limits are written into the
# statements: SQLite prepares one anew at each new binding of a limit, which takes longer than a short read.
_CANDIDATES: Final = 60
_RECENT_SALES: Final = 25
# Of so many of the best it is asked when they last shopped here.
_COMPARED_BY_SALE: Final = 40
# Of a beginning that more words share, the others are not looked through together with a second beginning.
_WORDS_OF_A_BEGINNING: Final = 300
_MIN_ONE_MORE: Final = 2
# What most words are made of once they are folded, in the order of the index; other letters come behind.
_PLAIN_LETTERS: Final = "0123456789abcdefghijklmnopqrstuvwxyz"


def search_names(db: Connection, text: str, limit: int) -> tuple[MemberRow, ...]:
    """At most `limit` members, the likeliest first.

    First those whose name begins as typed, then those with the typed words in another order, then those with words
    that begin so, then those that one typing mistake explains; among equals who shopped here last, then by name.
    Whatever matches without a mistake is there if it finds room; where there is more of it than room, a few places
    that words which only begin so would take are left to mistakes.
    """
    typed = spelled(text)
    if not typed:
        return ()
    if db.in_transaction:
        return _search(db, typed, limit)
    # One lock for all the reads, and one moment that they see.
    db.execute("begin")
    try:
        return _search(db, typed, limit)
    finally:
        db.execute("rollback")


def _search(db: Connection, typed: Spelling, limit: int) -> tuple[MemberRow, ...]:
    found = Ranking()
    keys = _beginning(db, typed)
    found.add(keys, typed, 0)
    crowded = len(keys) >= _CANDIDATES
    if crowded and found.whole() < limit:
        _add_one_letter_more(db, typed, keys, found)
    # Who has typed only initials, or one word or an initial and sees many, types on.
    typing_on = max(map(len, typed)) == 1 or (crowded and (len(typed) == 1 or min(map(len, typed)) == 1))
    if found.sure() < limit and not typing_on:
        _add_mistyped(db, typed, found, all_known=bool(keys))
        crowded = False
    if crowded:
        last_sale_ms = _add_recent_shoppers(db, typed, found)
    else:
        last_sale_ms = _last_sales(db, found.best(_COMPARED_BY_SALE, {}))
    return _members(db, found.best(limit, last_sale_ms))


def _beginning(db: Connection, typed: Spelling) -> list[Key]:
    """Keys of names that have, for every word typed, a word that begins so."""
    by_length = sorted(typed, key=lambda word: (not has_hanzi(word), -len(word)))
    if len(typed) == 1:
        return _range(db, typed[0], "")
    if has_hanzi(by_length[0]):
        characters, other, *others = by_length
        keys = _range(db, other + BETWEEN + characters, "") + _range(db, characters, _behind(other))
        return _holding(keys, [_behind(word) for word in others])
    first, then = sorted(by_length[:2], key=typed.index)
    others = by_length[2:]
    third = _behind(others[0] if others else "")
    # As it was typed, then with whole words: they are what people mean, and a limit must not hide them.
    keys = _range(db, first + BETWEEN + then, third)
    if len(keys) < _CANDIDATES:
        keys += _range(db, then + BETWEEN + first, third)
    if len(keys) < _CANDIDATES and (anchor := _anchor(db, first, then)):
        second = then if anchor == first else first
        keys += _each_longer_word(db, anchor, second, third, _CANDIDATES - len(keys))
    return _holding(keys, [_behind(word) for word in others[1:]])


def _behind(word: str) -> str:
    """What a key holds that has a word beginning so in any place but the first."""
    return BETWEEN + word if word else ""


def _holding(keys: list[Key], held: Sequence[str]) -> list[Key]:
    return [key for key in keys if all(word in key[1] for word in held)] if held else keys


def _range(db: Connection, beginning: str, held: str) -> list[Key]:
    """Keys that begin so and hold `held`."""
    return db.execute(
        "select name_no, key, in_order from name_key where key >= ? and key < ? and instr(key, ?)"
        f" limit {_CANDIDATES:d}",
        (beginning, beginning + AFTER, held),
    ).fetchall()


def _each_longer_word(db: Connection, anchor: str, second: str, held: str, limit: int) -> list[Key]:
    """Keys of names with a word that begins like `anchor`, and is longer, and another that begins like `second`."""
    return db.execute(
        "select name_no, key, in_order from"
        f" (select word from name_word where word > ?1 and word < ?1 || ?4 limit {_WORDS_OF_A_BEGINNING:d})"
        " cross join name_key on key >= word || ' ' || ?2 and key < word || ' ' || ?2 || ?4"
        " where instr(key, ?3)",
        (anchor, second, held, AFTER),
    ).fetchmany(limit)


def _add_one_letter_more(db: Connection, typed: Spelling, keys: list[Key], found: Ranking) -> None:
    """Add names with a last word of one letter more than was typed, which the many longer ones must not hide."""
    *others, last = typed
    if len(last) < _MIN_ONE_MORE or len(others) != 1 or has_hanzi(last):
        return
    beginning = others[0] + BETWEEN + last
    if not has_hanzi(others[0]) and not keys[_CANDIDATES - 1][1].startswith(beginning):
        # Nothing is hidden: the first of the ranges that were read has these words, and it was read to its end.
        return
    letters = [*_PLAIN_LETTERS, *next_letters(db, last, after=_PLAIN_LETTERS[-1])]
    wholes = _json([beginning + letter for letter in letters])
    rows = db.execute(
        "select name_no, name_key.key, in_order from json_each(?) as whole"
        " cross join name_key on name_key.key >= whole.value and name_key.key < whole.value || ?"
        f" limit {_CANDIDATES:d}",
        (wholes, _BEHIND_BETWEEN),
    )
    found.add(rows, typed, 0)


def _anchor(db: Connection, first: str, then: str) -> str:
    """Which of the two fewer words go on from, where no more than a limit of them count; "" if from one none does.

    The longer is counted at first, since none mostly does.
    """
    shorter, longer = (first, then) if len(first) < len(then) else (then, first)
    longer_words = _words_beyond(db, longer)
    if not longer_words:
        return ""
    shorter_words = _words_beyond(db, shorter)
    if not shorter_words:
        return ""
    return shorter if shorter_words < longer_words else longer


def _words_beyond(db: Connection, beginning: str) -> int:
    (count,) = db.execute(
        f"select count(*) from (select 1 from name_word where word > ? and word < ? limit {_WORDS_OF_A_BEGINNING:d})",
        (beginning, beginning + AFTER),
    ).fetchone()
    return int(count)


def _add_recent_shoppers(db: Connection, typed: Spelling, found: Ranking) -> dict[int, int]:
    """Add the members of the last sales who match; returns when they shopped here (UTC ms), by number."""
    rows = db.execute(
        "select name_no, spellings, last_ms from (select account_id, max(at_ms) as last_ms from"
        " (select account_id, at_ms from sale where account_id is not null order by sale_no desc"
        f" limit {_RECENT_SALES:d})"
        " group by account_id) cross join member using (account_id) cross join member_name using (name_no)"
        " where instr(' ' || replace(spellings, char(10), ' '), ?)",
        (typed[0] if has_hanzi(typed[0]) else BETWEEN + typed[0],),
    )
    last_sale_ms = {}
    for name_no, text, last_ms in rows:
        for spelling in unpacked(text):
            if begins_so(spelling, typed):
                found.add([(name_no, BETWEEN.join(spelling), 1)], typed, 0)
                last_sale_ms[name_no] = last_ms
    return last_sale_ms


def begins_so(spelling: Spelling, typed: Spelling) -> bool:
    """Whether every word typed begins a word of the spelling; Chinese characters may stand within one."""
    return all(
        any(beginning in word if has_hanzi(beginning) else word.startswith(beginning) for word in spelling)
        for beginning in typed
    )


def _add_mistyped(db: Connection, typed: Spelling, found: Ranking, *, all_known: bool) -> None:
    """Add names that were meant if one mistake was made; only where there are none, guess at more than whole words.

    `all_known`: each typed word is known to begin some member's.
    """
    unknown = set() if all_known else unknown_words(db, typed)
    _add_meant(db, readings(db, typed, unknown), found)
    if not len(found):
        _add_meant(db, unfinished_readings(db, typed, unknown), found)


def _add_meant(db: Connection, meant: list[Reading], found: Ranking) -> None:
    """Add the names of readings, the likeliest first, all in one query."""
    if not meant:
        return
    meant = sorted(meant, key=operator.attrgetter("cost"))
    if any(reading.others for reading in meant):
        asked = [[reading.beginning, *reading.others[:1]] for reading in meant]
        rows = db.execute(_HOLDING, (_json(asked), ANY_HANZI, AFTER)).fetchall()
    else:
        beginnings = [reading.beginning for reading in meant]
        rows = db.execute(_BEGINNING, (_json(beginnings), ANY_HANZI, AFTER)).fetchall()
    for number, same in itertools.groupby(rows, operator.itemgetter(0)):
        reading = meant[number]
        keys = [(name_no, key, in_order) for _number, name_no, key, in_order in same]
        found.add(_holding(keys, reading.others[1:]), reading.words, reading.cost)


# Rows of the number of the reading and a key.
_BEGINNING: Final = (
    "select reading.key, name_no, name_key.key, in_order from json_each(?) as reading"
    " cross join name_key on name_key.key >= reading.value and name_key.key < rtrim(reading.value, ?) || ?"
    f" limit {_CANDIDATES:d}"
)
_HOLDING: Final = (
    "select reading.key, name_no, name_key.key, in_order from json_each(?) as reading"
    " cross join name_key on name_key.key >= reading.value ->> 0"
    " and name_key.key < rtrim(reading.value ->> 0, ?) || ?"
    " where instr(name_key.key, coalesce(reading.value ->> 1, ''))"
    f" limit {_CANDIDATES:d}"
)


def _last_sales(db: Connection, numbers: list[int]) -> dict[int, int]:
    """When each of these members last shopped here (UTC ms); those who never did are left out."""
    rows = db.execute(
        "select name_no, max(at_ms) from json_each(?) as wanted cross join member_name on name_no = wanted.value"
        " cross join sale using (account_id) group by wanted.key",
        (_json(numbers),),
    )
    return dict(rows.fetchall())


def _members(db: Connection, numbers: list[int]) -> tuple[MemberRow, ...]:
    """The members of these names, in this order."""
    rows = db.execute(
        "select body from json_each(?) as wanted cross join member_name on member_name.name_no = wanted.value"
        " cross join member using (member_id) order by wanted.key",
        (_json(numbers),),
    )
    return tuple(_MEMBER.decode(body) for (body,) in rows)


def _json(values: list[int] | list[str] | list[list[str]]) -> str:
    return msgspec.json.encode(values).decode()
