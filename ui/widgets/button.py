"""The till's buttons: a key of the keypad, an action, and the one primary button of the screen.

They take no focus, so that the entry keeps it. Keys act on press; what cannot be taken back by the next tap acts on
release, so that a finger can slide off.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from PySide6.QtCore import QRect, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QPushButton, QSizePolicy

from ui.icon import icon_pixmap
from ui.theme import TARGET_MIN_MM, FontRole, Theme
from ui.widgets.fitted_text import FittedText, fit_text, rounded

ButtonRole = Literal["key", "soft", "enter", "chosen", "action", "notice", "primary"]


@dataclass(frozen=True, slots=True)
class _Look:
    """Colour roles of one kind of button."""

    fill: str
    pressed: str
    border: str
    text: str
    second: str


_LOOKS: Final[dict[ButtonRole, _Look]] = {
    "key": _Look("key", "key_pressed", "line", "text", "text_2"),
    "soft": _Look("sunken", "key_pressed", "line", "text", "text_2"),
    "enter": _Look("tint", "key_pressed", "primary", "on_tint", "on_tint"),
    "chosen": _Look("tint", "key_pressed", "primary", "on_tint", "on_tint"),
    "action": _Look("surface", "key_pressed", "line", "text", "text_2"),
    "notice": _Look("notice", "notice_line", "on_notice", "on_notice", "on_notice"),
    "primary": _Look("primary", "primary_pressed", "primary", "on_primary", "on_primary"),
}


class TillButton(QPushButton):
    """A painted button: icon, words, a second line, a figure on the right."""

    acted = Signal()

    def __init__(
        self,
        theme: Theme,
        text: str = "",
        *,
        role: ButtonRole = "action",
        icon: str = "",
        font: FontRole = "text_strong",
        stacked: bool = False,
        on_press: bool = False,
        icon_steps: float = 5,
    ) -> None:
        super().__init__(text)
        self._theme = theme
        self._role: ButtonRole = role
        self._icon = icon
        self._second = ""
        self._figure = ""
        self._trailing_icon = ""
        self._stacked = stacked
        self._icon_steps = icon_steps
        self.clipped = False
        self.setFont(theme.font(font))
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setMinimumHeight(theme.mm(TARGET_MIN_MM))
        (self.pressed if on_press else self.clicked).connect(lambda *_: self.acted.emit())

    def set_role(self, role: ButtonRole) -> None:
        if role != self._role:
            self._role = role
            self.update()

    def set_words(self, text: str, *, second: str = "", figure: str = "", trailing_icon: str = "") -> None:
        """What the button says: `second` is the smaller line under the text, `figure` stands on the right."""
        self.setText(text)
        self._second, self._figure, self._trailing_icon = second, figure, trailing_icon
        self.setAccessibleName(" ".join(part for part in (text, figure, second) if part))
        self.update()

    def second(self) -> str:
        return self._second

    def figure(self) -> str:
        return self._figure

    @property
    def _is_wide(self) -> bool:
        return bool(self._figure or self._trailing_icon)

    def sizeHint(self) -> QSize:
        metrics = self.fontMetrics()
        width = metrics.horizontalAdvance(self.text()) + self._theme.step(8)
        if self._icon and not self._stacked:
            width += self._theme.step(self._icon_steps + 2)
        return QSize(width, max(self.minimumHeight(), metrics.height() + self._theme.step(4)))

    def minimumSizeHint(self) -> QSize:
        return QSize(self._theme.mm(TARGET_MIN_MM), self.minimumHeight())

    def paintEvent(self, event: QPaintEvent) -> None:
        look = _LOOKS[self._role]
        painter = QPainter(self)
        if not self.isEnabled() and self._role != "chosen":
            fill, border, text, second = "sunken", "line", "text_3", "text_3"
        else:
            fill = look.pressed if self.isDown() else look.fill
            border, text, second = look.border, look.text, look.second
        thick = 2 if self._role == "chosen" else 1
        colour = self._theme.colour
        rounded(painter, self.rect(), self._theme.step(2), colour(fill), colour(border), thick)
        if self._is_wide:
            self._paint_wide(painter, text, second)
        elif self._stacked or (self._second and not self._icon):
            self._paint_stacked(painter, text, second)
        else:
            self._paint_centred(painter, text)
        painter.end()

    def _paint_wide(self, painter: QPainter, text: str, second: str) -> None:
        """Words on the left, a figure or an icon on the right: Finish."""
        theme = self._theme
        box = self.rect().adjusted(theme.step(5), theme.step(1), -theme.step(5), -theme.step(1))
        if self._trailing_icon:
            side = theme.step(8)
            box.setRight(box.right() - side - theme.step(3))
            self._draw_icon(painter, self._trailing_icon, text, box.right() + theme.step(3), side)
        if self._figure:
            figure = fit_text(self._figure, theme.font("figure"), box.width() * 2 // 5)
            figure.draw(painter, box, Qt.AlignmentFlag.AlignRight, theme.colour(text))
            box.setRight(box.right() - figure.width - theme.step(4))
            self.clipped = figure.clipped
        words = fit_text(self.text(), self.font(), box.width(), 1)
        if words.clipped:
            words = fit_text(self.text(), self.font(), box.width(), 2)
        self._draw_two(painter, box, words, text, second, Qt.AlignmentFlag.AlignLeft)

    def _paint_stacked(self, painter: QPainter, text: str, second: str) -> None:
        """An icon above the words, or two lines of words, in the middle."""
        theme = self._theme
        pad = theme.step(1)
        box = self.rect().adjusted(pad, pad, -pad, -pad)
        words = fit_text(self.text(), self.font(), box.width(), 1)
        if self._icon:
            side, gap = theme.step(self._icon_steps), theme.step(1)
            if words.clipped:
                words = fit_text(self.text(), self.font(), box.width(), 2)
            # Two lines of words leave no room for an icon on a low key.
            if side + gap + words.height <= box.height():
                top = box.top() + (box.height() - side - gap - words.height) // 2
                self._draw_icon(painter, self._icon, text, box.center().x() - side // 2, side, top)
                box = QRect(box.left(), top + side + gap, box.width(), words.height)
        self._draw_two(painter, box, words, text, second, Qt.AlignmentFlag.AlignHCenter)

    def _paint_centred(self, painter: QPainter, text: str) -> None:
        """An icon and words beside it, both in the middle."""
        theme = self._theme
        pad = theme.step(2)
        box = self.rect().adjusted(pad, pad // 2, -pad, -pad // 2)
        side = theme.step(self._icon_steps) if self._icon else 0
        gap = theme.step(2) if self._icon and self.text() else 0
        words = fit_text(self.text(), self.font(), box.width() - side - gap, 2)
        self.clipped = words.clipped
        left = box.left() + max(0, (box.width() - side - gap - words.width) // 2)
        if self._icon:
            self._draw_icon(painter, self._icon, text, left, side)
        place = QRect(left + side + gap, box.top(), box.right() - left - side - gap + 1, box.height())
        words.draw(painter, place, Qt.AlignmentFlag.AlignLeft, theme.colour(text))

    def _draw_two(
        self,
        painter: QPainter,
        box: QRect,
        words: FittedText,
        text: str,
        second: str,
        align: Qt.AlignmentFlag,
    ) -> None:
        theme = self._theme
        self.clipped = words.clipped
        if not self._second:
            words.draw(painter, box, align, theme.colour(text))
            return
        below = fit_text(self._second, theme.font("caption"), box.width(), 2 if self._is_wide else 1)
        self.clipped = self.clipped or below.clipped
        top = box.top() + (box.height() - words.height - below.height) // 2
        words.draw(painter, QRect(box.left(), top, box.width(), words.height), align, theme.colour(text))
        lower = QRect(box.left(), top + words.height, box.width(), below.height)
        below.draw(painter, lower, align, theme.colour(second))

    def _draw_icon(
        self, painter: QPainter, name: str, colour: str, left: int, side: int, top: int | None = None
    ) -> None:
        at_top = (self.height() - side) // 2 if top is None else top
        value = getattr(self._theme.tokens, colour)
        painter.drawPixmap(left, at_top, icon_pixmap(name, value, side, self.devicePixelRatioF()))
