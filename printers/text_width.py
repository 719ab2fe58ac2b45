"""How many cells a text takes, and where it breaks. Chinese, Japanese and Korean characters take two cells."""

from __future__ import annotations

import unicodedata
from functools import lru_cache


@lru_cache(maxsize=4096)
def char_cells(char: str) -> int:
    """0 for a mark that sits on the character before it, 2 for a wide character, else 1."""
    if unicodedata.combining(char) or unicodedata.category(char) in ("Mn", "Me"):
        return 0
    return 2 if unicodedata.east_asian_width(char) in ("W", "F") else 1


def text_cells(text: str) -> int:
    """The width of a text in cells of single width."""
    return sum(map(char_cells, text))


def wrap(text: str, cells: int) -> list[str]:
    """The text in lines of at most `cells` cells, broken at spaces and beside wide characters.

    A word longer than a line is cut. Always at least one line; no character is lost but the spaces at a break.
    """
    lines: list[str] = []
    line, width = "", 0
    for word in _words(text):
        # A word that fits a line of its own is not cut to fill the one before it.
        for piece in _pieces(word, cells):
            if width + text_cells(piece.rstrip(" ")) > cells:
                if line.strip(" "):
                    lines.append(line.rstrip(" "))
                line, width = "", 0
            line += piece
            width += text_cells(piece)
    lines.append(line.rstrip(" "))
    return lines


def _words(text: str) -> list[str]:
    """Where a line may break: after spaces, and before and after a wide character."""
    words: list[str] = []
    for char in text:
        apart = (
            not words
            or (words[-1].endswith(" ") and char != " ")
            or (char_cells(char) == 2 and char not in _NEVER_FIRST)
            or (char not in (" ", *_NEVER_FIRST) and char_cells(char) == 1 and char_cells(words[-1][-1]) == 2)
        )
        if apart:
            words.append(char)
        else:
            words[-1] += char
    return words


# Closing marks stay with the character before them.
_NEVER_FIRST = frozenset("，。、；：！？）》」』】％")


def _pieces(word: str, cells: int) -> list[str]:
    """A word in pieces that fit a line; a mark stays with its character."""
    if text_cells(word.rstrip(" ")) <= cells:
        return [word]
    pieces = [""]
    for char in word:
        if pieces[-1] and text_cells(pieces[-1]) + char_cells(char) > cells:
            pieces.append("")
        pieces[-1] += char
    return pieces
