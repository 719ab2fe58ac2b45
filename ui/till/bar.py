"""The bar on top: which shop, which register, who is signed on, what time it is."""

from __future__ import annotations

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QWidget

from ui.figures import Figures
from ui.theme import Theme
from ui.widgets.fitted_text import fit_text, rounded
from ui.widgets.frames import row, rule
from ui.widgets.label import FittedLabel, IconLabel, Label


class _Mark(QWidget):
    """The product's mark: an R in a green square."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.setFixedSize(theme.step(6.5), theme.step(6.5))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        rounded(painter, QRect(self.rect()), self._theme.step(1.5), self._theme.colour("brand"))
        letter = fit_text("R", self._theme.font("text_strong"), self.width())
        letter.draw(painter, self.rect(), Qt.AlignmentFlag.AlignHCenter, self._theme.colour("on_brand"))
        painter.end()


class TopBar(QFrame):
    """Names of shop, register and operator; the store's own time."""

    def __init__(self, theme: Theme, figures: Figures, store: str, register: str, operator: str) -> None:
        super().__init__()
        self._figures = figures
        self.setProperty("role", "bar")
        step = theme.step
        self.setFixedHeight(step(12))
        box = row(self, margins=(step(3), 0, step(4), 0), gap=step(2.5))
        box.addWidget(_Mark(theme))
        box.addWidget(Label(theme, "item", "on_bar", "Regulars"))
        box.addSpacing(step(1))
        box.addWidget(self._rule(theme))
        box.addSpacing(step(1))
        box.addWidget(FittedLabel(theme, "text", "on_bar_2", store))
        box.addWidget(FittedLabel(theme, "text", "on_bar", register))
        box.addStretch(1)
        self.day = Label(theme, "text", "on_bar_2")
        self.time = Label(theme, "text_strong", "on_bar", tabular=True)
        box.addWidget(self.day)
        box.addWidget(self.time)
        box.addSpacing(step(1))
        box.addWidget(self._rule(theme))
        box.addSpacing(step(1))
        box.addWidget(IconLabel(theme, "user", "on_bar", 4.5))
        box.addWidget(FittedLabel(theme, "text", "on_bar", operator))

    def show_time(self, now_ms: int) -> None:
        self.day.setText(self._figures.day(now_ms))
        self.time.setText(self._figures.time(now_ms))

    def _rule(self, theme: Theme) -> QWidget:
        line = rule(vertical=True, role="bar-rule")
        line.setFixedHeight(theme.step(5))
        return line
