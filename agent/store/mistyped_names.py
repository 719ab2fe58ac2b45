"""What somebody may have meant who made one typing mistake in a name: readings, the likeliest first.

Only words that occur in members' names are proposed, so a reading is one short range of the name index.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Final, NamedTuple

from agent.domain.pinyin import has_hanzi, pinyin_spellings, sounds
from agent.domain.spellings import BETWEEN, Spelling
from agent.domain.typing_mistakes import LESS_LIKELY, LIKELY, MIN_UNFINISHED, regroupings
from agent.store.mistyped_words import existing_words, meant_beginnings, meant_words, occurs
from agent.store.sqlite import Connection

# At the end of a reading's beginning: a Chinese character follows, whichever.
ANY_HANZI: Final = "\u3400"


class Reading(NamedTuple):
    """The words as they were meant, and where the index has them: a key's beginning, and what it holds behind."""

    cost: int
    words: Spelling
    beginning: str
    others: tuple[str, ...] = ()


def unknown_words(db: Connection, typed: Spelling) -> set[str]:
    """Words that begin nobody's: the one mistake must be in them."""
    return {word for word in typed if not has_hanzi(word) and not occurs(db, word)}


def readings(db: Connection, typed: Spelling, unknown: set[str]) -> list[Reading]:
    """What was meant if one letter was mistyped or one space went astray."""
    return [
        *_astray_spaces(db, typed, unknown),
        *_mistyped_letters(db, typed, unknown),
        *_other_characters(typed),
    ]


def unfinished_readings(db: Connection, typed: Spelling, unknown: set[str]) -> list[Reading]:
    """What was meant if the last word was mistyped and is not finished, or a space took a letter's place."""
    *finished, last = typed
    found = list(_letters_typed_as_spaces(db, typed))
    if len(last) >= MIN_UNFINISHED and not has_hanzi(last) and unknown <= {last}:
        found += [_unfinished((*finished, meant), cost) for cost, meant in meant_beginnings(db, last)]
    return found


def _mistyped_letters(db: Connection, typed: Spelling, unknown: set[str]) -> Iterator[Reading]:
    """One word is mistyped, the others are as they were meant."""
    mistyped = {
        word
        for word in typed
        if not has_hanzi(word) and unknown <= {word} and not len(word) == len(typed) == 1
    }
    meant = meant_words(db, mistyped)
    for place, word in enumerate(typed):
        last = place == len(typed) - 1
        for cost, other in meant.get(word, ()):
            words = (*typed[:place], other, *typed[place + 1 :])
            yield _unfinished(words, cost) if last else _around(words, place, cost)


def _letters_typed_as_spaces(db: Connection, typed: Spelling) -> Iterator[Reading]:
    """Two words were one, and lack the letter that a space took the place of."""
    joined = [one + other for one, other in itertools.pairwise(typed)]
    meant = meant_words(db, {*joined})
    for place, together in enumerate(joined):
        for cost, other in meant[together]:
            if cost == LIKELY and other.startswith(typed[place]):
                yield _around((*typed[:place], other, *typed[place + 2 :]), place, LESS_LIKELY)


def _unfinished(words: Spelling, cost: int) -> Reading:
    """The reading whose last word may go on: the longest of the others, a whole word, stands before it."""
    *others, last = words
    first, *rest = sorted(others, key=len, reverse=True) or ["", ""]
    beginning = first + BETWEEN + last if first else last
    return Reading(cost, words, beginning, tuple(BETWEEN + word for word in rest if word))


def _astray_spaces(db: Connection, typed: Spelling, unknown: set[str]) -> Iterator[Reading]:
    """Words grouped anew. The first of those that changed is whole, or the last of all and may go on."""
    if any(has_hanzi(word) for word in typed):
        return
    changed = [
        (words, place) for words, place in regroupings(typed) if not unknown or unknown.isdisjoint(words)
    ]
    whole = existing_words(db, {words[place] for words, place in changed})
    for words, place in changed:
        if place == len(words) - 1:
            yield _unfinished(words, LIKELY)
        elif words[place] in whole:
            yield _around(words, place, LIKELY)


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
    for spelling in pinyin_spellings(run):
        yield BETWEEN.join(spelling), LIKELY
    for at in range(len(run)):
        before, typed, behind = run[:at], run[at], run[at + 1 :]
        if behind:
            # Two that changed places, and one that is missing behind this one.
            yield before + behind[0] + typed + behind[1:], LIKELY
            yield behind + BETWEEN + before + typed + ANY_HANZI, LESS_LIKELY
        if len(run) > 2:
            # A wrong one: the others stand around any character. One too many: they are the name.
            yield (behind + BETWEEN if behind else "") + before + ANY_HANZI, LESS_LIKELY
            yield before + behind + BETWEEN, LESS_LIKELY
    if len(run) > 1:
        for sound in sounds(run):
            yield sound + BETWEEN, LESS_LIKELY
