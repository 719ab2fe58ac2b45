"""The return quote: money, points and coupons, before anything is paid out."""

from __future__ import annotations

from collections.abc import Callable
from gettext import gettext as _
from typing import Final, NamedTuple

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QStackedWidget, QWidget

from agent.domain.receipt import ReceiptPoints
from agent.service.return_views import RefundView, ReturnState
from ui.figures import Figures
from ui.theme import Theme
from ui.till.return_card import ReturnCard
from ui.till.return_words import fate_words, goods_words, more_words, offers_words, refund_words
from ui.till.words import gift_words
from ui.widgets.button import TillButton
from ui.widgets.frames import column, frame, row
from ui.widgets.label import FittedLabel, IconLabel

_UNITS_SHOWN: Final = 2
# How much is told, from everything to the sums alone: rows of goods and of offers, of points, of coupons and gifts.
_DETAILS: Final = ((4, 2, 3), (2, 2, 2), (1, 2, 1), (1, 0, 1), (0, 0, 1))

Rows = list[tuple[str, str]]


class _Told(NamedTuple):
    """The rows of each card; a card of coupons or gifts without rows is not shown."""

    money: Rows
    points: list[Rows]
    coupons: Rows
    gifts: Rows


class ReturnPanel(QStackedWidget):
    """`answered` brings `keep` or `reprice`, where the shop asks about broken offers."""

    answered = Signal(str)

    def __init__(self, theme: Theme, figures: Figures) -> None:
        super().__init__()
        self._theme = theme
        self._figures = figures
        self._state: ReturnState | None = None
        self.addWidget(self._nothing_chosen())
        self.addWidget(self._quote())

    def show_state(self, state: ReturnState | None) -> None:
        self._state = state
        refund = state.refund if state is not None else None
        self.setCurrentIndex(0 if refund is None else 1)
        self._hint.setText(
            _("Tap what comes back, or scan it.")
            if state is not None
            else _("Nothing is written before Refund.")
        )
        if state is not None and refund is not None:
            self._show_refund(state, refund)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.show_state(self._state)

    def _show_refund(self, state: ReturnState, refund: RefundView) -> None:
        """As much as there is room for: a notice, or a lower screen, takes details away and never a sum."""
        figures = self._figures
        self._show_question(refund)
        tellings = [self._telling(state, refund, *most) for most in _DETAILS]
        told = next((one for one in tellings if self._height_of(one) <= self.height()), tellings[-1])
        self.money.show_facts(_("Money back"), figures.money(refund.refund_minor), told.money)
        for number, card in enumerate(self.points):
            card.setVisible(number < len(told.points))
            if number < len(told.points):
                one = refund.points[number]
                change = _("{before} → {after}").format(
                    before=figures.count(one.before), after=figures.count(one.after)
                )
                card.show_facts(one.program_name, change, told.points[number])
        self.coupons.setVisible(bool(told.coupons))
        self.coupons.show_facts(_("Coupons"), figures.count(len(refund.coupons)), told.coupons)
        self.gifts.setVisible(bool(told.gifts))
        self.gifts.show_facts(_("Ask for it back"), "", told.gifts)

    def _telling(self, state: ReturnState, refund: RefundView, goods: int, points: int, others: int) -> _Told:
        figures = self._figures
        coupons = [(one.title, fate_words(one, figures)) for one in refund.coupons]
        gifts = [(gift_words(one, figures), _("was free")) for one in refund.gifts]
        return _Told(
            money=self._money_rows(state, refund, goods),
            points=[self._points_rows(one)[:points] for one in refund.points[:_UNITS_SHOWN]],
            coupons=self._folded(coupons, others),
            gifts=self._folded(gifts, others),
        )

    def _height_of(self, told: _Told) -> int:
        rows = [told.money, *told.points, *(one for one in (told.coupons, told.gifts) if one)]
        cards = [self.money, *[self.coupons] * (len(rows) - 1)]
        heights = [card.height_with(len(each)) for card, each in zip(cards, rows, strict=True)]
        if not self.question.isHidden():
            heights.append(self.question.height())
        return sum(heights) + self._theme.step(2) * len(heights)

    def _money_rows(self, state: ReturnState, refund: RefundView, most: int) -> Rows:
        """The goods at list prices, what offers had taken off, and how the money is paid out."""
        figures = self._figures
        rows = []
        if len(state.tenders) > 1:
            rows = [
                (_("Back: {way}").format(way=refund_words(kind)), figures.money(minor))
                for kind, minor in state.tenders
            ]
        if not most:
            return rows
        if refund.deducted_minor:
            rows.insert(0, (_("Coupons used since"), figures.taken_off(refund.deducted_minor)))
        if refund.repriced_minor:
            rows.insert(0, (_("Offers the rest no longer has"), figures.taken_off(refund.repriced_minor)))
        off = [(text, -minor) for text, minor in refund.taken_off]
        return [
            *self._summed(list(refund.goods), most, goods_words),
            *self._summed(off, most, offers_words),
            *rows,
        ]

    def _summed(self, parts: list[tuple[str, int]], most: int, others: Callable[..., str]) -> Rows:
        """The first so many; where there are more, the last row stands for the rest."""
        figures = self._figures
        if len(parts) <= most:
            return [(words, figures.money(minor)) for words, minor in parts]
        first, rest = parts[: most - 1], parts[most - 1 :]
        sum_minor = sum(minor for _words, minor in rest)
        return [
            *((words, figures.money(minor)) for words, minor in first),
            (others(len(rest), figures, all_of_them=not first), figures.money(sum_minor)),
        ]

    def _folded(self, rows: Rows, most: int) -> Rows:
        if len(rows) <= most:
            return rows
        first = rows[: max(1, most - 1)]
        return [*first, (more_words(len(rows) - len(first), self._figures), "")]

    def _points_rows(self, points: ReceiptPoints) -> Rows:
        figures = self._figures
        rows = []
        if points.given_back:
            rows.append((_("Used, come back"), f"+{figures.count(points.given_back)}"))
        if points.taken_back:
            rows.append((_("Earned, taken back"), figures.count(-points.taken_back)))
        return rows

    def _show_question(self, refund: RefundView) -> None:
        asks = refund.kept_minor is not None and refund.repriced_refund_minor is not None
        self.question.setVisible(asks)
        if refund.kept_minor is None or refund.repriced_refund_minor is None:
            return
        money = self._figures.money
        self.keep_key.set_words(_("Keep it"), second=money(refund.kept_minor))
        self.reprice_key.set_words(_("Price again"), second=money(refund.repriced_refund_minor))
        self.keep_key.set_role("chosen" if refund.repriced is False else "action")
        self.reprice_key.set_role("chosen" if refund.repriced else "action")

    def _nothing_chosen(self) -> QWidget:
        theme = self._theme
        page = frame("card")
        box = column(page, margins=(theme.step(4), 0, theme.step(4), 0), gap=theme.step(2))
        centre = Qt.AlignmentFlag.AlignHCenter
        box.addStretch(2)
        box.addWidget(IconLabel(theme, "undo-2", "text_3", 12), 0, centre)
        self._hint = FittedLabel(theme, "text_strong", "text_2", align=centre, max_lines=2)
        box.addWidget(self._hint)
        box.addStretch(3)
        return page

    def _quote(self) -> QWidget:
        theme = self._theme
        page = QWidget()
        box = column(page, gap=theme.step(2))
        self.money = ReturnCard(theme, "banknote", tinted=True)
        self.points = [ReturnCard(theme, "coins") for _number in range(_UNITS_SHOWN)]
        self.coupons = ReturnCard(theme, "ticket")
        self.gifts = ReturnCard(theme, "tag")
        self.question = self._question()
        for part in (self.money, *self.points, self.coupons, self.gifts, self.question):
            box.addWidget(part)
        box.addStretch(1)
        return page

    def _question(self) -> QFrame:
        theme, step = self._theme, self._theme.step
        card = frame("card")
        card.setFixedHeight(step(30))
        box = column(card, margins=(step(4), step(2), step(4), step(3)), gap=step(2))
        words = _("An offer of this sale no longer holds for the rest.")
        box.addWidget(FittedLabel(theme, "text_strong", "text", words, max_lines=2))
        keys = row(gap=step(2))
        self.keep_key, self.reprice_key = TillButton(theme, ""), TillButton(theme, "")
        for key, answer in ((self.keep_key, "keep"), (self.reprice_key, "reprice")):
            key.setFixedHeight(step(13))
            key.setSizePolicy(key.sizePolicy().Policy.Ignored, key.sizePolicy().Policy.Fixed)
            key.acted.connect(lambda answer=answer: self.answered.emit(answer))
            keys.addWidget(key, 1)
        box.addLayout(keys)
        return card
