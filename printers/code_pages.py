"""Which bytes a printer needs for a text: runs of one code page each, or none where no code page has a character.

A character is never replaced by another that means something else; `?` least of all.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, Literal

from printers.profile import Profile
from printers.text_width import char_cells

CHINESE: Final = "gb18030"
ASCII: Final = "ascii"

# Code page 852 is older than the comma below: its cedilla letters are what Romanian printers have always printed.
_ROMANIAN_852: Final = str.maketrans("ȘșȚț", "ŞşŢţ")


@dataclass(frozen=True, slots=True)
class Run:
    """Bytes of one code page: its codec, `ascii` where any will do, or `gb18030` in the printer's Chinese mode."""

    page: str | Literal["ascii", "gb18030"]
    data: bytes


def runs_of(text: str, profile: Profile, current: str) -> tuple[Run, ...] | None:
    """The text in runs, beginning in the code page `current` where that can.

    None when the profile has no code page for one of its characters: such a line is printed as a picture.
    """
    if text.isascii():
        return (Run(ASCII, text.encode()),) if text else ()
    runs: list[Run] = []
    at = 0
    while at < len(text):
        run = _longest(text, at, profile, current)
        if run is None:
            return None
        page, end = run
        runs.append(Run(page, b"".join(_encoded(char, page) or b"" for char in text[at:end])))
        if page not in (ASCII, CHINESE):
            current = page
        at = end
    return tuple(runs)


def _longest(text: str, start: int, profile: Profile, current: str) -> tuple[str, int] | None:
    """The code page that reaches furthest from `start`, and how far; the current one and the profile's order win."""
    best: tuple[str, int] | None = None
    for page in _pages(profile, current):
        end = start
        while end < len(text) and _encoded(text[end], page) is not None:
            end += 1
        if end > start and (best is None or end > best[1]):
            best = (page, end)
    return best


def _pages(profile: Profile, current: str) -> Iterator[str]:
    yield ASCII
    known = [page for page, _number in profile.code_pages]
    if current in known:
        yield current
    yield from (page for page in known if page != current)
    if profile.chinese:
        yield CHINESE


@lru_cache(maxsize=8192)
def _encoded(char: str, page: str) -> bytes | None:
    """The character's bytes in a code page, None where it has none."""
    if page == CHINESE:
        return _chinese(char)
    if page == "cp852":
        char = char.translate(_ROMANIAN_852)
    try:
        data = char.encode(page)
    except UnicodeEncodeError:
        return None
    # Some code pages have holes at C1 that Python maps to control characters; those are commands or nothing.
    return data if len(data) == 1 and 0x20 <= data[0] != 0x7F else None


def _chinese(char: str) -> bytes | None:
    """Two bytes of GBK for a wide character: the four-byte forms are in few printers. ASCII passes."""
    if " " <= char <= "~":
        return char.encode()
    if char_cells(char) != 2:
        return None
    try:
        return char.encode("gbk")
    except UnicodeEncodeError:
        return None
