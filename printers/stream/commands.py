"""The ESC/POS commands that Regulars prints with, and how long each is. Anything else is unknown, by name.

Lengths follow Epson's command reference for TM printers.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

# How many bytes follow the prefix: told from the bytes that are there so far, None while more are needed to tell.
Length = Callable[[bytes], int | None]


def _fixed(count: int) -> Length:
    return lambda _rest: count


def _counted(rest: bytes) -> int | None:
    """One byte of count, then so many."""
    return 1 + rest[0] if rest else None


def _raster(rest: bytes) -> int | None:
    """xL xH yL yH: bytes across, dots down."""
    if len(rest) < 4:
        return None
    return 4 + (rest[0] | rest[1] << 8) * (rest[2] | rest[3] << 8)


ESC: Final = b"\x1b"
GS: Final = b"\x1d"
FS: Final = b"\x1c"
DLE: Final = b"\x10"


def _measured(rest: bytes) -> int | None:
    """pL pH, and so many bytes."""
    return 2 + (rest[0] | rest[1] << 8) if len(rest) >= 2 else None


COMMANDS: Final[dict[bytes, Length]] = {
    b"\n": _fixed(0),
    ESC + b"@": _fixed(0),
    ESC + b"t": _fixed(1),
    ESC + b"M": _fixed(1),
    ESC + b"E": _fixed(1),
    ESC + b"a": _fixed(1),
    ESC + b"3": _fixed(1),
    ESC + b"J": _fixed(1),
    ESC + b"p": _fixed(3),
    GS + b"!": _fixed(1),
    GS + b"VA": _fixed(1),
    GS + b"VB": _fixed(1),
    GS + b"h": _fixed(1),
    GS + b"w": _fixed(1),
    GS + b"f": _fixed(1),
    GS + b"H": _fixed(1),
    GS + b"kI": _counted,
    GS + b"v0\x00": _raster,
    GS + b"r": _fixed(1),
    GS + b"a": _fixed(1),
    GS + b"(k": _measured,
    GS + b"(H\x06\x0000": _fixed(4),
    FS + b"&": _fixed(0),
    FS + b".": _fixed(0),
    DLE + b"\x04": _fixed(1),
}

_MNEMONICS: Final = {0x1B: "ESC", 0x1D: "GS", 0x1C: "FS", 0x10: "DLE", 0x04: "EOT", 0x0A: "LF"}


def in_words(data: bytes) -> str:
    """A command's bytes as manuals write them, then in hex: `ESC z (1B 7A)`."""
    marks = [_MNEMONICS.get(byte) or (chr(byte) if 0x20 < byte < 0x7F else f"{byte:02X}") for byte in data]
    return f"{' '.join(marks)} ({data.hex(' ').upper()})"
