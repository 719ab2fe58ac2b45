"""Where everything stands on the paper: a document laid out in a profile's cells, for bytes and picture alike.

Rows come out in the order of the paper. A figure on the right is never cut: where a row has no room for both sides,
its characters become narrower, and then the figure takes a row of its own.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final, Literal

from printers import document as doc
from printers.document import Style
from printers.plain_text import plain_row
from printers.profile import Profile
from printers.symbols import qr_modules
from printers.text_width import text_cells, wrap

_LEADING_DOTS: Final = 6
_GAP_CELLS: Final = 1
# Of a row, at least this part is left to the words beside a figure.
_LEFT_SHARE: Final = 3

BARCODE_HEIGHT_DOTS: Final = 80
_CODE128_OVERHEAD_MODULES: Final = 11 + 11 + 13 + 20  # start, check, stop, and the quiet zones
_BAR_MODULE_DOTS: Final = 3
_QR_MODULE_DOTS: Final = 5
_QR_QUIET_MODULES: Final = 8
_LEAST_MODULE_DOTS: Final = 2


@dataclass(frozen=True, slots=True)
class Span:
    """A text that begins at a cell. Its width in cells counts the style's width."""

    column: int
    text: str
    style: Style

    @property
    def cells(self) -> int:
        return text_cells(self.text) * self.style.width


@dataclass(frozen=True, slots=True)
class TextRow:
    """One row of text, its spans from left to right; `pitch` is how far the paper goes on, in dots."""

    spans: tuple[Span, ...]
    pitch: int

    def text(self, columns: int) -> str:
        """The row as plain text on paper of so many columns."""
        return plain_row(((span.column, span.cells, span.text) for span in self.spans), columns)


@dataclass(frozen=True, slots=True)
class GapRow:
    """Empty paper, in dots."""

    dots: int


@dataclass(frozen=True, slots=True)
class ImageRow:
    """A picture, centred."""

    image: doc.Image


@dataclass(frozen=True, slots=True)
class CodeRow:
    """A bar code or QR code, centred; `module` is the width of its thinnest part in dots, `height` of the bars."""

    kind: Literal["code128", "qr"]
    data: str
    module: int
    height: int = 0


@dataclass(frozen=True, slots=True)
class CutRow:
    """The end of the paper."""


@dataclass(frozen=True, slots=True)
class DrawerRow:
    """Opens the drawer."""


Row = TextRow | GapRow | ImageRow | CodeRow | CutRow | DrawerRow


@dataclass(frozen=True, slots=True)
class Layout:
    """Rows for one profile."""

    profile: Profile
    rows: tuple[Row, ...]

    def text(self) -> str:
        """What can be read on the paper, row by row."""
        columns = self.profile.columns
        return "".join(row.text(columns) + "\n" for row in self.rows if isinstance(row, TextRow))


def lay_out(document: doc.Document, profile: Profile) -> Layout:
    """The document in rows of this profile."""
    rows: list[Row] = []
    for block in document.blocks:
        rows.extend(_rows(block, profile))
    return Layout(profile, tuple(rows))


def _rows(block: doc.Block, profile: Profile) -> list[Row]:
    match block:
        case doc.Text():
            return [*_paragraph(block, profile)]
        case doc.Columns():
            return [*_columns(block, profile)]
        case doc.Rule():
            mark = "-" if block.kind == "single" else "="
            return [_row((Span(0, mark * profile.columns, doc.PLAIN),), profile)]
        case doc.Image():
            return [ImageRow(block)]
        case doc.Barcode():
            return [*_barcode(block.data, profile)]
        case doc.Qr():
            return [*_qr(block.data, profile)]
        case doc.Feed():
            return [GapRow(block.dots)]
        case doc.Cut():
            return [CutRow()]
        case doc.Drawer():
            return [DrawerRow()]


def _row(spans: tuple[Span, ...], profile: Profile) -> TextRow:
    tallest = max((span.style.height for span in spans), default=1)
    return TextRow(tuple(span for span in spans if span.text), tallest * profile.cell_height + _LEADING_DOTS)


def _paragraph(block: doc.Text, profile: Profile) -> list[TextRow]:
    rows = []
    for line in wrap(block.text, profile.columns // block.style.width):
        cells = text_cells(line) * block.style.width
        free = profile.columns - cells
        column = {"left": 0, "center": free // 2, "right": free}[block.align]
        rows.append(_row((Span(column, line, block.style),), profile))
    return rows


def _columns(block: doc.Columns, profile: Profile) -> list[TextRow]:
    style = _style_with_room(block, profile)
    right_cells = text_cells(block.right) * style.width
    room = profile.columns - block.indent - (right_cells + _GAP_CELLS * style.width if block.right else 0)
    if room < profile.columns // _LEFT_SHARE and block.left:
        return [*_stacked(block, style, profile)]
    *upper, last = wrap(block.left, max(room // style.width, 1))
    rows = [_row((Span(block.indent, line, style),), profile) for line in upper]
    right = Span(profile.columns - right_cells, block.right, style)
    return [*rows, _row((Span(block.indent, last, style), right), profile)]


def _style_with_room(block: doc.Columns, profile: Profile) -> Style:
    """The block's style; single width where both sides do not fit beside each other in double width."""
    style = block.style
    needed = (text_cells(block.left) + _GAP_CELLS + text_cells(block.right)) * style.width + block.indent
    return replace(style, width=1) if style.width == 2 and needed > profile.columns else style


def _stacked(block: doc.Columns, style: Style, profile: Profile) -> list[TextRow]:
    """The words first, the figure under them at the right edge."""
    left = wrap(block.left, (profile.columns - block.indent) // style.width)
    rows = [_row((Span(block.indent, line, style),), profile) for line in left]
    for line in wrap(block.right, profile.columns // style.width):
        column = profile.columns - text_cells(line) * style.width
        rows.append(_row((Span(column, line, style),), profile))
    return rows


def _barcode(data: str, profile: Profile) -> list[CodeRow]:
    """The widest bars up to 3 dots that leave their quiet zones on the paper; none where even 2 dots have no room.

    Thinner bars are not read; the text under them still is.
    """
    module = min(_BAR_MODULE_DOTS, profile.dots // (11 * len(data) + _CODE128_OVERHEAD_MODULES))
    return [CodeRow("code128", data, module, BARCODE_HEIGHT_DOTS)] if module >= _LEAST_MODULE_DOTS else []


def _qr(data: str, profile: Profile) -> list[CodeRow]:
    """The QR code with modules of up to 5 dots, or none where it has no room at 2."""
    module = min(_QR_MODULE_DOTS, profile.dots // (qr_modules(data) + _QR_QUIET_MODULES))
    return [CodeRow("qr", data, module)] if module >= _LEAST_MODULE_DOTS else []
