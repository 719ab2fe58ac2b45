"""A chip: an icon and a word in a round frame (a member's tier, how many receipts wait)."""

from __future__ import annotations

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from ui.icon import icon_pixmap
from ui.theme import Theme
from ui.widgets.fitted_text import fit_text, rounded


class Chip(QWidget):
    """`colour` is the ground's role in the tokens, `on_<colour>` the word's."""

    def __init__(self, theme: Theme, icon: str, text: str = "", colour: str = "tier") -> None:
        super().__init__()
        self._theme = theme
        self._icon = icon
        self._text = text
        self._colour = colour
        self.clipped = False
        self.setFont(theme.font("caption_strong"))
        self.setFixedHeight(theme.step(6))
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)

    def text(self) -> str:
        return self._text

    def set_chip(self, icon: str, text: str, colour: str) -> None:
        self._icon, self._text, self._colour = icon, text, colour
        self.setAccessibleName(text)
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        step = self._theme.step
        return QSize(QFontMetrics(self.font()).horizontalAdvance(self._text) + step(8.5), self.height())

    def minimumSizeHint(self) -> QSize:
        return QSize(self._theme.step(8), self.height())

    def paintEvent(self, event: QPaintEvent) -> None:
        step = self._theme.step
        painter = QPainter(self)
        rounded(painter, self.rect(), self.height() // 2, self._theme.colour(self._colour))
        ink = "text_2" if self._colour == "sunken" else f"on_{self._colour}"
        side = step(3.5)
        picture = icon_pixmap(self._icon, getattr(self._theme.tokens, ink), side, self.devicePixelRatioF())
        painter.drawPixmap(step(2.25), (self.height() - side) // 2, picture)
        left = step(6.5)
        fitted = fit_text(self._text, self.font(), self.width() - left - step(1.5))
        self.clipped = fitted.clipped
        box = QRect(left, 0, self.width() - left - step(1.5), self.height())
        fitted.draw(painter, box, Qt.AlignmentFlag.AlignLeft, self._theme.colour(ink))
        painter.end()
