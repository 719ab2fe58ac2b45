"""The one field that everything is typed into: item codes, quantities, phone numbers, amounts."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QLineEdit, QSizePolicy

from ui.theme import FontRole, Theme
from ui.till.keypad import TIMES
from ui.widgets.frames import row
from ui.widgets.label import IconLabel

MAX_TYPED: Final = 120
_SCREENS_KEYS: Final = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Escape)


class _Field(QLineEdit):
    """Keys that a cashier expects: * is ×; the arrows up and down choose a line of the basket."""

    stepped = Signal(int)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.text() == "*":
            self.insert(TIMES)
        elif event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            self.stepped.emit(-1 if event.key() == Qt.Key.Key_Up else 1)
        elif event.key() in _SCREENS_KEYS or (event.key() == Qt.Key.Key_Delete and not self.text()):
            event.ignore()  # the screen knows what the next step is, and what the last one was
        else:
            super().keyPressEvent(event)


class EntryField(QFrame):
    """`text_edited` while somebody types. Enter and Escape are the screen's."""

    text_edited = Signal(str)
    stepped = Signal(int)

    def __init__(self, theme: Theme, icon: str = "scan-barcode", font: FontRole = "entry") -> None:
        super().__init__()
        self.setProperty("role", "field")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFixedHeight(theme.step(14.5))
        self.field = _Field()
        self.field.setFont(theme.font(font))
        self.field.setMaxLength(MAX_TYPED)
        self.field.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Expanding)
        self.field.textEdited.connect(self.text_edited.emit)
        self.field.stepped.connect(self.stepped.emit)
        self.setFocusProxy(self.field)
        self.row = row(self, margins=(theme.step(4), 0, theme.step(4), 0), gap=theme.step(3.5))
        if icon:
            self.row.addWidget(IconLabel(theme, icon, "text_2", 6.5))
        self.row.addWidget(self.field, 1)

    @property
    def text(self) -> str:
        """What was typed, trimmed, with `*` for ×."""
        return self.field.text().strip().replace(TIMES, "*")

    def set_hint(self, hint: str) -> None:
        self.field.setPlaceholderText(hint)
        self.field.setAccessibleName(hint)

    def clear(self) -> None:
        self.field.clear()

    def type(self, text: str) -> None:
        """What a key of the keypad does."""
        self.field.insert(text)
        self.text_edited.emit(self.field.text())

    def erase(self) -> None:
        self.field.backspace()
        self.text_edited.emit(self.field.text())
