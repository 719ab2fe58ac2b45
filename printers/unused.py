"""What the customer brought and could not use, with the reason: a coupon out of its dates, a code that lacks goods."""

from __future__ import annotations

import datetime
import gettext
from collections.abc import Iterator

from agent.domain.reasons.sentences import why_not
from agent.domain.receipt import ReceiptUnused
from printers.document import BOLD, Block, Text
from printers.figures import Figures


def unused_blocks(
    unused: tuple[ReceiptUnused, ...], figures: Figures, words: gettext.NullTranslations
) -> Iterator[Block]:
    """Each by its name, with the sentence for the member under it."""
    _ = words.gettext
    for one in unused:
        sentence = why_not(
            one.refusal, "member", _PaperVoice(figures, words, one.other_title), in_stamps=one.in_stamps
        )
        yield Text(_("Not used: {offer}").format(offer=one.title), BOLD)
        yield Text(sentence)


class _PaperVoice:
    """The receipt's language and figures."""

    def __init__(self, figures: Figures, words: gettext.NullTranslations, other: str) -> None:
        self._figures = figures
        self._words = words
        self._other = other

    def gettext(self, message: str) -> str:
        return self._words.gettext(message)

    def ngettext(self, singular: str, plural: str, number: int) -> str:
        return self._words.ngettext(singular, plural, number)

    def money(self, amount_minor: int) -> str:
        return self._figures.money(amount_minor)

    def count(self, number: int) -> str:
        return self._figures.points(number)

    def date(self, day: datetime.date) -> str:
        return self._figures.date(day)

    def title(self, program_id: str) -> str:
        return self._other or program_id
