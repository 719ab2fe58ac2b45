"""A member's initials in a circle. Never a picture: the screen is seen by the whole queue."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from ui.icon import icon_pixmap
from ui.theme import FontRole, Theme
from ui.widgets.fitted_text import fit_text


class Avatar(QWidget):
    """Initials upon the primary colour; without initials a person's outline upon a quiet ground."""

    def __init__(self, theme: Theme, steps: float = 12, font: FontRole = "text_strong") -> None:
        super().__init__()
        self._theme = theme
        self._font: FontRole = font
        self._initials = ""
        side = theme.step(steps)
        self.setFixedSize(side, side)

    def set_initials(self, initials: str) -> None:
        self._initials = initials
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        theme = self._theme
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.colour("primary" if self._initials else "sunken"))
        painter.drawEllipse(self.rect())
        if self._initials:
            words = fit_text(self._initials, theme.font(self._font), self.width() - theme.step(2))
            words.draw(painter, self.rect(), Qt.AlignmentFlag.AlignHCenter, theme.colour("on_primary"))
        else:
            side = self.width() // 2
            at = (self.width() - side) // 2
            picture = icon_pixmap("user", theme.tokens.text_2, side, self.devicePixelRatioF())
            painter.drawPixmap(at, at, picture)
        painter.end()
