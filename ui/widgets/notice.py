"""A notice: an icon, two lines (what happened, what to do) and at most one action. It is part of the page."""

from __future__ import annotations

from gettext import gettext as _
from typing import Literal

from PySide6.QtCore import QRect, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QSizePolicy, QWidget

from ui.theme import Theme
from ui.widgets.button import TillButton
from ui.widgets.fitted_text import FittedText, fit_text
from ui.widgets.frames import column, row
from ui.widgets.label import IconLabel

Tone = Literal["notice", "danger"]


class _TwoLines(QWidget):
    """The title in strong type and the advice under it, each on up to two lines."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.title = ""
        self.advice = ""
        self.colour = "on_notice"
        self.clipped = False
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        title, advice = self._fitted()
        return QSize(self._theme.step(40), max(self._theme.step(13), title.height + advice.height))

    def minimumSizeHint(self) -> QSize:
        return QSize(self._theme.step(20), self.sizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.updateGeometry()

    def _fitted(self) -> tuple[FittedText, FittedText]:
        """Both lines at full size where each fits on one; else smaller, on up to two and three."""
        theme, width = self._theme, self.width()
        title = fit_text(self.title, theme.font("text_strong"), width, 1)
        advice = fit_text(self.advice, theme.font("text"), width, 1)
        if title.clipped or advice.clipped:
            title = fit_text(self.title, theme.font("caption_strong"), width, 2)
            advice = fit_text(self.advice, theme.font("caption"), width, 3)
        return title, advice

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        width = self.width()
        title, advice = self._fitted()
        self.clipped = title.clipped or advice.clipped
        top = (self.height() - title.height - advice.height) // 2
        left = Qt.AlignmentFlag.AlignLeft
        colour = self._theme.colour(self.colour)
        title.draw(painter, QRect(0, top, width, title.height), left, colour)
        advice.draw(painter, QRect(0, top + title.height, width, advice.height), left, colour)
        painter.end()


class NoticeBox(QFrame):
    """Shows one notice in place. `acted`, `declined`: its action, or a question's other answer, was tapped.

    `dismissed`: it was put away.
    """

    acted = Signal()
    declined = Signal()
    dismissed = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.setProperty("role", "notice")
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self._icon = IconLabel(theme, "triangle-alert", "on_notice", 6)
        self._words = _TwoLines(theme)
        self._action = self._answer_key()
        self._action.acted.connect(self.acted.emit)
        self._other = self._answer_key()
        self._other.acted.connect(self.declined.emit)
        self._close = TillButton(theme, role="notice", icon="x")
        self._close.setFixedSize(theme.step(9.5), theme.step(9.5))
        self._close.setAccessibleName(_("Put this notice away"))
        self._close.acted.connect(self.dismissed.emit)
        step = theme.step
        box = column(self, margins=(step(3.5), step(2), step(2.5), step(2)), gap=step(1.5))
        self._first = row(gap=step(3))
        for widget in (self._icon, self._words, self._action, self._close):
            self._first.addWidget(widget)
        box.addLayout(self._first)
        # A question's answers stand under it, side by side.
        self._answers = row(margins=(step(9), 0, 0, 0), gap=step(2))
        self._answers.addWidget(self._other)
        box.addLayout(self._answers)

    @property
    def title(self) -> str:
        return self._words.title

    @property
    def advice(self) -> str:
        return self._words.advice

    @property
    def action_text(self) -> str:
        """The word on the action, empty when there is none."""
        return "" if self._action.isHidden() else self._action.text()

    @property
    def action(self) -> TillButton:
        return self._action

    @property
    def other_text(self) -> str:
        """The word on a question's second answer, empty when there is none."""
        return "" if self._other.isHidden() else self._other.text()

    @property
    def other(self) -> TillButton:
        """The second answer of a question."""
        return self._other

    def say(
        self,
        title: str,
        advice: str,
        *,
        icon: str = "triangle-alert",
        action: str = "",
        other: str = "",
        tone: Tone = "notice",
        closable: bool = True,
    ) -> None:
        """Show two lines, with an action if there is a word for it, and with another answer if it is a question."""
        colour = f"on_{tone}"
        if self.property("role") != tone:
            self.setProperty("role", tone)
            self.style().unpolish(self)
            self.style().polish(self)
        self._icon.set_icon(icon, colour)
        self._words.title, self._words.advice, self._words.colour = title, advice, colour
        self._words.setAccessibleName(f"{title} {advice}")
        self._words.updateGeometry()
        self._words.update()
        if other:
            self._answers.insertWidget(0, self._action)
        else:
            self._first.insertWidget(2, self._action)
        for key, word in ((self._action, action), (self._other, other)):
            key.set_words(word)
            key.setVisible(bool(word))
        self._close.setVisible(closable)
        self.setAccessibleName(f"{title} {advice}")

    def _answer_key(self) -> TillButton:
        key = TillButton(self._theme, role="notice", font="caption_strong")
        key.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        key.setMinimumHeight(self._theme.step(11))
        return key
