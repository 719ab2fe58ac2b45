"""The words of members' names that somebody may have meant who mistyped one letter.

Whatever the mistake, it is either among the first letters, and then what follows is as typed, or behind them, and
then they are as typed. Both are a few short reads of the vocabulary; no list of every misspelling is kept.
"""

from __future__ import annotations

from typing import Final

import msgspec

from agent.domain.spellings import AFTER
from agent.domain.typing_mistakes import START, mistake, typed_forms
from agent.store.sqlite import Connection

# Words that are compared with the typed one, after a mistake in front and after one behind.
_COMPARED: Final = 300


def meant_words(db: Connection, typed: str, *, unfinished: bool) -> list[tuple[int, str]]:
    """Words of the vocabulary that one mistake makes into `typed`, each with its cost, the likeliest first.

    `unfinished`: more letters may follow what was typed.
    """
    words = {*_mistaken_in_front(db, typed, unfinished), *_mistaken_behind(db, typed, unfinished)}
    costs = ((mistake(typed, word, unfinished=unfinished), word) for word in words)
    return sorted((cost, word) for cost, word in costs if cost)


def _mistaken_in_front(db: Connection, typed: str, unfinished: bool) -> list[str]:
    starts = db.execute(
        "select form, start from json_each(?) as wanted cross join name_start on form = wanted.value",
        (_json(typed_forms(typed)),),
    )
    guesses = {guess for form, start in starts for guess in _guesses(typed, form, start)}
    found = db.execute(
        "select word from json_each(?1) as guess cross join name_word"
        " on word >= guess.value and word < guess.value || ?2 limit ?3"
        if unfinished
        else "select word from json_each(?1) as guess cross join name_word on word = guess.value limit ?3",
        (_json(guesses), AFTER, _COMPARED),
    )
    return [word for (word,) in found]


def _guesses(typed: str, form: str, start: str) -> list[str]:
    """The meant word, if it begins with `start`, a letter of which may have been left out to make `form`."""
    head = typed[:START]
    if start == head:
        return []
    if len(start) < START:
        return [start]
    guesses = [start + typed[START:]]
    if form == typed[: START - 1]:
        guesses.append(start + typed[START - 1 :])
    if form == start:
        guesses.append(start + typed[START + 1 :])
    if start == head[:-1] + typed[START : START + 1]:
        guesses.append(start + head[-1] + typed[START + 1 :])
    return guesses


def _mistaken_behind(db: Connection, typed: str, unfinished: bool) -> list[str]:
    """Words that begin as typed, and either go on so for a letter, or are as typed again from the next but one on."""
    head, tail = typed[:START], typed[START + 2 :]
    if len(typed) < START:
        return []
    found = db.execute(
        _BEHIND_UNFINISHED if unfinished else _BEHIND_WHOLE,
        (head, AFTER, len(typed), typed[: START + 1], tail, len(tail), _COMPARED),
    )
    return [word for (word,) in found]


_BEHIND_WHOLE: Final = (
    "select word from name_word where word >= ?1 and word < ?1 || ?2 and length(word) between ?3 - 1 and ?3 + 1"
    " and (substr(word, 1, 5) = ?4 or substr(word, length(word) - ?6 + 1) = ?5) limit ?7"
)
_BEHIND_UNFINISHED: Final = (
    "select word from name_word where word >= ?1 and word < ?1 || ?2 and length(word) >= ?3 - 1"
    " and (substr(word, 1, 5) = ?4 or substr(word, 6, ?6) = ?5 or substr(word, 7, ?6) = ?5"
    " or substr(word, 8, ?6) = ?5) limit ?7"
)


def _json(texts: set[str] | frozenset[str]) -> str:
    return msgspec.json.encode(list(texts)).decode()
