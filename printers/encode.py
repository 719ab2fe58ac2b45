"""A layout as ESC/POS bytes, in segments that end between commands, so that a sender may pause after each.

The encoder keeps the printer's state itself and sends what changes. Where the profile's code pages lack a character,
the row goes as a picture of itself.
"""

from __future__ import annotations

from printers import escpos_bytes as esc
from printers.code_pages import ASCII, CHINESE, Run, runs_of
from printers.document import PLAIN, Style
from printers.layout import CodeRow, CutRow, DrawerRow, GapRow, ImageRow, Layout, Row, TextRow
from printers.profile import Profile
from printers.raster import code_strip, image_of, text_strip

_NO_CUTTER_FEED_DOTS = 120


def encode(layout: Layout) -> bytes:
    """The whole paper in one piece."""
    return b"".join(encode_segments(layout))


def encode_segments(layout: Layout) -> tuple[bytes, ...]:
    """The paper as bytes, one segment a row; the first one resets the printer."""
    encoder = _Encoder(layout.profile)
    return (encoder.begin(), *(encoder.row(row) for row in layout.rows))


class _Encoder:
    """The printer's state as this job has made it."""

    def __init__(self, profile: Profile) -> None:
        self._profile = profile
        self._numbers = dict(profile.code_pages)
        self._page = ""
        self._chinese = False
        self._style = PLAIN
        self._pitch = 0

    def begin(self) -> bytes:
        # Printers sold in China wake up in Chinese mode, where the letters of code page 852 are half characters.
        return esc.INITIALIZE + esc.CHINESE_OFF + esc.font(0 if self._profile.font == "A" else 1)

    def row(self, row: Row) -> bytes:
        match row:
            case TextRow():
                return self._text(row)
            case GapRow(dots=dots):
                return esc.feed(dots)
            case ImageRow(image=image):
                return esc.centered(True) + esc.image(image_of(image)) + esc.centered(False)
            case CodeRow():
                return esc.centered(True) + self._code(row) + esc.centered(False)
            case CutRow():
                return self._cut()
            case DrawerRow():
                return esc.drawer(self._profile.drawer)

    def _text(self, row: TextRow) -> bytes:
        kept = (self._page, self._chinese, self._style, self._pitch)
        parts = [self._line_pitch(row.pitch)]
        at = 0
        for span in row.spans:
            if span.column > at:
                parts.append(self._set_style(PLAIN) + b" " * (span.column - at))
            runs = runs_of(span.text, self._profile, self._page)
            if runs is None:
                self._page, self._chinese, self._style, self._pitch = kept
                # A raster picture feeds its own height.
                return esc.image(text_strip(row, self._profile))
            parts.append(self._set_style(span.style))
            parts.extend(self._run(run) for run in runs)
            at = span.column + span.cells
        return b"".join(parts) + esc.LINE_FEED

    def _run(self, run: Run) -> bytes:
        switch = b""
        if run.page == CHINESE:
            if not self._chinese:
                switch, self._chinese = esc.CHINESE_ON, True
            return switch + run.data
        if self._chinese:
            switch, self._chinese = esc.CHINESE_OFF, False
        if run.page not in (ASCII, self._page):
            switch += esc.code_page(self._numbers[run.page])
            self._page = run.page
        return switch + run.data

    def _set_style(self, style: Style) -> bytes:
        before, self._style = self._style, style
        changed = b""
        if style.bold != before.bold:
            changed += esc.bold(style.bold)
        if (style.width, style.height) != (before.width, before.height):
            changed += esc.size(style.width, style.height)
        return changed

    def _line_pitch(self, dots: int) -> bytes:
        if dots == self._pitch:
            return b""
        self._pitch = dots
        return esc.line_pitch(dots)

    def _code(self, row: CodeRow) -> bytes:
        if not self._profile.native_codes:
            return esc.image(code_strip(row, self._profile))
        if row.kind == "qr":
            return esc.qr(row.data, row.module)
        return esc.code128(row.data, row.module, row.height)

    def _cut(self) -> bytes:
        if self._profile.cut == "none":
            return esc.feed(_NO_CUTTER_FEED_DOTS)
        return esc.cut(partial=self._profile.cut == "partial")
