"""One consent as a wide button with a box: what was agreed, and how."""

from __future__ import annotations

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QSizePolicy

from ui.icon import icon_pixmap
from ui.theme import OFFER_MIN_MM, Theme
from ui.widgets.fitted_text import fit_text, rounded


class ConsentButton(QAbstractButton):
    """Ticked only by a tap, after the member has said yes. `needed` without which nobody joins."""

    def __init__(self, theme: Theme, title: str, detail: str, tag: str) -> None:
        super().__init__()
        self._theme = theme
        self._detail = detail
        self._tag = tag
        self.clipped = False
        self.setText(title)
        self.setAccessibleName(f"{title}. {detail}. {tag}")
        self.setCheckable(True)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.setMinimumHeight(theme.mm(OFFER_MIN_MM))
        self.setMaximumHeight(theme.step(21))

    def set_detail(self, detail: str) -> None:
        self._detail = detail
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(self._theme.step(60), self._theme.step(21))

    def paintEvent(self, event: QPaintEvent) -> None:
        theme, step = self._theme, self._theme.step
        painter = QPainter(self)
        ticked = self.isChecked()
        fill = "key_pressed" if self.isDown() else "tint" if ticked else "surface"
        border, thick = ("primary", 2) if ticked else ("control", 1)
        rounded(painter, self.rect(), step(2), theme.colour(fill), theme.colour(border), thick)
        box = self.rect().adjusted(step(3.25), step(1), -step(3.75), -step(1))
        square = QRect(box.left(), box.center().y() - step(4) + 1, step(8), step(8))
        if ticked:
            rounded(painter, square, step(1), theme.colour("primary"))
            side = step(5)
            at = square.center().x() - side // 2 + 1, square.center().y() - side // 2 + 1
            ink = theme.tokens.on_primary
            painter.drawPixmap(*at, icon_pixmap("check", ink, side, self.devicePixelRatioF()))
        else:
            rounded(painter, square, step(1), theme.colour("surface"), theme.colour("control"))
        box.setLeft(box.left() + step(11))
        tag = fit_text(self._tag, theme.font("caption_strong"), box.width() // 3)
        tag.draw(painter, box, Qt.AlignmentFlag.AlignRight, theme.colour("on_tint" if ticked else "text_2"))
        box.setRight(box.right() - tag.width - step(3))
        title = fit_text(self.text(), theme.font("text_strong"), box.width(), 2)
        below = fit_text(self._detail, theme.font("caption"), box.width(), 2)
        self.clipped = title.clipped or below.clipped or tag.clipped
        top = box.top() + (box.height() - title.height - below.height) // 2
        left = Qt.AlignmentFlag.AlignLeft
        title.draw(painter, QRect(box.left(), top, box.width(), title.height), left, theme.colour("text"))
        lower = QRect(box.left(), top + title.height, box.width(), below.height)
        below.draw(painter, lower, left, theme.colour("text_2"))
        painter.end()
