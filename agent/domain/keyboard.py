"""Which letters lie beside each other on a keyboard: a finger that slips hits one of those.

The order is that of the Latin keyboards of our shops (QWERTY, Turkish Q, Romanian); accents are folded away before.
"""

from __future__ import annotations

from typing import Final

_ROWS: Final = ("1234567890", "qwertyuiop", "asdfghjkl", "zxcvbnm")
# Each row stands about half a key to the right of the one above.
_PLACES: Final = {
    letter: (row, at + row / 2) for row, letters in enumerate(_ROWS) for at, letter in enumerate(letters)
}


def neighbours(letter: str) -> str:
    """The letters and digits beside this one, in a row and in the rows above and below; none for other letters."""
    return _NEIGHBOURS.get(letter, "")


def _beside(one: str, other: str) -> bool:
    (row, place), (other_row, other_place) = _PLACES[one], _PLACES[other]
    return one != other and abs(row - other_row) <= 1 and abs(place - other_place) <= 1


_NEIGHBOURS: Final = {
    letter: "".join(other for other in _PLACES if _beside(letter, other)) for letter in _PLACES
}
