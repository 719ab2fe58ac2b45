"""Goods come back: the quote in the middle; entry, reason, the way of the refund and the keypad on the right."""

from __future__ import annotations

from gettext import gettext as _
from typing import Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QGridLayout, QWidget

from agent.service.open_return import REASONS
from agent.service.return_views import ReturnState
from ui.figures import Figures
from ui.theme import GAP_MM, Theme
from ui.till.entry import EntryField
from ui.till.keypad import Keypad
from ui.till.return_panel import ReturnPanel
from ui.till.return_words import finish_words, reason_words, refund_words
from ui.widgets.button import TillButton
from ui.widgets.frames import column, row
from ui.widgets.label import FittedLabel
from ui.widgets.notice import NoticeBox

REASON_KEYS: Final = 4
REFUND_KEYS: Final = 3
_LIKELY: Final = ("cash", "exchange")


class ReturnPage(QWidget):
    """`next_wanted`: the primary key or Enter. `left`: nothing comes back. The rest says which key was tapped."""

    next_wanted = Signal()
    left = Signal()
    void_wanted = Signal()
    reason_given = Signal(str)
    refund_chosen = Signal(str)

    def __init__(self, theme: Theme, figures: Figures) -> None:
        super().__init__()
        self._theme = theme
        self._figures = figures
        self._reasons: tuple[str, ...] = ()
        self._kinds: tuple[str, ...] = ()
        self._columns = row(self, gap=theme.step(3))
        self._columns.addWidget(self._middle(), 424)
        self._columns.addWidget(self._right(), 404)
        self.show_state(None)

    def set_narrow(self, narrow: bool) -> None:
        for number, share in enumerate((316, 286) if narrow else (424, 404)):
            self._columns.setStretch(number, share)

    def set_low(self, low: bool) -> None:
        """On a low screen the keys keep their size, and the words above them go."""
        step = self._theme.step
        for word in self._words:
            word.setVisible(not low)
        self.entry.setFixedHeight(step(12 if low else 13.5))
        for key in (*self.reason_keys, *self.refund_keys):
            key.setFixedHeight(step(10 if low else 11))
        self.next_key.setFixedHeight(step(19 if low else 20))

    def show_state(self, state: ReturnState | None) -> None:
        figures = self._figures
        self.panel.show_state(state)
        self.void_key.setVisible(state is not None and state.can_void and not state.voids)
        self.back_key.set_words(
            _("Keep the sale") if state is not None and state.voids else _("Leave the return")
        )
        # A number belongs to a line once a sale is there; in a void there is nothing to count.
        self.entry.set_hint(_("Receipt number") if state is None or state.voids else _("How many come back"))
        self._show_reasons(state)
        self._show_ways(state)
        words, second = finish_words(state)
        paid = state is not None and state.refund is not None
        minor = state.refund.refund_minor if state is not None and state.refund is not None else 0
        self.next_key.set_words(words, second=second, figure=figures.money(minor) if paid else "")
        self.next_key.setEnabled(state is None or state.ready)

    def _show_reasons(self, state: ReturnState | None) -> None:
        self._reasons = state.reasons if state is not None else ()
        for key, reason in zip(self.reason_keys, self._reasons or REASONS, strict=False):
            key.set_words(reason_words(reason))
            key.setEnabled(state is not None)
            key.set_role("chosen" if state is not None and state.reason == reason else "action")

    def _show_ways(self, state: ReturnState | None) -> None:
        """How the money may go back; while nothing is chosen the likely ways, which cannot be tapped."""
        self._kinds = state.refund_kinds if state is not None else ()
        voids = state is not None and state.voids
        words = [_("As it was paid")] if voids else [refund_words(one) for one in self._kinds or _LIKELY]
        for number, key in enumerate(self.refund_keys):
            key.setVisible(number < len(words))
            key.setEnabled(number < len(self._kinds))
            key.set_words(words[number] if number < len(words) else "")
            chosen = self._kinds[number : number + 1] == ((state.refund_to if state is not None else ""),)
            key.set_role("chosen" if chosen else "action")

    def reason_at(self, number: int) -> str | None:
        """The reason of a key, counted from 0."""
        return self._reasons[number] if number < len(self._reasons) else None

    def next_refund_kind(self, now: str) -> str | None:
        """The way of the refund after this one, round and round."""
        if now not in self._kinds:
            return None
        return self._kinds[(self._kinds.index(now) + 1) % len(self._kinds)]

    def _middle(self) -> QWidget:
        theme, step = self._theme, self._theme.step
        side = QWidget()
        side.setSizePolicy(side.sizePolicy().Policy.Ignored, side.sizePolicy().Policy.Preferred)
        box = column(side, gap=step(3))
        self.panel = ReturnPanel(theme, self._figures)
        box.addWidget(self.panel, 1)
        self.notice = NoticeBox(theme)
        self.notice.hide()
        box.addWidget(self.notice)
        keys = row(gap=step(2))
        self.back_key = TillButton(theme, _("Leave the return"), icon="undo-2")
        self.void_key = TillButton(theme, _("Void the sale"), icon="trash-2")
        for key, signal in ((self.back_key, self.left), (self.void_key, self.void_wanted)):
            key.setFixedHeight(step(13))
            key.setSizePolicy(key.sizePolicy().Policy.Ignored, key.sizePolicy().Policy.Fixed)
            key.acted.connect(signal.emit)
            keys.addWidget(key, 1)
        box.addLayout(keys)
        return side

    def _right(self) -> QWidget:
        theme, step = self._theme, self._theme.step
        side = QWidget()
        side.setSizePolicy(side.sizePolicy().Policy.Ignored, side.sizePolicy().Policy.Preferred)
        box = column(side, gap=theme.mm(GAP_MM))
        self.entry = EntryField(theme, "receipt-text")
        box.addWidget(self.entry)
        self._words = [
            FittedLabel(theme, "caption_strong", "text_2", _("Reason")),
            FittedLabel(theme, "caption_strong", "text_2", _("Refund to")),
        ]
        box.addWidget(self._words[0])
        box.addLayout(self._reason_grid())
        box.addWidget(self._words[1])
        ways = row(gap=theme.mm(GAP_MM))
        self.refund_keys = [self._key() for _number in range(REFUND_KEYS)]
        for number, key in enumerate(self.refund_keys):
            key.acted.connect(lambda number=number: self.refund_chosen.emit(self._kinds[number]))
            ways.addWidget(key, 1)
        box.addLayout(ways)
        self.keypad = Keypad(theme, self._figures.decimal_symbol, times=False)
        self.keypad.typed.connect(self.entry.type)
        self.keypad.erased.connect(self.entry.erase)
        self.keypad.entered.connect(self.next_wanted.emit)
        box.addWidget(self.keypad, 1)
        self.next_key = TillButton(theme, role="primary", font="finish")
        self.next_key.setFixedHeight(step(21))
        self.next_key.acted.connect(self.next_wanted.emit)
        box.addWidget(self.next_key)
        return side

    def _reason_grid(self) -> QGridLayout:
        grid = QGridLayout()
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(self._theme.mm(GAP_MM))
        self.reason_keys = [self._key() for _number in range(REASON_KEYS)]
        for number, key in enumerate(self.reason_keys):
            key.acted.connect(lambda number=number: self.reason_given.emit(self._reasons[number]))
            grid.addWidget(key, number // 2, number % 2)
        for number in range(2):
            grid.setColumnStretch(number, 1)
        return grid

    def _key(self) -> TillButton:
        key = TillButton(self._theme, "", font="caption_strong")
        key.setFixedHeight(self._theme.step(12))
        key.setSizePolicy(key.sizePolicy().Policy.Ignored, key.sizePolicy().Policy.Fixed)
        return key
