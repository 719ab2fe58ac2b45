"""Members whose name was typed, or is being typed: exactly at first, then with one typing mistake.

Each keystroke reads ranges of the name index, and every read has a limit, so that a million members answer as
quickly as a hundred. What matches exactly always comes before what needs a mistake, which is looked for only when
there is room left.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import msgspec

from agent.domain.pinyin import has_hanzi
from agent.domain.spellings import AFTER, BETWEEN, Spelling, spelled
from agent.domain.typing_mistakes import LESS_LIKELY, LIKELY
from agent.store.mistyped_names import Reading, letters_typed_as_spaces, readings
from agent.store.name_index import unpacked
from agent.store.sqlite import Connection
from sync.wire.feed import MemberRow

_MEMBER: Final = msgspec.json.Decoder(MemberRow)

# So many names of one reading are compared; where more begin so, recent shoppers are looked at as well.
_CANDIDATES: Final = 60
_MISTYPED_CANDIDATES: Final = 120
_RECENT_SALES: Final = 60
# Of a beginning that more words share, the others are not looked through together with a second beginning.
_WORDS_OF_A_BEGINNING: Final = 500

# A name's number, its spellings, and when its member last shopped here (UTC ms, 0 for never).
Candidate = tuple[int, str, int]
_CANDIDATE: Final = (
    "name_no, spellings, coalesce((select max(at_ms) from sale where account_id = member_name.account_id), 0)"
)


class _Found:
    """Names by their number, each with its place among the others: the smallest is the best."""

    def __init__(self) -> None:
        self.places: dict[int, tuple[int, int, int, str]] = {}

    def add(self, candidates: Iterable[Candidate], words: Spelling, cost: int) -> None:
        for name_no, text, last_ms in candidates:
            before = self.places.get(name_no)
            if before is None or cost <= before[0]:
                place = (cost, closeness(words, text), -last_ms, text)
                self.places[name_no] = min(place, before or place)

    def best(self, limit: int) -> list[int]:
        return sorted(self.places, key=lambda name_no: (self.places[name_no], name_no))[:limit]


def search_names(db: Connection, text: str, limit: int) -> tuple[MemberRow, ...]:
    """At most `limit` members, the likeliest first.

    First those whose name begins as typed, then those with the typed words in another order, then those with words
    that begin so, then those that one typing mistake explains; among equals who shopped here last, then by name.
    """
    typed = spelled(text)
    if not typed:
        return ()
    found = _Found()
    _exactly(db, typed, found)
    if len(found.places) < limit:
        _mistyped(db, typed, found, limit)
    return _members(db, found.best(limit))


def _exactly(db: Connection, typed: Spelling, found: _Found) -> None:
    """Names that have, for every word typed, a word that begins so."""
    rows = _beginning(db, typed)
    found.add(rows, typed, 0)
    if len(rows) >= _CANDIDATES:
        found.add((row for row in _recent_shoppers(db) if _matches(typed, row[1])), typed, 0)


def _beginning(db: Connection, typed: Spelling) -> list[Candidate]:
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


def _range(db: Connection, beginning: str, with_: str) -> list[Candidate]:
    """Names with a key that begins so and holds `with_`."""
    return db.execute(
        f"select distinct {_CANDIDATE} from name_key join member_name using (name_no)"
        " where key >= ? and key < ? and instr(key, ?) limit ?",
        (beginning, beginning + AFTER, with_, _CANDIDATES),
    ).fetchall()


def _each_word(db: Connection, anchor: str, second: str, with_: str, limit: int) -> list[Candidate]:
    """Names with a word that begins like `anchor` and another that begins like `second`."""
    return db.execute(
        f"select distinct {_CANDIDATE} from"
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


def _recent_shoppers(db: Connection) -> list[Candidate]:
    """The members of the last sales here."""
    return db.execute(
        "select name_no, spellings, last_ms from (select account_id, max(at_ms) as last_ms from"
        " (select account_id, at_ms from sale where account_id is not null order by sale_no desc limit ?)"
        " group by account_id) cross join member using (account_id) cross join member_name using (name_no)",
        (_RECENT_SALES,),
    ).fetchall()


def _mistyped(db: Connection, typed: Spelling, found: _Found, limit: int) -> None:
    """Names that were meant if one mistake was made; less likely ones only while there is room for them."""
    meant = readings(db, typed)
    for cost in (LIKELY, LESS_LIKELY):
        _add_meant(db, [reading for reading in meant if reading.cost == cost], found)
        if len(found.places) >= limit:
            return
    if not found.places:
        _add_meant(db, list(letters_typed_as_spaces(db, typed)), found)


def _add_meant(db: Connection, meant: list[Reading], found: _Found) -> None:
    """Add the names of readings, all in one query."""
    asked = msgspec.json.encode([[one.beginning, *one.others[:1]] for one in meant]).decode()
    rows = db.execute(
        f"select reading.key, name_key.key, {_CANDIDATE} from json_each(?) as reading"
        " cross join name_key on name_key.key >= reading.value ->> 0"
        " and name_key.key < (reading.value ->> 0) || ?"
        " cross join member_name using (name_no)"
        " where instr(name_key.key, coalesce(reading.value ->> 1, '')) limit ?",
        (asked, AFTER, _MISTYPED_CANDIDATES),
    )
    for number, key, *candidate in rows:
        reading = meant[number]
        if all(word in key for word in reading.others[1:]):
            found.add([(candidate[0], candidate[1], candidate[2])], reading.words, reading.cost)


def _members(db: Connection, numbers: list[int]) -> tuple[MemberRow, ...]:
    """The members of these names, in this order."""
    rows = db.execute(
        "select body from json_each(?) as wanted cross join member_name on member_name.name_no = wanted.value"
        " cross join member using (member_id) order by wanted.key",
        (msgspec.json.encode(numbers).decode(),),
    )
    return tuple(_MEMBER.decode(body) for (body,) in rows)


def closeness(words: Spelling, text: str) -> int:
    """How well words that all match do so in the closest spelling of a name: 0 best."""
    return min(_closeness(words, spelling) for spelling in unpacked(text))


def _closeness(words: Spelling, spelling: Spelling) -> int:
    name, typed = BETWEEN.join(spelling), BETWEEN.join(words)
    if name.startswith(typed):
        return 0 if name[len(typed) : len(typed) + 1] in ("", BETWEEN) else 1
    if all(word in spelling for word in words):
        return 2
    *finished, last = words
    if all(word in spelling for word in finished) and any(
        word.startswith(last) and len(word) == len(last) + 1 for word in spelling
    ):
        return 3
    return 4


def _matches(typed: Spelling, text: str) -> bool:
    return any(
        all(any(_begins(word, beginning) for word in spelling) for beginning in typed)
        for spelling in unpacked(text)
    )


def _begins(word: str, beginning: str) -> bool:
    return beginning in word if has_hanzi(beginning) else word.startswith(beginning)
