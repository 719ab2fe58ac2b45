"""The return quote: money, points and coupons, before anything is paid out."""

from __future__ import annotations

from gettext import gettext as _

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QStackedWidget, QWidget

from agent.domain.receipt import ReceiptPoints
from agent.service.return_views import RefundView, ReturnState
from ui.figures import Figures
from ui.theme import Theme
from ui.till.return_card import ReturnCard
from ui.till.return_words import fate_words, more_words, refund_words
from ui.till.words import gift_words
from ui.widgets.button import TillButton
from ui.widgets.frames import column, frame, row
from ui.widgets.label import FittedLabel, IconLabel

# What fits on the lowest screen with everything that a quote can have.
GOODS_SHOWN = 3
COUPONS_SHOWN = 2
_UNITS_SHOWN = 2


class ReturnPanel(QStackedWidget):
    """`answered` brings `keep` or `reprice`, where the shop asks about broken offers."""

    answered = Signal(str)

    def __init__(self, theme: Theme, figures: Figures) -> None:
        super().__init__()
        self._theme = theme
        self._figures = figures
        self._low = False
        self._state: ReturnState | None = None
        self.addWidget(self._nothing_chosen())
        self.addWidget(self._quote())

    def set_low(self, low: bool) -> None:
        if low != self._low:
            self._low = low
            self.show_state(self._state)

    def show_state(self, state: ReturnState | None) -> None:
        self._state = state
        refund = state.refund if state is not None else None
        self.setCurrentIndex(0 if refund is None else 1)
        self._hint.setText(
            _("Tap what comes back, or scan it.")
            if state is not None
            else _("Nothing is written before Refund.")
        )
        if state is None or refund is None:
            return
        figures = self._figures
        self.money.show_facts(
            _("Money back"), figures.money(refund.refund_minor), self._money_rows(state, refund)
        )
        for number, card in enumerate(self.points):
            card.setVisible(number < len(refund.points))
            if number < len(refund.points):
                self._show_points(card, refund.points[number])
        self.coupons.setVisible(bool(refund.coupons))
        self.coupons.show_facts(
            _("Coupons"),
            figures.count(len(refund.coupons)),
            [(one.title, fate_words(one, figures)) for one in refund.coupons[:COUPONS_SHOWN]],
        )
        self.gifts.setVisible(bool(refund.gifts))
        self.gifts.show_facts(
            _("Ask for it back"),
            "",
            [(gift_words(one, figures), _("was free")) for one in refund.gifts[:COUPONS_SHOWN]],
        )
        self._show_question(refund)

    def _money_rows(self, state: ReturnState, refund: RefundView) -> list[tuple[str, str]]:
        """The goods at list prices, what offers had taken off, and how the money is paid out."""
        figures = self._figures
        shown = 1 if self._low else GOODS_SHOWN
        rows = [(name, figures.money(minor)) for name, minor in refund.goods]
        if len(rows) > shown + 1:
            rest = sum(minor for _name, minor in refund.goods[shown:])
            rows = [*rows[:shown], (more_words(len(rows) - shown, figures), figures.money(rest))]
        off = [(text, figures.taken_off(minor)) for text, minor in refund.taken_off]
        if len(off) > shown + 1:
            rest = sum(minor for _text, minor in refund.taken_off[shown:])
            off = [*off[:shown], (more_words(len(off) - shown, figures), figures.taken_off(rest))]
        rows += off
        if refund.repriced_minor:
            rows.append((_("Offers the rest no longer has"), figures.taken_off(refund.repriced_minor)))
        if refund.deducted_minor:
            rows.append((_("Coupons used since"), figures.taken_off(refund.deducted_minor)))
        if len(state.tenders) > 1:
            rows += [
                (_("Back: {way}").format(way=refund_words(kind)), figures.money(minor))
                for kind, minor in state.tenders
            ]
        return rows

    def _show_points(self, card: ReturnCard, points: ReceiptPoints) -> None:
        figures = self._figures
        rows = []
        if points.given_back:
            rows.append((_("Used, come back"), f"+{figures.count(points.given_back)}"))
        if points.taken_back:
            rows.append((_("Earned, taken back"), figures.count(-points.taken_back)))
        change = _("{before} → {after}").format(
            before=figures.count(points.before), after=figures.count(points.after)
        )
        card.show_facts(points.program_name, change, rows)

    def _show_question(self, refund: RefundView) -> None:
        asks = refund.kept_minor is not None and refund.repriced_refund_minor is not None
        self.question.setVisible(asks)
        if refund.kept_minor is None or refund.repriced_refund_minor is None:
            return
        money = self._figures.money
        self.keep_key.set_words(_("Keep it"), second=money(refund.kept_minor))
        self.reprice_key.set_words(_("Price the rest again"), second=money(refund.repriced_refund_minor))
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
