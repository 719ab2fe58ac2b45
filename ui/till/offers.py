"""The offers of a basket: at most three as buttons, the rest one tap away."""

from __future__ import annotations

from gettext import gettext as _
from typing import Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from agent.service.views import OfferView
from ui.figures import Figures
from ui.theme import GAP_MM, Theme
from ui.till.member_panel import RefusedLines
from ui.till.offer import OfferButton
from ui.till.words import refused_line
from ui.widgets.frames import column
from ui.widgets.label import FittedLabel

SHOWN: Final = 3
# "All offers" shows this many; more would be a list that nobody reads with a queue watching.
SHOWN_IN_ALL: Final = 7


class Offers(QWidget):
    """`tapped` brings the offer; the session knows what a tap on it means."""

    tapped = Signal(object)

    def __init__(self, theme: Theme, figures: Figures, shown: int = SHOWN, *, named: bool = True) -> None:
        super().__init__()
        self._theme = theme
        self._figures = figures
        self._named = named
        self._head = FittedLabel(theme, "caption_strong", "text_2", _("Offers"))
        self.buttons: list[OfferButton] = []
        self._refused = RefusedLines(theme)
        step = theme.step
        box = column(self)
        self._head.setContentsMargins(step(4), step(2.5), step(4), step(2))
        box.addWidget(self._head)
        list_box = column(margins=(step(3), 0 if named else step(3), step(3), 0), gap=theme.mm(GAP_MM))
        for _number in range(shown):
            button = OfferButton(theme, figures)
            button.clicked.connect(lambda *_, button=button: self.tapped.emit(button.offer))
            list_box.addWidget(button)
            self.buttons.append(button)
        box.addLayout(list_box)
        box.addWidget(self._refused)
        box.addStretch(1)

    def show_offers(self, offers: tuple[OfferView, ...], asking: frozenset[str]) -> None:
        """Best first. `asking`: programs whose cost HQ is being asked for."""
        cards = on_cards(offers)[: len(self.buttons)]
        for number, button in enumerate(self.buttons):
            button.setVisible(number < len(cards))
            if number < len(cards):
                button.show_offer(cards[number], asking=cards[number].program_id in asking)
        refused = [refused_line(offer, self._figures) for offer in offers if not _has_card(offer)]
        self._refused.show_lines(refused)
        self._head.setVisible(self._named and bool(cards or refused))

    def shown(self) -> list[OfferView]:
        """The offers that have a button now, from the top."""
        return [button.offer for button in self.buttons if not button.isHidden() and button.offer is not None]

    def refused(self) -> list[str]:
        return self._refused.texts()


def on_cards(offers: tuple[OfferView, ...]) -> list[OfferView]:
    """The offers that get a button. A refused one gets a grey line, unless a tap on it has more to say."""
    return [offer for offer in offers if _has_card(offer)]


def _has_card(offer: OfferView) -> bool:
    return offer.state != "refused" or offer.tappable
