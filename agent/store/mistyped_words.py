"""What somebody may have meant who mistyped one letter of a word, as far as members' names have such a word."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

import msgspec

from agent.domain.spellings import AFTER
from agent.domain.typing_mistakes import START, mistake, one_left_out, typed_forms
from agent.store.sqlite import Connection

Meant = list[tuple[int, str]]

# Words that are compared with the typed one for a mistake behind the letters that they have in common.
_COMPARED: Final = 300
# An alphabet and its digits, and then some.
_NEXT_LETTERS: Final = 60


def occurs(db: Connection, beginning: str) -> bool:
    """Whether any member has a word that begins so."""
    found = db.execute(
        "select 1 from name_word where word >= ? and word < ? limit 1", (beginning, beginning + AFTER)
    )
    return found.fetchone() is not None


def existing_words(db: Connection, words: set[str]) -> set[str]:
    """Those that are a word of some member's name."""
    found = db.execute(
        "select word from json_each(?) as asked cross join name_word on word = asked.value", (_json(words),)
    )
    return {word for (word,) in found}


def next_letters(db: Connection, head: str, after: str = "") -> list[str]:
    """The letters behind `after` that follow this beginning in the vocabulary, each found from the one before it."""
    letters: list[str] = []
    beyond = head + after + AFTER if after else head
    while len(letters) < _NEXT_LETTERS:
        found = db.execute(
            "select word from name_word where word > ? and word < ? limit 1", (beyond, head + AFTER)
        ).fetchone()
        if found is None:
            break
        letters.append(found[0][len(head)])
        beyond = head + letters[-1] + AFTER
    return letters


def meant_words(db: Connection, typed: set[str]) -> dict[str, Meant]:
    """For each word: words of the vocabulary that one mistake makes into it, each with its cost."""
    if not typed:
        return {}
    forms = {form for word in typed for form in (word, *one_left_out(word))}
    found = db.execute(
        "select word from json_each(?) as typed cross join name_form on form = typed.value", (_json(forms),)
    )
    words = dict.fromkeys(word for (word,) in found)
    return {one: _with_costs(one, words) for one in typed}


def meant_beginnings(db: Connection, typed: str) -> Meant:
    """Beginnings of words of the vocabulary that one mistake makes into `typed`, where more letters may follow.

    The mistake is either among the first letters, and then it goes on as typed, or behind them, and then they are as
    typed. Both are a few short reads of the vocabulary; the beginnings of all lengths are not kept.
    """
    found = db.execute(
        "select guess.value from json_each(?1) as guess where exists"
        " (select 1 from name_word where word >= guess.value and word < guess.value || ?2)",
        (_json(_guesses(db, typed)), AFTER),
    )
    beginnings = {beginning for (beginning,) in found}
    for word in _alike(db, typed):
        beginnings.update(word[: len(typed) + more] for more in (-1, 0, 1))
    return _with_costs(typed, sorted(beginnings))


def _with_costs(typed: str, words: Iterable[str]) -> Meant:
    size = len(typed)
    return [(cost, word) for word in words if -1 <= len(word) - size <= 1 and (cost := mistake(typed, word))]


def _guesses(db: Connection, typed: str) -> set[str]:
    """What was meant if the mistake is among the first letters or at the next: it goes on as typed."""
    starts = db.execute(
        "select form, start from json_each(?) as wanted cross join name_start on form = wanted.value",
        (_json(typed_forms(typed)),),
    )
    guesses = {guess for form, start in starts for guess in _with_start(typed, form, start)}
    if len(typed) >= START:
        guesses.update(_with_next_letter(typed, next_letters(db, typed[:START])))
    return guesses


def _with_start(typed: str, form: str, start: str) -> Iterator[str]:
    """The meant word, if it begins with `start`, a letter of which may have been left out to make `form`."""
    head = typed[:START]
    if len(start) < START:
        if start != head and len(typed) <= START:
            yield start
        return
    if start == head:
        return
    yield start + typed[START:]
    if form == typed[: START - 1]:
        yield start + typed[START - 1 :]
    if form == start:
        yield start + typed[START + 1 :]
    if start == head[:-1] + typed[START : START + 1]:
        yield start + head[-1] + typed[START + 1 :]


def _with_next_letter(typed: str, letters: Iterable[str]) -> Iterator[str]:
    """The meant word, if the mistake is at the first letter behind the start, where these letters occur."""
    head, rest = typed[:START], typed[START:]
    yield head + rest[1:]
    yield head + rest[:2][::-1] + rest[2:]
    for letter in letters:
        yield head + letter + rest[1:]
        yield head + letter + rest


def _alike(db: Connection, typed: str) -> list[str]:
    """Words that begin as typed, so that the mistake can only be further behind."""
    beginning = typed[: START + 1]
    if len(typed) <= START:
        return []
    found = db.execute(
        f"select word from name_word where word >= ? and word < ? and length(word) >= ? limit {_COMPARED:d}",
        (beginning, beginning + AFTER, len(typed) - 1),
    )
    return [word for (word,) in found]


def _json(texts: set[str] | frozenset[str]) -> str:
    # A set's order is another in each process, and limits must not cut off other names there.
    return msgspec.json.encode(sorted(texts)).decode()
