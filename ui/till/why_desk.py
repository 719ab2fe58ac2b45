"""Asking why: what the offers with a word in their name do in this sale, behind the screen."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QObject, Signal

from agent.service.views import WhyView
from ui.background import Background, Refused
from ui.till.services import TillServices

WHY_SHOWN: Final = 6


class WhyDesk(QObject):
    """`told` comes with the words that it is for, since the next letter may be typed already."""

    told = Signal(str, object)

    def __init__(self, services: TillServices, work: Background, refused: Refused, parent: QObject) -> None:
        super().__init__(parent)
        self._services = services
        self._work = work
        self._refused = refused
        # What was typed last. A question that the next letter has overtaken is not asked, or not answered.
        self._asked = ""

    def ask(self, text: str) -> None:
        """The offers with these words, each with what it gives or why it gives nothing; without words the first ones."""
        self._asked = text
        checkout = self._services.checkout

        def job() -> tuple[WhyView, ...] | None:
            return checkout.why_not(text, WHY_SHOWN) if self._asked == text else None

        def done(found: tuple[WhyView, ...] | None) -> None:
            if found is not None and self._asked == text:
                self.told.emit(text, found)

        self._work.submit(job, done, self._refused)
