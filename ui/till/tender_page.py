"""Paying: tenders and change in the middle, notes, other tenders and the keypad on the right."""

from __future__ import annotations

from gettext import gettext as _

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from agent.service.views import CheckoutState
from ui.figures import Figures
from ui.theme import GAP_MM, Theme
from ui.till.cash_keys import CashKeys
from ui.till.entry import EntryField
from ui.till.keypad import Keypad
from ui.till.tender_panel import TenderPanel
from ui.widgets.button import TillButton
from ui.widgets.frames import column, row
from ui.widgets.label import FittedLabel
from ui.widgets.notice import NoticeBox


class TenderPage(QWidget):
    """`next_wanted`: the primary key, or Enter. `card_wanted`, `gift_card_wanted`, `wallet_wanted` and
    `points_wanted` are the other tenders."""

    next_wanted = Signal()
    back_wanted = Signal()
    card_wanted = Signal()
    points_wanted = Signal()
    gift_card_wanted = Signal()
    wallet_wanted = Signal()

    def __init__(self, theme: Theme, figures: Figures) -> None:
        super().__init__()
        self._theme = theme
        self._figures = figures
        self._state = CheckoutState(phase="tender")
        self._columns = row(self, gap=theme.step(3))
        self._columns.addWidget(self._middle(), 424)
        self._columns.addWidget(self._right(), 404)

    def set_low(self, low: bool) -> None:
        """On a low screen the keys keep their size, and the words above them go."""
        step = self._theme.step
        for word in self._words:
            word.setVisible(not low)
        self.entry.setFixedHeight(step(13 if low else 14.5))
        self.cash.set_key_height(step(13 if low else 15))
        for key in (self.card_key, self.gift_card_key, self.wallet_key, self.points_key):
            key.setFixedHeight(step(12 if low else 14))
        self.next_key.setFixedHeight(step(19 if low else 21))

    def set_narrow(self, narrow: bool) -> None:
        for number, share in enumerate((316, 286) if narrow else (424, 404)):
            self._columns.setStretch(number, share)
        self.entry.set_hint(_("Handed over") if narrow else _("Amount handed over"))

    def show_state(self, state: CheckoutState) -> None:
        self._state = state
        self.panel.show_state(state)
        taken = [tender.amount_minor for tender in state.tenders if tender.kind == "cash"]
        self.cash.show_left(state.left_to_pay_minor, state.currency, taken[-1] if taken else 0)
        owed = state.left_to_pay_minor > 0
        self.card_key.setEnabled(owed)
        self.gift_card_key.setEnabled(owed)
        self.gift_card_key.setVisible(state.takes_gift_cards)
        self.wallet_key.setEnabled(owed)
        self.wallet_key.setVisible(state.member is not None and state.member.wallet_minor > 0)
        has_points_reward = any(offer.points_cost and offer.tappable for offer in state.offers)
        self.points_key.setVisible(has_points_reward)
        self.show_typed()

    def change_text(self) -> str:
        """The large figure: the change once all is paid, else what is left."""
        return self.panel.change.text()

    def show_typed(self) -> None:
        """The primary key says what Enter will do now."""
        state, figures = self._state, self._figures
        if state.left_to_pay_minor <= 0:
            self.next_key.set_words(
                _("Finish sale"), second=_("then the sale is saved"), trailing_icon="corner-down-left"
            )
            return
        typed = figures.typed_minor(self.entry.text) if self.entry.text else None
        amount = state.left_to_pay_minor if typed is None else typed
        second = _("the exact amount") if amount == state.left_to_pay_minor else _("then the change shows")
        if amount < state.left_to_pay_minor:
            second = _("a part of it")
        self.next_key.set_words(_("Take cash"), second=second, figure=figures.money(amount))

    def _middle(self) -> QWidget:
        theme = self._theme
        side = QWidget()
        side.setSizePolicy(side.sizePolicy().Policy.Ignored, side.sizePolicy().Policy.Preferred)
        box = column(side, gap=theme.step(3))
        self.panel = TenderPanel(theme, self._figures)
        box.addWidget(self.panel, 1)
        self.notice = NoticeBox(theme)
        self.notice.hide()
        box.addWidget(self.notice)
        self.back_key = TillButton(theme, _("Back to basket"), icon="undo-2")
        self.back_key.setFixedHeight(theme.step(13))
        self.back_key.acted.connect(self.back_wanted.emit)
        box.addWidget(self.back_key)
        return side

    def _right(self) -> QWidget:
        theme, step = self._theme, self._theme.step
        side = QWidget()
        side.setSizePolicy(side.sizePolicy().Policy.Ignored, side.sizePolicy().Policy.Preferred)
        gap = theme.mm(GAP_MM)
        box = column(side, gap=gap)
        self.entry = EntryField(theme, "banknote")
        self.entry.text_edited.connect(lambda _text: self.show_typed())
        box.addWidget(self.entry)
        self._words = [
            FittedLabel(theme, "caption_strong", "text_2", _("Cash")),
            FittedLabel(theme, "caption_strong", "text_2", _("Other tenders")),
        ]
        box.addWidget(self._words[0])
        self.cash = CashKeys(theme, self._figures)
        box.addWidget(self.cash)
        others = row(gap=gap)
        self.card_key = TillButton(theme, _("Card"))
        self.gift_card_key = TillButton(theme, _("Gift card"))
        self.wallet_key = TillButton(theme, _("Wallet"))
        self.points_key = TillButton(theme, _("Points"))
        for key, signal in (
            (self.card_key, self.card_wanted),
            (self.gift_card_key, self.gift_card_wanted),
            (self.wallet_key, self.wallet_wanted),
            (self.points_key, self.points_wanted),
        ):
            key.setFixedHeight(step(14))
            key.setSizePolicy(key.sizePolicy().Policy.Ignored, key.sizePolicy().Policy.Fixed)
            key.acted.connect(signal.emit)
            others.addWidget(key, 1)
        box.addWidget(self._words[1])
        box.addLayout(others)
        self.keypad = Keypad(theme, self._figures.decimal_symbol, times=False)
        self.keypad.typed.connect(self.entry.type)
        self.keypad.erased.connect(self.entry.erase)
        self.keypad.entered.connect(self.next_wanted.emit)
        box.addWidget(self.keypad, 1)
        self.next_key = TillButton(theme, "", role="primary", font="finish")
        self.next_key.setFixedHeight(step(21))
        self.next_key.acted.connect(self.next_wanted.emit)
        box.addWidget(self.next_key)
        return side
