"""Finding a member by hand: phone, card, or name; the list grows shorter as one types."""

from __future__ import annotations

from gettext import gettext as _

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from agent.service.views import MemberChoice
from ui.theme import GAP_MM, Theme
from ui.till.member_desk import FOUND_SHOWN
from ui.till.words import hint_words, member_name
from ui.widgets.button import TillButton
from ui.widgets.frames import column, row, rule
from ui.widgets.label import FittedLabel


class MemberSearch(QWidget):
    """Takes the place of member and offers while it is open. `chosen` brings a MemberChoice."""

    chosen = Signal(object)
    closed = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        step = theme.step
        self._found: tuple[MemberChoice, ...] = ()
        self._text = ""
        box = column(self)
        head = row(margins=(step(4), step(3.25), step(3), step(3.25)), gap=step(3))
        words = column(gap=step(0.5))
        words.addWidget(FittedLabel(theme, "name", "text", _("Member")))
        words.addWidget(FittedLabel(theme, "text", "text_2", _("Type a phone, a card, or a name.")))
        head.addLayout(words, 1)
        close = TillButton(theme, icon="x")
        close.setFixedSize(step(10), step(10))
        close.setAccessibleName(_("Close the search"))
        close.acted.connect(self.closed.emit)
        head.addWidget(close)
        box.addLayout(head)
        box.addWidget(rule())
        found = column(margins=(step(3), step(3), step(3), 0), gap=theme.mm(GAP_MM))
        self.keys: list[TillButton] = []
        for number in range(FOUND_SHOWN):
            key = TillButton(theme, icon="user")
            key.setFixedHeight(step(15))
            key.acted.connect(lambda number=number: self._tapped(number))
            key.hide()
            found.addWidget(key)
            self.keys.append(key)
        box.addLayout(found)
        self._nothing = FittedLabel(theme, "text", "text_3", "")
        nothing = row(margins=(step(4), step(1), step(4), 0))
        nothing.addWidget(self._nothing)
        box.addLayout(nothing)
        box.addStretch(1)

    def show_found(self, text: str, found: tuple[MemberChoice, ...]) -> None:
        self._text, self._found = text.strip(), found
        for number, key in enumerate(self.keys):
            key.setVisible(number < len(found))
            if number < len(found):
                choice = found[number]
                key.set_words(member_name(choice), second=hint_words(choice), trailing_icon="plus")
        empty = bool(text.strip()) and not found
        self._nothing.setText(_("Nobody has a name like this.") if empty else "")

    def answers(self, text: str) -> bool:
        """Whether what is shown was found for this text, and not for what was typed before it."""
        return self._text == text.strip()

    def only_one(self) -> MemberChoice | None:
        """The one member that is left, if just one is."""
        return self._found[0] if len(self._found) == 1 else None

    def found(self) -> tuple[MemberChoice, ...]:
        return self._found

    def _tapped(self, number: int) -> None:
        if number < len(self._found):
            self.chosen.emit(self._found[number])
