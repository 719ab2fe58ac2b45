"""A layout as a picture: the same rows that become ESC/POS bytes, drawn dot for dot."""

from __future__ import annotations

from typing import Final

from PIL import Image

from printers import document as doc
from printers.document import Style
from printers.glyphs import glyph
from printers.layout import CodeRow, CutRow, DrawerRow, GapRow, ImageRow, Layout, Row, TextRow
from printers.profile import Profile
from printers.symbols import code128_picture, qr_picture
from printers.text_width import char_cells

MARGIN_DOTS: Final = 32
_PAPER: Final = 1


def layout_picture(layout: Layout, margin_dots: int = MARGIN_DOTS) -> Image.Image:
    """The paper as a black and white picture, one pixel a dot, with a white margin around it."""
    strips = [strip for row in layout.rows if (strip := _strip(row, layout.profile)) is not None]
    return stack(strips, layout.profile.dots, margin_dots)


def stack(strips: list[Image.Image], dots: int, margin_dots: int = MARGIN_DOTS) -> Image.Image:
    """Strips of paper under each other."""
    height = sum(strip.height for strip in strips)
    paper = Image.new("1", (dots + 2 * margin_dots, height + 2 * margin_dots), _PAPER)
    at = margin_dots
    for strip in strips:
        paper.paste(strip, (margin_dots, at))
        at += strip.height
    return paper


def text_strip(row: TextRow, profile: Profile) -> Image.Image:
    """One row of text, as wide as the paper and as high as its pitch. Lower characters stand on the line of taller."""
    strip = blank(profile.dots, row.pitch)
    cell = (profile.cell_width, profile.cell_height)
    tallest = max((span.style.height for span in row.spans), default=1) * profile.cell_height
    for span in row.spans:
        top = tallest - span.style.height * profile.cell_height
        draw_text(strip, span.column * profile.cell_width, top, span.text, span.style, cell)
    return strip


def draw_text(strip: Image.Image, x: int, y: int, text: str, style: Style, cell: tuple[int, int]) -> None:
    """Draw at a dot, a character after the other in its cells (width and height in dots)."""
    for char in clusters(text):
        if char != " ":
            strip.paste(glyph(char, style, *cell), (x, y))
        x += max(sum(map(char_cells, char)), 1) * style.width * cell[0]


def clusters(text: str) -> list[str]:
    """The characters of a text, each with the marks that sit on it."""
    found: list[str] = []
    for char in text:
        if found and char_cells(char) == 0:
            found[-1] += char
        else:
            found.append(char)
    return found


def code_strip(row: CodeRow, profile: Profile) -> Image.Image:
    """A bar code or QR code in the middle of the paper."""
    drawn = (
        code128_picture(row.data, row.module, row.height)
        if row.kind == "code128"
        else qr_picture(row.data, row.module)
    )
    return centered(drawn, profile.dots)


def centered(picture: Image.Image, dots: int) -> Image.Image:
    """The picture in the middle of a strip of paper."""
    strip = blank(dots, picture.height)
    strip.paste(picture, ((dots - picture.width) // 2, 0))
    return strip


def blank(dots: int, height: int) -> Image.Image:
    """White paper."""
    return Image.new("1", (dots, height), _PAPER)


def image_of(image: doc.Image) -> Image.Image:
    """A document's image, whose ones are black, as a picture whose ones are white."""
    return Image.frombytes("1", (image.width, image.height), bytes(255 - byte for byte in image.rows))


def _strip(row: Row, profile: Profile) -> Image.Image | None:
    match row:
        case TextRow():
            return text_strip(row, profile)
        case GapRow(dots=dots):
            return blank(profile.dots, dots)
        case ImageRow(image=image):
            return centered(image_of(image), profile.dots)
        case CodeRow():
            return code_strip(row, profile)
        case CutRow() | DrawerRow():
            return None
