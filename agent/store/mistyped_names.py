"""What somebody may have meant who made one typing mistake in a name: readings, the likeliest first.

Only words that occur in members' names are proposed, so a reading is one short range of the name index.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from agent.domain.pinyin import has_hanzi, pinyin_spellings, sounds
from agent.domain.spellings import BETWEEN, Spelling
from agent.domain.typing_mistakes import LESS_LIKELY, LIKELY, MIN_UNFINISHED, MIN_WORD, regroupings
from agent.store.mistyped_words import meant_words
from agent.store.sqlite import Connection


@dataclass(frozen=True, slots=True)
class Reading:
    """The words as they were meant, and where the index has them: a key's beginning, and what it holds behind."""

    cost: int
    words: Spelling
    beginning: str
    others: tuple[str, ...] = ()


def readings(db: Connection, typed: Spelling) -> list[Reading]:
    """What was meant if one letter was mistyped or one space went astray."""
    return [*_astray_spaces(typed), *_mistyped_letters(db, typed), *_other_characters(typed)]


def letters_typed_as_spaces(db: Connection, typed: Spelling) -> Iterator[Reading]:
    """What was meant if a space took a letter's place: two words together lack that letter."""
    for place in range(len(typed) - 1):
        for cost, meant in meant_words(db, typed[place] + typed[place + 1], unfinished=False):
            if cost == LIKELY and meant.startswith(typed[place]):
                yield _around((*typed[:place], meant, *typed[place + 2 :]), place, LESS_LIKELY)


def _mistyped_letters(db: Connection, typed: Spelling) -> Iterator[Reading]:
    """One word is mistyped, the others are as they were meant."""
    for place, word in enumerate(typed):
        if has_hanzi(word) or len(word) < MIN_WORD:
            continue
        last = place == len(typed) - 1
        for cost, meant in meant_words(db, word, unfinished=last and len(word) >= MIN_UNFINISHED):
            yield _around((*typed[:place], meant, *typed[place + 1 :]), place, cost)


def _astray_spaces(typed: Spelling) -> Iterator[Reading]:
    for words in regroupings(typed):
        if len(words) == 1 or all(has_hanzi(word) for word in words):
            yield Reading(LIKELY, words, words[0])
        else:
            yield _around(words, _first_difference(words, typed), LIKELY)


def _first_difference(words: Spelling, typed: Spelling) -> int:
    pairs = zip(words, typed, strict=False)
    return next((place for place, (one, other) in enumerate(pairs) if one != other), len(words) - 1)


def _around(words: Spelling, place: int, cost: int) -> Reading:
    """The reading whose word at `place` is known whole; the longest of the others stands behind it."""
    others = sorted((word for at, word in enumerate(words) if at != place), key=len, reverse=True)
    second = others[0] if others else ""
    behind = tuple(BETWEEN + word for word in others[1:])
    return Reading(cost, words, words[place] + BETWEEN + second, behind)


def _other_characters(typed: Spelling) -> Iterator[Reading]:
    """A wrong Chinese character: mostly one that sounds alike, since people type by sound."""
    for place, run in enumerate(typed):
        if has_hanzi(run):
            others = tuple(BETWEEN + word for at, word in enumerate(typed) if at != place)
            for beginning, cost in _near(run):
                yield Reading(cost, typed, beginning, others)


def _near(run: str) -> Iterator[tuple[str, int]]:
    """Beginnings of keys of names that differ in one character from this one, or sound alike."""
    for at in range(len(run)):
        before, behind = run[:at], run[at + 1 :]
        if behind:
            yield before + behind[0] + run[at] + behind[1:], LIKELY
            yield behind + BETWEEN + before + run[at], LIKELY
        if len(run) > 2:
            yield before + behind, LESS_LIKELY
            if behind:
                yield behind + BETWEEN + before, LESS_LIKELY
    for spelling in pinyin_spellings(run):
        yield BETWEEN.join(spelling), LIKELY
    if len(run) > 1:
        for sound in sounds(run):
            yield sound + BETWEEN, LESS_LIKELY
