"""The strip along the foot: HQ and printer, each as a shape and a word; the day and the next receipt's number."""

from __future__ import annotations

from gettext import gettext as _
from typing import Final

from PySide6.QtWidgets import QFrame, QWidget

from agent.service.views import RegisterStatus
from ui.figures import Figures
from ui.theme import Theme
from ui.till.words import hq_words, offline_words, printer_words, waiting_at_hq_words
from ui.widgets.frames import row, rule
from ui.widgets.label import FittedLabel, IconLabel

_HQ_ICONS: Final = {
    "online": ("circle-check", "primary"),
    "offline": ("cloud-off", "text"),
    "forked": ("triangle-alert", "amber"),
    "revoked": ("triangle-alert", "amber"),
    "none": ("cloud-off", "text_3"),
}


class StatusStrip(QFrame):
    """Numbers and words, never a colour alone."""

    def __init__(self, theme: Theme, figures: Figures) -> None:
        super().__init__()
        self._theme = theme
        self._figures = figures
        self.setProperty("role", "strip")
        step = theme.step
        self.setFixedHeight(step(9))
        box = row(self, margins=(step(4), 0, step(4), 0), gap=step(5))
        self.hq, self._hq_icon = self._item(box)
        box.addWidget(self._rule())
        self.printer, self._printer_icon = self._item(box)
        self._waiting_rule = self._rule()
        box.addWidget(self._waiting_rule)
        self.waiting, waiting_icon = self._item(box)
        waiting_icon.set_icon("clock", "amber")
        self._waiting_icon = waiting_icon
        box.addStretch(1)
        self.address = FittedLabel(theme, "caption", "text_2")
        box.addWidget(self.address)
        self.day = FittedLabel(theme, "caption", "text_2")
        box.addWidget(self.day)
        self._day_rule = self._rule()
        box.addWidget(self._day_rule)
        self.next_receipt = FittedLabel(theme, "caption", "text_2")
        box.addWidget(self.next_receipt)

    def show_status(self, status: RegisterStatus) -> None:
        self.hq.setText(hq_words(status, self._figures))
        self._hq_icon.set_icon(*_HQ_ICONS[status.hq])
        bad = status.hq in ("forked", "revoked")
        self.hq.setFont(self._theme.font("caption_strong" if bad else "caption"))
        words, trouble = printer_words(status.printer)
        self.printer.setText(words)
        self.printer.setFont(self._theme.font("caption_strong" if trouble else "caption"))
        self.printer.set_colour("on_notice" if trouble else "text_2")
        self._printer_icon.set_icon(*(("triangle-alert", "amber") if trouble else ("printer", "primary")))
        waits = status.waiting_at_hq
        self.waiting.setText(waiting_at_hq_words(waits, self._figures) if waits else "")
        for widget in (self._waiting_rule, self.waiting, self._waiting_icon):
            widget.setVisible(bool(waits))
        self.address.setText(_("HQ {address}").format(address=status.hq_address) if status.hq_address else "")
        self.address.setVisible(bool(status.hq_address))
        if status.business_date is not None:
            day = self._figures.date(status.business_date)
            self.day.setText(_("Business day {day}").format(day=day))
        if status.next_receipt_number:
            self.next_receipt.setText(_("Next receipt {number}").format(number=status.next_receipt_number))

    def set_narrow(self, narrow: bool) -> None:
        for widget in (self.day, self._day_rule):
            widget.setVisible(not narrow)

    def _item(self, box) -> tuple[FittedLabel, IconLabel]:
        pair = row(gap=self._theme.step(2))
        icon = IconLabel(self._theme, "clock", "text_2", 4.5)
        word = FittedLabel(self._theme, "caption", "text_2")
        pair.addWidget(icon)
        pair.addWidget(word)
        box.addLayout(pair)
        return word, icon

    def _rule(self) -> QWidget:
        line = rule(vertical=True)
        line.setFixedHeight(self._theme.step(4))
        return line


class OfflineStrip(QFrame):
    """Under the bar while HQ is away: since when, how many sales are saved, and that selling goes on."""

    def __init__(self, theme: Theme, figures: Figures) -> None:
        super().__init__()
        self._figures = figures
        self.setProperty("role", "offline")
        step = theme.step
        self.setFixedHeight(step(10))
        box = row(self, margins=(step(4), 0, step(4), 0), gap=step(2))
        box.addWidget(IconLabel(theme, "cloud-off", "text", 5))
        self.since = FittedLabel(theme, "text_strong")
        self.saved = FittedLabel(theme, "text")
        box.addWidget(self.since)
        box.addWidget(self.saved)
        box.addStretch(1)
        box.addWidget(FittedLabel(theme, "text", "text_2", _("Cash and cards as usual.")))

    def show_status(self, status: RegisterStatus) -> None:
        since, saved = offline_words(status, self._figures)
        self.since.setText(since)
        self.saved.setText(saved)
