"""Why not? A customer asks for an offer, the cashier types a word of it and reads the answer."""

from __future__ import annotations

from gettext import gettext as _

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from agent.domain.quote import Applied
from agent.service.views import WhyView
from ui.figures import Figures
from ui.theme import Theme
from ui.till.why_desk import WHY_SHOWN
from ui.till.words import why_words
from ui.widgets.button import TillButton
from ui.widgets.frames import column, row, rule
from ui.widgets.label import FittedLabel, IconLabel


class WhyPanel(QWidget):
    """Takes the place of member and offers while it is open. Nothing in it can be tapped but its cross."""

    closed = Signal()

    def __init__(self, theme: Theme, figures: Figures) -> None:
        super().__init__()
        step = theme.step
        self._figures = figures
        box = column(self)
        head = row(margins=(step(4), step(3.25), step(3), step(3.25)), gap=step(3))
        words = column(gap=step(0.5))
        words.addWidget(FittedLabel(theme, "name", "text", _("Why not?")))
        words.addWidget(FittedLabel(theme, "text", "text_2", _("Type a word of the offer.")))
        head.addLayout(words, 1)
        close = TillButton(theme, icon="x")
        close.setFixedSize(step(10), step(10))
        close.setAccessibleName(_("Close the list of reasons"))
        close.acted.connect(self.closed.emit)
        head.addWidget(close)
        box.addLayout(head)
        box.addWidget(rule())
        found = column(margins=(step(4), step(3), step(4), 0), gap=step(2.5))
        self._rows: list[tuple[QWidget, IconLabel, FittedLabel, FittedLabel]] = []
        for _number in range(WHY_SHOWN):
            line = QWidget()
            line_box = row(line, gap=step(3))
            mark = IconLabel(theme, "info", "text_3", 5)
            title = FittedLabel(theme, "text_strong")
            reason = FittedLabel(theme, "text", "text_2", max_lines=2)
            texts = column()
            texts.addWidget(title)
            texts.addWidget(reason)
            line_box.addWidget(mark)
            line_box.addLayout(texts, 1)
            line.hide()
            found.addWidget(line)
            self._rows.append((line, mark, title, reason))
        box.addLayout(found)
        self._nothing = FittedLabel(theme, "text", "text_3", "")
        nothing = row(margins=(step(4), step(1), step(4), 0))
        nothing.addWidget(self._nothing)
        box.addLayout(nothing)
        box.addStretch(1)

    def show_told(self, text: str, told: tuple[WhyView, ...]) -> None:
        for number, (line, mark, title, reason) in enumerate(self._rows):
            line.setVisible(number < len(told))
            if number < len(told):
                why = told[number]
                applied = isinstance(why.told, Applied)
                mark.set_icon("check" if applied else "info", "primary" if applied else "text_3")
                title.setText(why.title)
                reason.setText(why_words(why, self._figures))
        self._nothing.setText(_("No offer has such a word.") if text.strip() and not told else "")

    def answers(self) -> list[tuple[str, str]]:
        """What is shown, from the top: each offer's name and its answer."""
        return [
            (title.text(), reason.text()) for line, _mark, title, reason in self._rows if not line.isHidden()
        ]
