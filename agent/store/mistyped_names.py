"""What somebody may have meant who made one typing mistake in a name: readings, the likeliest first.

Only words that occur in members' names are proposed, so a reading is one short range of the name index.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import msgspec

from agent.domain.pinyin import has_hanzi, pinyin_spellings, sounds
from agent.domain.spellings import AFTER, BETWEEN, Spelling
from agent.domain.typing_mistakes import (
    LESS_LIKELY,
    LIKELY,
    MIN_UNFINISHED,
    MIN_WORD,
    START,
    mistake,
    regroupings,
    typed_forms,
)
from agent.store.sqlite import Connection

# Words that are read for one mistyped word, and readings that are searched in the end.
_WORDS: Final = 2_000
MAX_READINGS: Final = 200


@dataclass(frozen=True, slots=True)
class Reading:
    """The words as they were meant, and where the index has them: a key's beginning, and what it holds behind."""

    cost: int
    words: Spelling
    beginning: str
    others: tuple[str, ...] = ()


def readings(db: Connection, typed: Spelling) -> list[Reading]:
    """At most MAX_READINGS readings of what was typed with one mistake in it, by cost."""
    found = [*_astray_spaces(db, typed), *_mistyped_letters(db, typed), *_other_characters(typed)]
    found.sort(key=lambda reading: reading.cost)
    return found[:MAX_READINGS]


def _mistyped_letters(db: Connection, typed: Spelling) -> Iterator[Reading]:
    """One word is mistyped, the others are as they were meant."""
    for place, word in enumerate(typed):
        if has_hanzi(word) or len(word) < MIN_WORD:
            continue
        last = place == len(typed) - 1
        for cost, meant in _meant(db, word, unfinished=last and len(word) >= MIN_UNFINISHED):
            words = (*typed[:place], meant, *typed[place + 1 :])
            yield _around(words, place, cost)


def _astray_spaces(db: Connection, typed: Spelling) -> Iterator[Reading]:
    for words in regroupings(typed):
        if len(words) > len(typed):
            place = next(at for at, word in enumerate(words) if at == len(typed) or word != typed[at])
            yield _around(words, place, LIKELY)
        elif len(words) == 1 or all(has_hanzi(word) for word in words):
            yield Reading(LIKELY, words, words[0])
        else:
            place = next(at for at, word in enumerate(words) if word != typed[at])
            yield _around(words, place, LIKELY)
    for place in range(len(typed) - 1):
        # A space in a letter's place: the joined word lacks that letter.
        for cost, meant in _meant(db, typed[place] + typed[place + 1], unfinished=False):
            if cost == LIKELY and meant.startswith(typed[place]):
                yield _around((*typed[:place], meant, *typed[place + 2 :]), place, LESS_LIKELY)


def _around(words: Spelling, place: int, cost: int) -> Reading:
    """The reading whose word at `place` is known whole; the longest of the others stands behind it."""
    whole = words[place]
    others = sorted((word for at, word in enumerate(words) if at != place), key=len, reverse=True)
    second = others[0] if others else ""
    return Reading(cost, words, whole + BETWEEN + second, tuple(BETWEEN + word for word in others[1:]))


def _meant(db: Connection, typed: str, *, unfinished: bool) -> list[tuple[int, str]]:
    """Words of the index that one mistake makes into `typed`, with its cost."""
    rows = db.execute(
        _UNFINISHED_SQL if unfinished else _WHOLE_SQL,
        (
            msgspec.json.encode(sorted(typed_forms(typed))).decode(),
            typed[:START],
            typed[START + 1 :],
            len(typed),
            AFTER,
            _WORDS,
        ),
    )
    costs = ((mistake(typed, word, unfinished=unfinished), word) for (word,) in rows)
    return sorted((cost, word) for cost, word in costs if cost)


# Where the beginning was mistyped, the rest must be as typed; it stands one place to the left or right, or where it
# was. Where the beginning is as typed, the mistake is behind it, and only `mistake` can tell.
_WORDS_OF_STARTS: Final = (
    "select distinct word from json_each(?1) as wanted cross join name_start on form = wanted.value"
    " cross join name_word on word >= start and word < start || ?5"
)
_WHOLE_SQL: Final = (
    _WORDS_OF_STARTS + " where length(word) between ?4 - 1 and ?4 + 1"
    " and (start = ?2 or substr(word, length(word) - length(?3) + 1) = ?3) limit ?6"
)
_UNFINISHED_SQL: Final = (
    _WORDS_OF_STARTS + " where length(word) >= ?4 - 1 and (start = ?2"
    " or substr(word, 5, length(?3)) = ?3 or substr(word, 6, length(?3)) = ?3 or substr(word, 7, length(?3)) = ?3)"
    " limit ?6"
)


def _other_characters(typed: Spelling) -> Iterator[Reading]:
    """A wrong Chinese character: mostly one that sounds alike, since people type by sound."""
    for place, run in enumerate(typed):
        if not has_hanzi(run):
            continue
        others = tuple(BETWEEN + word for at, word in enumerate(typed) if at != place)
        for beginning, cost in _near(run):
            yield Reading(cost, typed, beginning, others)


def _near(run: str) -> Iterator[tuple[str, int]]:
    """Beginnings of keys of names that differ in one character from this one, or sound alike."""
    for at in range(len(run)):
        before, behind = run[:at], run[at + 1 :]
        if at + 1 < len(run) > 1:
            yield before + run[at + 1] + run[at] + run[at + 2 :], LIKELY
            yield run[at + 1 :] + BETWEEN + run[: at + 1], LIKELY
        if len(run) > 2:
            yield before + behind, LESS_LIKELY
            if behind:
                yield behind + BETWEEN + before, LESS_LIKELY
    for spelling in pinyin_spellings(run):
        yield BETWEEN.join(spelling), LIKELY
    if len(run) > 1:
        for sound in sounds(run):
            yield sound + BETWEEN, LESS_LIKELY
