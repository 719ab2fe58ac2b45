"""One part of the return quote as a card: what it is about, its figure, and the rows that make it up."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QFrame, QSizePolicy, QWidget

from ui.theme import Theme
from ui.widgets.frames import column, emptied, frame, row, rule
from ui.widgets.label import FittedLabel, IconLabel, Label


class ReturnCard(QFrame):
    """`tinted`: the card that the cashier reads first."""

    def __init__(self, theme: Theme, icon: str, *, tinted: bool = False) -> None:
        super().__init__()
        self._theme = theme
        step = theme.step
        self.setProperty("role", "card")
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        ink = "on_tint" if tinted else "text"
        head = frame("tint") if tinted else QWidget()
        head_box = row(head, margins=(step(4), step(2), step(4), step(2)), gap=step(3))
        head_box.addWidget(IconLabel(theme, icon, ink, 5.5))
        self.title = FittedLabel(theme, "text_strong", ink)
        self.figure = FittedLabel(
            theme, "figure" if tinted else "value", ink, align=Qt.AlignmentFlag.AlignRight
        )
        head_box.addWidget(self.title, 1)
        head_box.addWidget(self.figure)
        self._head_height = max(QFontMetrics(self.figure.font()).height(), step(5.5)) + step(4)
        head.setFixedHeight(self._head_height)
        box = column(self, margins=(1, 1, 1, 1))
        box.addWidget(head)
        self._rule = rule()
        box.addWidget(self._rule)
        self._place = QWidget()
        self._rows = column(self._place, margins=(step(4), step(2), step(4), step(2)), gap=step(1))
        box.addWidget(self._place)
        self._row_height = QFontMetrics(theme.font("text_strong")).height()
        self._shown: tuple[tuple[str, str], ...] | None = None

    def height_with(self, rows: int) -> int:
        """How high the card is with so many rows, in pixels."""
        if not rows:
            return self._head_height + 2
        step = self._theme.step
        return self._head_height + 3 + step(4) + rows * self._row_height + (rows - 1) * step(1)

    def show_facts(self, title: str, figure: str, rows: Sequence[tuple[str, str]]) -> None:
        """`rows` are (words, figure)."""
        theme = self._theme
        self.title.setText(title)
        self.figure.setText(figure)
        self._rule.setVisible(bool(rows))
        self._place.setVisible(bool(rows))
        if tuple(rows) == self._shown:
            return
        self._shown = tuple(rows)
        self.setFixedHeight(self.height_with(len(rows)))
        emptied(self._rows)
        for words, amount in rows:
            line = QWidget()
            line.setFixedHeight(self._row_height)
            box = row(line, gap=theme.step(3))
            box.addWidget(FittedLabel(theme, "text", "text_2", words), 1)
            box.addWidget(Label(theme, "text_strong", "text", amount, tabular=True))
            self._rows.addWidget(line)

    def facts(self) -> tuple[tuple[str, str], ...]:
        """The rows as they are shown."""
        return self._shown or ()
