"""The cashier's words for a refusal, with figures as this screen writes them (agent/domain/reasons has the sentences)."""

from __future__ import annotations

import datetime
import gettext

from agent.domain.quote import Applied, Refusal
from agent.domain.reasons.sentences import what_it_gives, why_not
from ui.figures import Figures


def refusal_words(refusal: Refusal, figures: Figures, *, in_stamps: bool = False, other: str = "") -> str:
    """Why an offer does not apply, as a short phrase: `7.44 more`, `already used on 3 Nov`.

    `in_stamps`: what is missing are stamps of a card. `other` is the title of the offer that applies instead.
    """
    return why_not(refusal, "cashier", _ScreenVoice(figures, other), in_stamps=in_stamps)


def giving_words(applied: Applied, figures: Figures, *, in_stamps: bool = False) -> str:
    """What an offer gives in this sale: `takes off 4.00`. `in_stamps`: what it earns is stamps."""
    return what_it_gives(applied, "cashier", _ScreenVoice(figures, ""), in_stamps=in_stamps)


class _ScreenVoice:
    """The screen's language and figures."""

    def __init__(self, figures: Figures, other: str) -> None:
        self._figures = figures
        self._other = other

    def gettext(self, message: str) -> str:
        return gettext.gettext(message)

    def ngettext(self, singular: str, plural: str, number: int) -> str:
        return gettext.ngettext(singular, plural, number)

    def money(self, amount_minor: int) -> str:
        return self._figures.money(amount_minor)

    def count(self, number: int) -> str:
        return self._figures.count(number)

    def date(self, day: datetime.date) -> str:
        return self._figures.date(day)

    def title(self, program_id: str) -> str:
        return self._other or program_id
