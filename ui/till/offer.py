"""One offer as a button as wide as its column: one tap takes it, the same tap gives it back."""

from __future__ import annotations

from gettext import gettext as _

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QSizePolicy

from agent.service.views import OfferView
from ui.figures import Figures
from ui.icon import icon_pixmap
from ui.theme import OFFER_MIN_MM, Theme
from ui.till.words import offer_amount, offer_detail
from ui.widgets.fitted_text import fit_text, rounded


class OfferButton(QAbstractButton):
    """Applied: tint, 2 px, tick. Available: border, plus. Nearly: sunken with a bar. Offered to the member and not in
    this sale yet: a star. The last two cannot be tapped."""

    def __init__(self, theme: Theme, figures: Figures) -> None:
        super().__init__()
        self._theme = theme
        self._figures = figures
        self.offer: OfferView | None = None
        self._asking = False
        self.clipped = False
        self.setCheckable(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.setMinimumHeight(theme.mm(OFFER_MIN_MM))
        self.setMaximumHeight(theme.step(18))

    def show_offer(self, offer: OfferView, *, asking: bool) -> None:
        """`asking`: HQ is being asked for what this reward costs."""
        self.offer = offer
        self._asking = asking
        self.setChecked(offer.state == "applied")
        self.setEnabled(offer.tappable)
        self.setText(offer.title)
        amount = offer_amount(offer, self._figures)
        detail = self._detail()
        self.setAccessibleName(". ".join(part for part in (offer.title, amount, detail) if part))
        self.update()

    def nextCheckState(self) -> None:
        return

    def sizeHint(self) -> QSize:
        return QSize(self._theme.step(60), self._theme.step(18))

    def paintEvent(self, event: QPaintEvent) -> None:
        offer = self.offer
        if offer is None:
            return
        theme, step = self._theme, self._theme.step
        painter = QPainter(self)
        applied, nearly = offer.state == "applied", offer.state == "nearly"
        fill = "tint" if applied else "sunken" if nearly else "surface"
        if self.isDown():
            fill = "key_pressed"
        quiet = nearly or offer.state == "offered"
        border = "primary" if applied or self.hasFocus() else "line" if quiet else "control"
        thick = 2 if applied or self.hasFocus() else 1
        rounded(painter, self.rect(), step(2), theme.colour(fill), theme.colour(border), thick)
        box = self.rect().adjusted(step(3.25), step(1), -step(4), -step(1))
        self._paint_mark(painter, QRect(box.left(), box.top(), step(8), box.height()), offer)
        box.setLeft(box.left() + step(11))
        ink = "on_tint" if applied else "on_notice" if nearly and theme.scheme == "light" else "text"
        if nearly and theme.scheme == "dark":
            ink = "amber"
        amount = fit_text(
            offer_amount(offer, self._figures),
            theme.font("text_strong" if nearly else "value", tabular=True),
            box.width() // 2,
        )
        amount.draw(painter, box, Qt.AlignmentFlag.AlignRight, theme.colour(ink))
        box.setRight(box.right() - amount.width - step(3))
        self._paint_words(painter, box, offer, amount.clipped)
        painter.end()

    def _paint_words(self, painter: QPainter, box: QRect, offer: OfferView, clipped: bool) -> None:
        theme, step = self._theme, self._theme.step
        left = Qt.AlignmentFlag.AlignLeft
        detail = self._detail()
        title = fit_text(offer.title, theme.font("text_strong"), box.width(), 1 if detail else 2)
        self.clipped = clipped
        if offer.state == "nearly":
            height = title.height + step(3)
            top = box.top() + (box.height() - height) // 2
            title.draw(painter, QRect(box.left(), top, box.width(), title.height), left, theme.colour("text"))
            self._paint_bar(
                painter, QRect(box.left(), top + title.height + step(1), box.width(), step(2)), offer.reached
            )
            return
        if not detail:
            title.draw(painter, box, left, theme.colour("text"))
            return
        below = fit_text(detail, theme.font("caption"), box.width(), 2)
        self.clipped = clipped or below.clipped
        top = box.top() + (box.height() - title.height - below.height) // 2
        title.draw(painter, QRect(box.left(), top, box.width(), title.height), left, theme.colour("text"))
        lower = QRect(box.left(), top + title.height, box.width(), below.height)
        below.draw(painter, lower, left, theme.colour("text_2"))

    def _paint_mark(self, painter: QPainter, box: QRect, offer: OfferView) -> None:
        theme, step = self._theme, self._theme.step
        square = QRect(box.left(), box.center().y() - step(4) + 1, step(8), step(8))
        name, colour = "plus", "text"
        if offer.state == "nearly":
            name, colour = "ticket", "amber"
        elif offer.state == "refused":
            name, colour = "info" if offer.code else "cloud-off", "text_2"
        elif offer.state == "offered":
            name, colour = "star", "text_2"
        elif self._asking:
            name, colour = "clock", "text_2"
        elif offer.state == "applied":
            name, colour = "check", "on_primary"
            rounded(painter, square, step(1), theme.colour("primary"))
        if name in ("plus", "clock"):
            rounded(painter, square, step(1), theme.colour("surface"), theme.colour("control"))
        side = step(6 if name in ("ticket", "cloud-off", "info", "star") else 5)
        at = square.center().x() - side // 2 + 1, square.center().y() - side // 2 + 1
        ink = getattr(theme.tokens, colour)
        painter.drawPixmap(*at, icon_pixmap(name, ink, side, self.devicePixelRatioF()))

    def _paint_bar(self, painter: QPainter, box: QRect, reached: int) -> None:
        radius = box.height() // 2
        rounded(painter, box, radius, self._theme.colour("amber_track"))
        filled = QRect(box)
        filled.setWidth(max(box.height(), box.width() * reached // 1000))
        rounded(painter, filled, radius, self._theme.colour("amber"))

    def _detail(self) -> str:
        if self.offer is None:
            return ""
        return _("Asking HQ") if self._asking else offer_detail(self.offer, self._figures)
