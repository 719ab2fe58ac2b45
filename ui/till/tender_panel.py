"""Paying: what is to pay, what was handed over, the change. Nothing is final until the last key."""

from __future__ import annotations

from gettext import gettext as _
from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QSizePolicy, QVBoxLayout, QWidget

from agent.service.views import CheckoutState, TenderView
from ui.figures import Figures
from ui.theme import GAP_MM, Theme
from ui.till.words import hint_words, member_name, points_words, tender_name
from ui.widgets.avatar import Avatar
from ui.widgets.button import TillButton
from ui.widgets.frames import column, emptied, frame, row, rule
from ui.widgets.label import FittedLabel, IconLabel, Label

_ICONS: Final = {
    "cash": "banknote",
    "card": "credit-card",
    "exchange": "undo-2",
    "gift_card": "credit-card",
    "wallet": "coins",
}


class TenderPanel(QWidget):
    """The middle column while paying. `untendered` brings the number of the tender to take back."""

    untendered = Signal(int)

    def __init__(self, theme: Theme, figures: Figures) -> None:
        super().__init__()
        self._theme = theme
        self._figures = figures
        gap = theme.mm(GAP_MM) + theme.step(1)
        box = column(self, gap=gap)
        box.addWidget(self._to_pay_card())
        self._change_card = self._make_change_card()
        box.addWidget(self._change_card)
        self._member_card = self._make_member_card()
        box.addWidget(self._member_card)
        box.addStretch(1)
        self.remove_keys: list[TillButton] = []

    def show_state(self, state: CheckoutState) -> None:
        figures = self._figures
        self.total.setText(figures.money(state.total_minor))
        self._show_tenders(state.tenders)
        left = state.left_to_pay_minor
        paid = bool(state.tenders) and left == 0
        self._change_card.setVisible(bool(state.tenders))
        self._change_card.setProperty("role", "tint-card" if paid else "card")
        self._change_card.style().unpolish(self._change_card)
        self._change_card.style().polish(self._change_card)
        self.change_word.setText(_("Change") if paid else _("Left to pay"))
        self.change.setText(figures.money(state.change_minor if paid else left))
        for label in (self.change_word, self.change):
            label.set_colour("on_tint" if paid else "text")
        member = state.member
        self._member_card.setVisible(member is not None)
        if member is not None:
            self._avatar.set_initials(member.initials)
            points = points_words(member.earns_points, figures)
            self._earns.setText(_("{name} earns {points}").format(name=member_name(member), points=points))
            before = _("{points} before this sale").format(points=points_words(member.points, figures))
            self._before.setText(hint_words(member) if member.provisional else before)

    def _show_tenders(self, tenders: tuple[TenderView, ...]) -> None:
        emptied(self._rows)
        self.remove_keys = []
        for number, tender in enumerate(tenders):
            self._rows.addSpacing(self._theme.step(0 if number else 2))
            self._rows.addWidget(rule())
            self._rows.addWidget(self._tender_row(number, tender))

    def _tender_row(self, number: int, tender: TenderView) -> QWidget:
        theme, step = self._theme, self._theme.step
        line = QWidget()
        line.setFixedHeight(step(14.5))
        box = row(line, gap=step(3))
        box.addWidget(IconLabel(theme, _ICONS.get(tender.kind, "ticket"), "text", 6))
        words = column()
        words.addStretch(1)
        words.addWidget(FittedLabel(theme, "item", "text", tender_name(tender)))
        if tender.reference:
            words.addWidget(FittedLabel(theme, "caption", "text_2", tender.reference))
        words.addStretch(1)
        box.addLayout(words, 1)
        box.addWidget(Label(theme, "amount", "text", self._figures.money(tender.amount_minor), tabular=True))
        remove = TillButton(theme, icon="x")
        remove.setFixedSize(step(10), step(10))
        remove.setAccessibleName(_("Take this tender back"))
        remove.acted.connect(lambda: self.untendered.emit(number))
        self.remove_keys.append(remove)
        box.addWidget(remove)
        return line

    def _to_pay_card(self) -> QFrame:
        theme, step = self._theme, self._theme.step
        card = frame("card")
        box = column(card, margins=(step(4), step(3), step(4), step(3)))
        head = row()
        head.addWidget(FittedLabel(theme, "text_strong", "text", _("To pay")), 1)
        self.total = Label(theme, "figure")
        head.addWidget(self.total)
        box.addLayout(head)
        self._rows: QVBoxLayout = column()
        box.addLayout(self._rows)
        return card

    def _make_change_card(self) -> QFrame:
        theme, step = self._theme, self._theme.step
        card = frame("tint-card")
        card.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        box = column(card, margins=(step(5), step(4), step(5), step(4)), gap=step(1))
        self.change_word = FittedLabel(theme, "value", "on_tint", _("Change"))
        self.change = FittedLabel(theme, "change", "on_tint")
        box.addWidget(self.change_word)
        box.addWidget(self.change)
        return card

    def _make_member_card(self) -> QFrame:
        theme, step = self._theme, self._theme.step
        card = frame("card")
        box = row(card, margins=(step(4), step(3), step(4), step(3)), gap=step(3))
        self._avatar = Avatar(theme, 10, "caption_strong")
        self._earns = FittedLabel(theme, "text_strong")
        self._before = FittedLabel(theme, "caption", "text_2")
        words = column()
        words.addWidget(self._earns)
        words.addWidget(self._before)
        box.addWidget(self._avatar, 0, Qt.AlignmentFlag.AlignVCenter)
        box.addLayout(words, 1)
        return card
