"""Folding names for search: case, accents and letters that people leave out when they type.

`ș`, `ş` and `s` are one letter, and so are `ı`, `İ` and `i`. Python's own lower() makes two characters of `İ`, so
names go through this table, and identifiers never do.
"""

from __future__ import annotations

import unicodedata
from typing import Final

# Letters that Unicode does not decompose into a plain one and its marks.
_PLAIN: Final = str.maketrans(
    {
        "ı": "i",
        "ł": "l",
        "Ł": "l",
        "ø": "o",
        "Ø": "o",
        "đ": "d",
        "Đ": "d",
        "ð": "d",
        "Ð": "d",
        "þ": "th",
        "Þ": "th",
        "æ": "ae",
        "Æ": "ae",
        "œ": "oe",
        "Œ": "oe",
        "ħ": "h",
        "Ħ": "h",
    }
)


def fold(text: str) -> str:
    """The text as it is searched: without case, accents and the marks of compatibility forms."""
    if text.isascii():
        return text.lower()
    marked = unicodedata.normalize("NFKD", text).translate(_PLAIN)
    bare = "".join(letter for letter in marked if not unicodedata.combining(letter))
    return unicodedata.normalize("NFC", bare.casefold())


def words(name: str) -> tuple[str, ...]:
    """The folded words of a name, each once, in order; anything but letters and digits parts them."""
    spaced = "".join(letter if letter.isalnum() else " " for letter in fold(name))
    return tuple(dict.fromkeys(spaced.split()))
