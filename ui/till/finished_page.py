"""After the sale: one card over the middle and the right, and the one key that goes on."""

from __future__ import annotations

from gettext import gettext as _

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QSizePolicy, QWidget

from ui.figures import Figures
from ui.theme import Theme
from ui.till.finished_panel import FinishedPanel
from ui.widgets.button import TillButton
from ui.widgets.frames import column, row
from ui.widgets.notice import NoticeBox


class FinishedPage(QWidget):
    """`next_wanted`: the next sale. `copy_wanted`: the receipt again, as a COPY. `void_wanted`: it was a mistake."""

    next_wanted = Signal()
    copy_wanted = Signal()
    void_wanted = Signal()

    def __init__(self, theme: Theme, figures: Figures) -> None:
        super().__init__()
        step = theme.step
        self._theme = theme
        box = column(self, gap=step(3))
        self.panel = FinishedPanel(theme, figures)
        box.addWidget(self.panel, 1)
        self.notice = NoticeBox(theme)
        self.notice.hide()
        box.addWidget(self.notice)
        keys = row(gap=step(2))
        self.copy_key = TillButton(theme, _("Print a copy"), icon="receipt-text")
        self.void_key = TillButton(theme, _("Void the sale"), icon="trash-2")
        for key, signal in ((self.copy_key, self.copy_wanted), (self.void_key, self.void_wanted)):
            key.setFixedHeight(step(14))
            key.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
            key.acted.connect(signal.emit)
            keys.addWidget(key, 1)
        keys.addStretch(1)
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
        self.panel.set_low(low)
        for key in (self.copy_key, self.void_key):
            key.setFixedHeight(step(12 if low else 14))
        self.next_key.setFixedHeight(step(19 if low else 24))
