"""One typing mistake: a letter too many, one missing, a wrong one, two that changed places, or a space astray.

A mistake has a cost, so that the likelier one is shown first. A letter can be left out or swapped with the next in one
way only; a finger slips to one of a few keys beside the right one, or hits it twice; for any other wrong letter there
are as many ways as there are letters.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from agent.domain.keyboard import neighbours

LIKELY: Final = 1
SLIP: Final = 2
LESS_LIKELY: Final = 3

# How many letters at the beginning of a word the index keeps with each of them left out.
START: Final = 4
# The beginning of a word says too little before this many letters to be corrected while it is still typed.
MIN_UNFINISHED: Final = 5


def mistake(typed: str, word: str, *, unfinished: bool = False) -> int | None:
    """What `typed` costs as `word` with one mistake: 0 without any, None when one is not enough.

    `unfinished`: more letters of the word may follow.
    """
    if word == typed or (unfinished and word.startswith(typed)):
        return 0
    at = 0
    for one, other in zip(typed, word, strict=False):
        if one != other:
            break
        at += 1
    same = _begins if unfinished else _equals
    if same(word[at + 1 :], typed[at:]):
        return LIKELY
    if typed[at : at + 2] == word[at : at + 2][::-1] and same(word[at + 2 :], typed[at + 2 :]):
        return LIKELY
    if at < len(word) and same(word[at + 1 :], typed[at + 1 :]):
        return SLIP if typed[at] in neighbours(word[at]) else LESS_LIKELY
    if same(word[at:], typed[at + 1 :]):
        return SLIP if _slipped_in(typed, at) else LESS_LIKELY
    return None


def one_left_out(word: str) -> frozenset[str]:
    """The word with each of its letters left out: one mistake apart, two words share such a form or are one."""
    return frozenset(word[:at] + word[at + 1 :] for at in range(len(word)))


def start_forms(word: str) -> frozenset[str]:
    """A word's beginning, and that with one of its letters left out: what the index keeps of each beginning."""
    start = word[:START]
    return frozenset({start, *one_left_out(start)} - {""})


def typed_forms(typed: str) -> frozenset[str]:
    """The forms under which the beginning of the meant word is, if a mistake was made at the typed one's beginning."""
    return start_forms(typed) | one_left_out(typed[: START + 1])


def regroupings(words: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], int]]:
    """The words with one space put in, left out, moved by a letter, or that was typed as a letter.

    Each comes with the place of the first word that this changed.
    """
    for place in range(len(words) - 1):
        one, other = words[place : place + 2]
        before, after = words[:place], words[place + 2 :]
        yield (*before, one + other, *after), place
        if len(other) > 1:
            yield (*before, one + other[0], other[1:], *after), place
        if len(one) > 1:
            yield (*before, one[:-1], one[-1] + other, *after), place
    for place, word in enumerate(words):
        before, after = words[:place], words[place + 1 :]
        for at in range(1, len(word)):
            yield (*before, word[:at], word[at:], *after), place
        for at in range(1, len(word) - 1):
            yield (*before, word[:at], word[at + 1 :], *after), place


def _slipped_in(typed: str, at: int) -> bool:
    """Whether this letter may have been hit together with the one before or behind it, or twice."""
    letter = typed[at]
    around = typed[at - 1 : at] + typed[at + 1 : at + 2]
    return any(letter == other or letter in neighbours(other) for other in around)


def _equals(one: str, other: str) -> bool:
    return one == other


def _begins(one: str, other: str) -> bool:
    return one.startswith(other)
