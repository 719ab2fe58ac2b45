"""After a return or a void: what to pay back, and what became of the receipt."""

from __future__ import annotations

from gettext import gettext as _

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QSizePolicy, QWidget

from agent.service.return_views import FinishedReturn
from agent.service.views import RegisterStatus
from ui.figures import Figures
from ui.theme import Theme
from ui.till.return_words import head_words, of_receipt_words, refund_words
from ui.till.words import receipt_words
from ui.widgets.button import TillButton
from ui.widgets.chip import Chip
from ui.widgets.frames import column, emptied, frame, row, rule
from ui.widgets.label import FittedLabel, IconLabel, Label
from ui.widgets.notice import NoticeBox


class ReturnedPage(QWidget):
    """`next_wanted`: back to selling. `copy_wanted`: the receipt again, as a COPY."""

    next_wanted = Signal()
    copy_wanted = Signal()

    def __init__(self, theme: Theme, figures: Figures) -> None:
        super().__init__()
        step = theme.step
        self._theme = theme
        self._figures = figures
        box = column(self, gap=step(3))
        box.addWidget(self._card(), 1)
        self.notice = NoticeBox(theme)
        self.notice.hide()
        box.addWidget(self.notice)
        keys = row(gap=step(2))
        self.copy_key = TillButton(theme, _("Print a copy"), icon="receipt-text")
        self.copy_key.setFixedHeight(step(14))
        self.copy_key.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.copy_key.acted.connect(self.copy_wanted.emit)
        keys.addWidget(self.copy_key, 1)
        keys.addStretch(2)
        box.addLayout(keys)
        self.next_key = TillButton(theme, role="primary", font="finish")
        self.next_key.set_words(
            _("Next sale"), second=_("Scan an item, or press Enter"), trailing_icon="corner-down-left"
        )
        self.next_key.setFixedHeight(step(24))
        self.next_key.acted.connect(self.next_wanted.emit)
        box.addWidget(self.next_key)

    def set_low(self, low: bool) -> None:
        step = self._theme.step
        self.copy_key.setFixedHeight(step(12 if low else 14))
        self.next_key.setFixedHeight(step(19 if low else 24))

    def show_return(self, done: FinishedReturn) -> None:
        figures = self._figures
        self.head.setText(head_words(done))
        self.of_receipt.setText(of_receipt_words(done))
        self.amount.setText(figures.money(done.refund_minor))
        emptied(self._ways)
        for kind, minor in done.tenders:
            self._ways.addWidget(self._way(refund_words(kind), figures.money(minor)))

    def show_status(self, status: RegisterStatus, done: FinishedReturn | None) -> None:
        """Where the receipt is: printed, printing, or waiting for the printer."""
        if done is None:
            return
        chip, colour, icon, words = receipt_words(status, done.receipt_number, self._figures)
        self._chip.set_chip(icon, chip, colour)
        self._receipt_text.setText(words)

    def receipt_text(self) -> str:
        return f"{self._chip.text()}. {self._receipt_text.text()}"

    def _way(self, words: str, amount: str) -> QWidget:
        theme = self._theme
        line = QWidget()
        box = row(line, gap=theme.step(4))
        box.addWidget(FittedLabel(theme, "value", "text", words), 1)
        box.addWidget(Label(theme, "amount", "text", amount, tabular=True))
        return line

    def _card(self) -> QFrame:
        theme, step = self._theme, self._theme.step
        card = frame("card")
        box = column(card)
        top = frame("tint")
        top_box = column(top, margins=(step(7), step(4), step(7), step(4)), gap=step(1))
        head = row(gap=step(2))
        head.addWidget(IconLabel(theme, "circle-check", "on_tint", 6))
        self.head = FittedLabel(theme, "value", "on_tint")
        head.addWidget(self.head, 1)
        self.of_receipt = FittedLabel(theme, "text_strong", "on_tint")
        head.addWidget(self.of_receipt)
        top_box.addLayout(head)
        self.amount = FittedLabel(theme, "change", "on_tint")
        top_box.addWidget(self.amount)
        box.addWidget(top)
        box.addWidget(rule())
        ways = QWidget()
        self._ways = column(ways, margins=(step(7), step(4), step(7), step(4)), gap=step(2))
        box.addWidget(ways)
        box.addWidget(rule())
        line = row(margins=(step(7), step(4), step(7), step(4)), gap=step(2.5))
        self._chip = Chip(theme, "clock", "", "sunken")
        self._receipt_text = FittedLabel(theme, "text", "text_2")
        line.addWidget(self._chip)
        line.addWidget(self._receipt_text, 1)
        box.addLayout(line)
        box.addStretch(1)
        return card
