"""Characters as dots, as a thermal printer has them: black or white, each in its cells.

DejaVu Sans Mono for what it has, Droid Sans Fallback for Chinese, Japanese and Korean; both lie in printers/fonts, so
every machine draws the same picture. A character that neither has is looked for in the system's own wide fonts.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Final

from PIL import Image, ImageDraw, ImageFont

from printers.document import Style
from printers.text_width import char_cells

FONTS: Final = Path(__file__).resolve().parent / "fonts"
_SYSTEM_FONTS: Final = (
    Path("/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc"),
    Path("/usr/share/fonts/opentype/unifont/unifont.otf"),
)
_PAPER, _INK = 1, 0

# Of the cell's height: the size that makes DejaVu's advance one cell of 12 dots, and where its baseline stands.
_LATIN_SIZE: Final = 20 / 24
_LATIN_BASELINE: Final = 19 / 24
_WIDE_SIZE: Final = 23 / 24
_WIDE_BASELINE: Final = 20 / 24


@lru_cache(maxsize=8192)
def glyph(char: str, style: Style, cell_width: int, cell_height: int) -> Image.Image:
    """One character (with the marks that sit on it) as a picture of exactly its cells, black on white."""
    cells = max(sum(map(char_cells, char)), 1)
    size = (cells * cell_width * style.width, cell_height * style.height)
    scale = max(style.width, style.height)
    # Drawn at the larger of both scales and then made narrower or lower, so that strokes stay whole.
    drawn = _draw(char, style.bold, cells * cell_width * scale, cell_height * scale)
    if drawn.size == size:
        return drawn
    return drawn.convert("L").resize(size, Image.Resampling.BOX).point(lambda dot: 255 * (dot > 127), "1")


def _draw(char: str, bold: bool, width: int, height: int) -> Image.Image:
    picture = Image.new("1", (width, height), _PAPER)
    pen = ImageDraw.Draw(picture)
    pen.fontmode = "1"
    font, drawn_bold, baseline = _font_for(char, bold, height)
    left = (width - font.getlength(char)) / 2
    pen.text((round(left), round(baseline)), char, _INK, font=font, anchor="ls")
    if bold and not drawn_bold:
        # What a printer does for bold: the same dots once more, a dot further on.
        shifted = Image.new("1", picture.size, _PAPER)
        shifted.paste(picture, (max(height // 24, 1), 0))
        picture = Image.composite(picture, shifted, shifted)
    return picture


def _font_for(char: str, bold: bool, height: int) -> tuple[ImageFont.FreeTypeFont, bool, float]:
    """The first font that has the character, whether it is bold by itself, and the baseline from the top."""
    base = char[0]
    if char_cells(base) < 2:
        path = FONTS / ("DejaVuSansMono-Bold.ttf" if bold else "DejaVuSansMono.ttf")
        if _has(path, base):
            return _font(path, round(height * _LATIN_SIZE)), bold, height * _LATIN_BASELINE
    for path in _wide_fonts():
        if _has(path, base):
            return _font(path, round(height * _WIDE_SIZE)), False, height * _WIDE_BASELINE
    # Nobody has it: the box that fonts keep for this says so, and never another character.
    return _font(FONTS / "DejaVuSansMono.ttf", round(height * _LATIN_SIZE)), False, height * _LATIN_BASELINE


def _wide_fonts() -> Iterator[Path]:
    yield FONTS / "DroidSansFallbackFull.ttf"
    yield FONTS / "DejaVuSansMono.ttf"
    yield from _system_fonts()


@lru_cache(maxsize=1)
def _system_fonts() -> tuple[Path, ...]:
    return tuple(path for path in _SYSTEM_FONTS if path.exists())


@lru_cache(maxsize=64)
def _font(path: Path, size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(path), size, layout_engine=ImageFont.Layout.BASIC)


@lru_cache(maxsize=4096)
def _has(path: Path, char: str) -> bool:
    """Whether a font draws this character: one that it lacks is drawn as its box, like a code point that is none."""
    if char == " ":
        return True
    font = _font(path, 24)
    missing = font.getmask("\uffff", mode="1")
    mask = font.getmask(char, mode="1")
    return not (mask.size == missing.size and bytes(mask) == bytes(missing))
