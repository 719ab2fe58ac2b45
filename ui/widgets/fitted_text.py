"""Text made to fit its place: on one or two lines, a little smaller if need be, and only then cut with an ellipsis.

Translations are longer than English; a button that says half a word is worse than one in slightly smaller type.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QTextLayout, QTextOption

SMALLEST_SHARE: Final = 0.72
_SHRINK_STEPS: Final = 6


@dataclass(frozen=True, slots=True)
class FittedText:
    """`lines` in `font`; `clipped` when even the smallest type was too wide."""

    font: QFont
    lines: tuple[str, ...]
    clipped: bool

    @property
    def height(self) -> int:
        return len(self.lines) * QFontMetrics(self.font).height()

    @property
    def width(self) -> int:
        metrics = QFontMetrics(self.font)
        return max((metrics.horizontalAdvance(line) for line in self.lines), default=0)

    def draw(self, painter: QPainter, rect: QRect, align: Qt.AlignmentFlag, colour: QColor) -> None:
        """Draw the lines as one block, vertically in the middle of `rect`."""
        painter.setFont(self.font)
        painter.setPen(colour)
        line_height = QFontMetrics(self.font).height()
        top = rect.top() + (rect.height() - self.height) // 2
        for number, line in enumerate(self.lines):
            box = QRect(rect.left(), top + number * line_height, rect.width(), line_height)
            painter.drawText(box, align | Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine, line)


def fit_text(text: str, font: QFont, width: int, max_lines: int = 1) -> FittedText:
    """`text` in at most `max_lines` lines of `width` pixels."""
    return _fit(text, font.toString(), font.isFeatureSet(QFont.Tag("tnum")), width, max_lines)


@lru_cache(maxsize=1024)
def _fit(text: str, font_key: str, tabular: bool, width: int, max_lines: int) -> FittedText:
    font = QFont()
    font.fromString(font_key)
    if tabular:
        font.setFeature(QFont.Tag("tnum"), 1)
    size = font.pixelSize()
    lines: tuple[str, ...] = ("",)
    for step in range(_SHRINK_STEPS + 1):
        share = 1 - (1 - SMALLEST_SHARE) * step / _SHRINK_STEPS
        font.setPixelSize(max(1, round(size * share)))
        lines = _wrapped(text, font, width)
        if len(lines) <= max_lines and _widest(lines, font) <= width:
            return FittedText(QFont(font), lines, clipped=False)
    kept, rest = lines[: max_lines - 1], " ".join(lines[max_lines - 1 :])
    last = QFontMetrics(font).elidedText(rest, Qt.TextElideMode.ElideRight, width)
    return FittedText(QFont(font), (*kept, last), clipped=True)


def _widest(lines: tuple[str, ...], font: QFont) -> int:
    metrics = QFontMetrics(font)
    return max((metrics.horizontalAdvance(line) for line in lines), default=0)


def _wrapped(text: str, font: QFont, width: int) -> tuple[str, ...]:
    layout = QTextLayout(text, font)
    option = QTextOption()
    option.setWrapMode(QTextOption.WrapMode.WordWrap)
    layout.setTextOption(option)
    layout.beginLayout()
    lines = []
    while (line := layout.createLine()).isValid():
        line.setLineWidth(max(1, width))
        lines.append(text[line.textStart() : line.textStart() + line.textLength()].rstrip())
    layout.endLayout()
    return tuple(lines) or ("",)


def rounded(
    painter: QPainter,
    rect: QRect,
    radius: int,
    fill: QColor,
    border: QColor | None = None,
    border_px: int = 1,
) -> None:
    """A filled rounded rectangle whose border lies inside `rect`, so that a thicker one moves nothing."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setBrush(fill)
    if border is None:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.drawRoundedRect(QRectF(rect), radius, radius)
        return
    pen = painter.pen()
    pen.setStyle(Qt.PenStyle.SolidLine)
    pen.setColor(border)
    pen.setWidth(border_px)
    painter.setPen(pen)
    inset = border_px / 2
    painter.drawRoundedRect(QRectF(rect).adjusted(inset, inset, -inset, -inset), radius, radius)
