"""The keypad: 7-8-9 on top, keys that act on press and leave the focus with the entry."""

from __future__ import annotations

from gettext import gettext as _
from typing import Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QGridLayout, QSizePolicy, QWidget

from ui.theme import GAP_MM, KEY_MIN_MM, Theme
from ui.widgets.button import ButtonRole, TillButton

_DIGITS: Final = ("789", "456", "123")
TIMES: Final = "\N{MULTIPLICATION SIGN}"


class Keypad(QWidget):
    """`typed` brings what a key types; `erased` and `entered` are the two others.

    `phone`: a plus, no × and no Enter. `times` false: no ×, for amounts of money.
    """

    typed = Signal(str)
    erased = Signal()
    entered = Signal()

    def __init__(self, theme: Theme, decimal_symbol: str, *, phone: bool = False, times: bool = True) -> None:
        super().__init__()
        self._theme = theme
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(theme.mm(GAP_MM))
        for row_number, digits in enumerate(_DIGITS):
            for column_number, digit in enumerate(digits):
                grid.addWidget(self._typing(digit), row_number, column_number)
        if phone:
            grid.addWidget(self._typing("+", soft=True), 3, 0)
            grid.addWidget(self._typing("0"), 3, 1)
            grid.addWidget(self._erase(), 3, 2)
            columns = 3
        else:
            for column_number, text in enumerate(("0", "00", decimal_symbol)):
                grid.addWidget(self._typing(text), 3, column_number)
            grid.addWidget(self._erase(), 0, 3)
            if times:
                grid.addWidget(self._typing(TIMES, soft=True), 1, 3)
            grid.addWidget(self._enter(), 2 if times else 1, 3, 2 if times else 3, 1)
            columns = 4
        for number in range(columns):
            grid.setColumnStretch(number, 1)
        for number in range(4):
            grid.setRowStretch(number, 1)

    def _typing(self, text: str, *, soft: bool = False) -> TillButton:
        key = self._key(text, soft=soft)
        key.acted.connect(lambda: self.typed.emit(text))
        if text == TIMES:
            key.setAccessibleName(_("Times, for a quantity"))
        return key

    def _erase(self) -> TillButton:
        key = self._key("", soft=True, icon="delete")
        key.setAccessibleName(_("Erase the last character"))
        key.acted.connect(self.erased.emit)
        return key

    def _enter(self) -> TillButton:
        key = TillButton(
            self._theme,
            _("Enter"),
            role="enter",
            icon="corner-down-left",
            stacked=True,
            on_press=True,
            icon_steps=6.5,
        )
        key.acted.connect(self.entered.emit)
        return self._sized(key)

    def _key(self, text: str, *, soft: bool, icon: str = "") -> TillButton:
        role: ButtonRole = "soft" if soft else "key"
        key = TillButton(
            self._theme,
            text,
            role=role,
            icon=icon,
            font="key",
            on_press=True,
            icon_steps=6.5,
        )
        return self._sized(key)

    def _sized(self, key: TillButton) -> TillButton:
        key.setMinimumSize(self._theme.mm(KEY_MIN_MM), self._theme.mm(KEY_MIN_MM))
        key.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Expanding)
        return key
