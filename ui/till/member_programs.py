"""Under the member: their week, badges and code for friends, and what may be entered for them without a sale."""

from __future__ import annotations

from gettext import gettext as _
from typing import Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from agent.service.views import ActivityView, MemberView
from ui.figures import Figures
from ui.theme import Theme
from ui.till.words import wallet_words
from ui.widgets.button import TillButton
from ui.widgets.frames import column, row
from ui.widgets.label import FittedLabel, IconLabel

# More keys than these would push the offers out of sight.
_KEYS_SHOWN: Final = 2


class MemberPrograms(QWidget):
    """`entered` brings the program of a key that was tapped."""

    entered = Signal(str)

    def __init__(self, theme: Theme, figures: Figures) -> None:
        super().__init__()
        self._figures = figures
        step = theme.step
        box = column(self, margins=(step(4), step(2), step(4), step(2)), gap=step(1.5))
        self._line = QWidget()
        line = row(self._line, gap=step(2))
        line.addWidget(IconLabel(theme, "star", "text_2", 5))
        self.words = FittedLabel(theme, "text", "text", max_lines=2)
        line.addWidget(self.words, 1)
        box.addWidget(self._line)
        self._row = QWidget()
        keys = row(self._row, gap=step(2))
        self.keys: list[TillButton] = []
        for number in range(_KEYS_SHOWN):
            key = TillButton(theme, icon="check")
            key.setFixedHeight(step(12))
            key.acted.connect(lambda number=number: self._tapped(number))
            keys.addWidget(key)
            self.keys.append(key)
        box.addWidget(self._row)
        self._activities: tuple[ActivityView, ...] = ()

    def show_member(self, member: MemberView) -> None:
        """What there is of this member; nothing at all where there is nothing."""
        told = [wallet_words(member, self._figures), programs_words(member)]
        self.words.setText(", ".join(part for part in told if part))
        self._line.setVisible(bool(self.words.text()))
        # What was entered already needs no key any more.
        self._activities = tuple(one for one in member.activities if not one.done)[:_KEYS_SHOWN]
        for number, key in enumerate(self.keys):
            shown = number < len(self._activities)
            key.setVisible(shown)
            key.set_words(self._activities[number].title if shown else "")
        self._row.setVisible(bool(self._activities))
        self.setVisible(bool(self.words.text() or self._activities))

    def _tapped(self, number: int) -> None:
        if number < len(self._activities):
            self.entered.emit(self._activities[number].program_id)


def programs_words(member: MemberView) -> str:
    """`Birthday this week, Regular, code for friends ACDE-FGHJ`."""
    parts = [_("Birthday this week")] if member.birthday_week else []
    parts += member.badges
    if member.referral_code:
        parts.append(_("code for friends {code}").format(code=member.referral_code))
    return ", ".join(parts)
