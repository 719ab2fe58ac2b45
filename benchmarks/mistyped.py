"""A name as somebody types it who makes one mistake."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Final

from agent.domain.hanzi_readings import CHARACTERS_OF
from agent.domain.keyboard import neighbours
from agent.domain.pinyin import pinyin_spellings
from agent.domain.spellings import spelled

_LETTERS: Final = {
    "en": "abcdefghijklmnopqrstuvwxyz",
    "ro": "aăâbcdefghiîjklmnopqrsștțuvwxyz",
    "tr": "abcçdefgğhıijklmnoöprsştuüvyz",
    "zh": "abcdefghijklmnopqrstuvwxyz",
}
# Of wrong letters so many are beside the right one on the keyboard.
SLIPS: Final = 0.5
_BARE: Final = str.maketrans("ăâîșțçğıöşüĂÂÎȘȚÇĞİÖŞÜ", "aaistcgiosuAAISTCGIOSU")
_SOUND_OF: Final = {
    character: sound for sound, characters in CHARACTERS_OF.items() for character in characters
}


def as_typed(name: str, language: str, dice: random.Random) -> str:
    """The whole name without a mistake: half of the time without diacritics, or a Chinese one in pinyin."""
    if language == "zh":
        return " ".join(pinyin_spellings(name)[0]) if dice.random() < 0.5 else name
    return name.translate(_BARE) if dice.random() < 0.5 else name


def mistyped(typed: str, language: str, dice: random.Random) -> str:
    """`typed` with one letter inserted, left out, replaced or swapped; in Chinese characters with a wrong one.

    A mistake that folding undoes (ș for s) is none, and is made again.
    """
    make = _wrong_character if language == "zh" and not typed.isascii() else _wrong_letter
    while True:
        wrong = make(typed, _LETTERS[language], dice)
        if spelled(wrong) not in ((), spelled(typed)):
            return wrong


def _wrong_letter(typed: str, letters: str, dice: random.Random) -> str:
    at = dice.randrange(len(typed))
    mistake: Callable[[], str] = dice.choice(
        (
            lambda: typed[:at] + _hit(typed[at], letters, dice) + typed[at:],
            lambda: typed[:at] + typed[at + 1 :],
            lambda: typed[:at] + _hit(typed[at], letters, dice) + typed[at + 1 :],
            lambda: typed[:at] + typed[at : at + 2][::-1] + typed[at + 2 :],
        )
    )
    return mistake()


def _hit(meant: str, letters: str, dice: random.Random) -> str:
    """Half of the time a key beside the meant one, else any."""
    beside = neighbours(meant.lower())
    return dice.choice(beside if beside and dice.random() < SLIPS else letters)


def _wrong_character(typed: str, _letters: str, dice: random.Random) -> str:
    """Another character of the given name, of the same sound: people type the sound and pick the character."""
    at = dice.randrange(1, len(typed))
    return typed[:at] + dice.choice(CHARACTERS_OF[_SOUND_OF[typed[at]]]) + typed[at + 1 :]
