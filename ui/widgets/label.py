"""Text on the screen, in a font role and a colour role of the theme."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

from ui.icon import icon_pixmap
from ui.theme import FontRole, Theme
from ui.widgets.fitted_text import fit_text


class Label(QLabel):
    """A label that never shows markup: names and titles come from data."""

    def __init__(
        self,
        theme: Theme,
        font: FontRole = "text",
        colour: str = "text",
        text: str = "",
        *,
        tabular: bool = False,
    ) -> None:
        super().__init__(text)
        self._theme = theme
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setFont(theme.font(font, tabular=tabular))
        self.set_colour(colour)

    def set_colour(self, role: str) -> None:
        palette = self.palette()
        palette.setColor(QPalette.ColorRole.WindowText, self._theme.colour(role))
        self.setPalette(palette)


class FittedLabel(QWidget):
    """Text that shrinks a little, then is cut with an ellipsis, when its place is too narrow (long names)."""

    def __init__(
        self,
        theme: Theme,
        font: FontRole = "text",
        colour: str = "text",
        text: str = "",
        *,
        max_lines: int = 1,
        align: Qt.AlignmentFlag = Qt.AlignmentFlag.AlignLeft,
        tabular: bool = False,
    ) -> None:
        super().__init__()
        self._theme = theme
        self._colour = colour
        self._text = text
        self._max_lines = max_lines
        self._align = align
        self.clipped = False
        self.setFont(theme.font(font, tabular=tabular))
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    def text(self) -> str:
        return self._text

    def setText(self, text: str) -> None:
        if text != self._text:
            self._text = text
            self.setAccessibleName(text)
            self.updateGeometry()
            self.update()

    def set_colour(self, role: str) -> None:
        self._colour = role
        self.update()

    def sizeHint(self) -> QSize:
        metrics = QFontMetrics(self.font())
        around = self.contentsMargins()
        return QSize(
            metrics.horizontalAdvance(self._text) + 1 + around.left() + around.right(),
            metrics.height() * self._max_lines + around.top() + around.bottom(),
        )

    def minimumSizeHint(self) -> QSize:
        return QSize(self._theme.step(4), self.sizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        place = self.contentsRect()
        fitted = fit_text(self._text, self.font(), place.width(), self._max_lines)
        self.clipped = fitted.clipped
        painter = QPainter(self)
        fitted.draw(painter, place, self._align, self._theme.colour(self._colour))
        painter.end()


class IconLabel(QWidget):
    """An icon of the theme's colour. It says nothing by itself: a word stands beside it."""

    def __init__(self, theme: Theme, name: str, colour: str = "text", steps: float = 5) -> None:
        super().__init__()
        self._theme = theme
        self._name = name
        self._colour = colour
        side = theme.step(steps)
        self.setFixedSize(side, side)

    def set_icon(self, name: str, colour: str) -> None:
        self._name, self._colour = name, colour
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        colour = getattr(self._theme.tokens, self._colour)
        painter.drawPixmap(0, 0, icon_pixmap(self._name, colour, self.width(), self.devicePixelRatioF()))
        painter.end()
