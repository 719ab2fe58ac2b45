"""A document is what is printed, as blocks: no printer, no columns, no bytes. Pure.

Every text passes through `printable`, so a control character in a name can never reach a printer, where it could open
the drawer.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, field
from typing import Final, Literal

Align = Literal["left", "center", "right"]

# Spaces that CLDR and people use for looks; a printer has one space.
_SPACES: Final = frozenset(
    "\t\n\x0b\x0c\r\x1c\x1d\x1e\x1f\x85\u00a0\u2007\u2009\u200a\u202f\u3000\u2028\u2029"
)
_HYPHENS: Final = frozenset("\u2010\u2011\u2212")


def printable(text: str) -> str:
    """The text composed (NFC), without control or format characters, with plain spaces and minus signs.

    C0 and C1 controls are commands to a printer, and invisible format characters print as boxes: both go. Line ends
    and the spaces of typography become one plain space.
    """
    kept: list[str] = []
    for char in unicodedata.normalize("NFC", text):
        if char in _SPACES:
            kept.append(" ")
        elif char in _HYPHENS:
            kept.append("-")
        elif unicodedata.category(char) not in ("Cc", "Cf", "Cs"):
            kept.append(char)
    return "".join(kept)


@dataclass(frozen=True, slots=True)
class Style:
    """Bold, and how many cells wide and high a character is (1 or 2)."""

    bold: bool = False
    width: Literal[1, 2] = 1
    height: Literal[1, 2] = 1


PLAIN: Final = Style()
BOLD: Final = Style(bold=True)
TALL: Final = Style(bold=True, height=2)
BIG: Final = Style(bold=True, width=2, height=2)


@dataclass(frozen=True, slots=True)
class Text:
    """A paragraph, wrapped at words."""

    text: str
    style: Style = PLAIN
    align: Align = "left"

    def __post_init__(self) -> None:
        object.__setattr__(self, "text", printable(self.text))


@dataclass(frozen=True, slots=True)
class Columns:
    """A text on the left and one at the right edge, in line; `indent` in cells. The right one is never cut."""

    left: str
    right: str
    style: Style = PLAIN
    indent: int = 0

    def __post_init__(self) -> None:
        object.__setattr__(self, "left", printable(self.left))
        object.__setattr__(self, "right", printable(self.right))


@dataclass(frozen=True, slots=True)
class Rule:
    """A line across the paper."""

    kind: Literal["single", "double"] = "single"


@dataclass(frozen=True, slots=True)
class Image:
    """A picture of black (1) and white (0) dots, centred: `rows` holds 8 dots to a byte, highest bit leftmost."""

    width: int
    height: int
    rows: bytes

    def __post_init__(self) -> None:
        if len(self.rows) != (self.width + 7) // 8 * self.height:
            raise ValueError("an image needs one bit for each dot, each row filled up to a byte")


@dataclass(frozen=True, slots=True)
class Barcode:
    """A Code 128 of printable ASCII, centred, without a text under it."""

    data: str

    def __post_init__(self) -> None:
        if not self.data or not all(" " <= char <= "~" for char in self.data):
            raise ValueError("a Code 128 of this form holds printable ASCII")


@dataclass(frozen=True, slots=True)
class Qr:
    """A QR code of printable ASCII, centred."""

    data: str

    def __post_init__(self) -> None:
        if not self.data or not all(" " <= char <= "~" for char in self.data):
            raise ValueError("a QR code of this form holds printable ASCII")


@dataclass(frozen=True, slots=True)
class Feed:
    """Empty paper, in dots (8 to a millimetre)."""

    dots: int


@dataclass(frozen=True, slots=True)
class Cut:
    """The end of this paper."""


@dataclass(frozen=True, slots=True)
class Drawer:
    """Open the cash drawer, where the printer has one."""


Block = Text | Columns | Rule | Image | Barcode | Qr | Feed | Cut | Drawer


@dataclass(frozen=True, slots=True)
class Document:
    """Blocks in the order of the paper."""

    blocks: tuple[Block, ...] = field(default=())
