"""One typing mistake: a letter too many, one missing, a wrong one, two that changed places, or a space astray.

A mistake has a cost, so that the likelier one is shown first: any letter may have been left out or swapped with its
neighbour in just one way, while for a wrong or an extra letter there are as many ways as there are letters.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

LIKELY: Final = 1
LESS_LIKELY: Final = 2

# How many letters at the beginning of a word the index keeps with each of them left out.
START: Final = 4
# The beginning of a word says too little before this many letters to be corrected while it is still typed.
MIN_UNFINISHED: Final = 5
MIN_WORD: Final = 2


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
        return LESS_LIKELY
    if same(word[at:], typed[at + 1 :]):
        return LIKELY if at and typed[at] == typed[at - 1] else LESS_LIKELY
    return None


def start_forms(word: str) -> frozenset[str]:
    """A word's beginning, and that with one of its letters left out: what the index keeps of each beginning."""
    start = word[:START]
    return frozenset({start, *_one_left_out(start)} - {""})


def typed_forms(typed: str) -> frozenset[str]:
    """The forms under which the beginning of the meant word is, if a mistake was made at the typed one's beginning."""
    return start_forms(typed) | _one_left_out(typed[: START + 1])


def regroupings(words: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """The words with one space put in, left out, moved by a letter, or that was typed as a letter."""
    for place in range(len(words) - 1):
        one, other = words[place : place + 2]
        before, after = words[:place], words[place + 2 :]
        yield (*before, one + other, *after)
        if len(other) > 1:
            yield (*before, one + other[0], other[1:], *after)
        if len(one) > 1:
            yield (*before, one[:-1], one[-1] + other, *after)
    for place, word in enumerate(words):
        before, after = words[:place], words[place + 1 :]
        for at in range(1, len(word)):
            yield (*before, word[:at], word[at:], *after)
        for at in range(1, len(word) - 1):
            yield (*before, word[:at], word[at + 1 :], *after)


def _one_left_out(text: str) -> frozenset[str]:
    return frozenset(text[:at] + text[at + 1 :] for at in range(len(text)))


def _equals(one: str, other: str) -> bool:
    return one == other


def _begins(one: str, other: str) -> bool:
    return one.startswith(other)
