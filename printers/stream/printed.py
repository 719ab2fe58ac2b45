"""What comes out of a printer, in order: rows of text, pictures, codes, empty paper, and what it does besides."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from PIL import Image

from printers.document import Style
from printers.plain_text import plain_row
from printers.raster import blank, draw_text
from printers.symbols import code128_picture, qr_picture
from printers.text_width import text_cells


@dataclass(frozen=True, slots=True)
class PrintedPart:
    """Text of one style that begins at a dot."""

    x: int
    text: str
    style: Style
    cell: tuple[int, int]

    @property
    def dots(self) -> int:
        return text_cells(self.text) * self.style.width * self.cell[0]


@dataclass(frozen=True, slots=True)
class PrintedLine:
    """A row of text and how far the paper went on, in dots."""

    parts: tuple[PrintedPart, ...]
    dots: int


@dataclass(frozen=True, slots=True)
class PrintedPicture:
    """A picture that begins at a dot."""

    x: int
    picture: Image.Image


@dataclass(frozen=True, slots=True)
class PrintedCode:
    """A bar code or QR code that the printer drew."""

    kind: Literal["code128", "qr"]
    x: int
    data: str
    module: int
    height: int


@dataclass(frozen=True, slots=True)
class EmptyPaper:
    """Paper that went on without print, in dots."""

    dots: int


@dataclass(frozen=True, slots=True)
class CutMark:
    """The knife."""


@dataclass(frozen=True, slots=True)
class DrawerPulse:
    """The drawer was told to open, on connector pin 2 or 5."""

    pin: Literal[2, 5]


@dataclass(frozen=True, slots=True)
class Question:
    """Something that the computer asks, in its place in the stream: `GS r`, `GS ( H` (its id) or `GS a`."""

    kind: Literal["sensor", "process_id", "automatic_status"]
    data: bytes


Printed = PrintedLine | PrintedPicture | PrintedCode | EmptyPaper | CutMark | DrawerPulse | Question
OnPaper = PrintedLine | PrintedPicture | PrintedCode | EmptyPaper


def strip_of(printed: OnPaper, dots: int) -> Image.Image:
    """What was printed, as a strip of paper."""
    match printed:
        case PrintedLine():
            return _line_strip(printed, dots)
        case PrintedPicture(x=x, picture=picture):
            return _placed(picture, x, dots)
        case PrintedCode():
            return _placed(code_picture(printed), printed.x, dots)
        case EmptyPaper(dots=height):
            return blank(dots, height)


def height_of(printed: Printed) -> int:
    """How much paper it took, in dots."""
    match printed:
        case PrintedLine(dots=dots) | EmptyPaper(dots=dots):
            return dots
        case PrintedPicture(picture=picture):
            return picture.height
        case PrintedCode():
            return code_picture(printed).height
        case CutMark() | DrawerPulse() | Question():
            return 0


def line_text(line: PrintedLine, columns: int) -> str:
    """A row as plain text."""
    parts = [part for part in line.parts if part.text.strip()]
    return plain_row(
        ((part.x // part.cell[0], part.dots // part.cell[0], part.text) for part in parts), columns
    )


def code_picture(code: PrintedCode) -> Image.Image:
    """The code as the printer draws it."""
    if code.kind == "qr":
        return qr_picture(code.data, code.module)
    return code128_picture(code.data, code.module, code.height)


def _line_strip(line: PrintedLine, dots: int) -> Image.Image:
    strip = blank(dots, line.dots)
    tallest = max((part.style.height * part.cell[1] for part in line.parts), default=0)
    for part in line.parts:
        top = tallest - part.style.height * part.cell[1]
        draw_text(strip, part.x, top, part.text, part.style, part.cell)
    return strip


def _placed(picture: Image.Image, x: int, dots: int) -> Image.Image:
    strip = blank(dots, picture.height)
    strip.paste(picture, (x, 0))
    return strip
