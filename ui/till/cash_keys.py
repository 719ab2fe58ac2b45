"""The notes that a member may hand over, as keys: exact first."""

from __future__ import annotations

from gettext import gettext as _

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QGridLayout, QSizePolicy, QWidget

from ui.figures import Figures
from ui.theme import GAP_MM, Theme
from ui.till.quick_cash import QUICK_AMOUNTS, quick_amounts
from ui.widgets.button import TillButton

_COLUMNS = 3


class CashKeys(QWidget):
    """`handed_over` brings an amount in minor units."""

    handed_over = Signal(int)

    def __init__(self, theme: Theme, figures: Figures) -> None:
        super().__init__()
        self._figures = figures
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(theme.mm(GAP_MM))
        self.keys: list[TillButton] = []
        self._amounts: tuple[int, ...] = ()
        for number in range(QUICK_AMOUNTS):
            key = TillButton(theme, role="key", font="name", on_press=True)
            key.setFixedHeight(theme.step(15))
            key.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
            key.acted.connect(lambda number=number: self._tapped(number))
            grid.addWidget(key, number // _COLUMNS, number % _COLUMNS)
            self.keys.append(key)
        for number in range(_COLUMNS):
            grid.setColumnStretch(number, 1)

    def show_left(self, left_minor: int, currency: str, taken_minor: int = 0) -> None:
        """Offer notes for what is left. When nothing is, they stay as they were, with `taken_minor` marked."""
        owed = left_minor > 0
        if owed:
            self._amounts = quick_amounts(left_minor, currency, self._figures.exponent)
        amounts = self._amounts
        for number, key in enumerate(self.keys):
            key.setEnabled(owed and number < len(amounts))
            key.set_role("chosen" if not owed and amounts[number : number + 1] == (taken_minor,) else "key")
            if number >= len(amounts):
                key.set_words("")
            elif number == 0:
                key.set_words(self._figures.money(amounts[0]), second=_("exact"))
            else:
                key.set_words(self._figures.note(amounts[number]))

    def set_key_height(self, height: int) -> None:
        for key in self.keys:
            key.setFixedHeight(height)

    def amounts(self) -> tuple[int, ...]:
        return self._amounts

    def _tapped(self, number: int) -> None:
        if number < len(self._amounts):
            self.handed_over.emit(self._amounts[number])
