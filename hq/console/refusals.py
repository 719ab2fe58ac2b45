"""Why a program gave nothing, in the language of whoever reads HQ's pages (agent/domain/reasons has the sentences)."""

from __future__ import annotations

import datetime
from collections.abc import Mapping

from django.utils import formats
from django.utils.translation import gettext, ngettext

from agent.domain.quote import Applied, Refusal
from agent.domain.reasons import sentences
from hq.console import words


def why_not(refusal: Refusal, exponent: int, titles: Mapping[str, str], *, in_stamps: bool = False) -> str:
    """The sentence for a refusal; the code itself where a newer engine has one that we do not know."""
    return sentences.why_not(refusal, "hq", _PageVoice(exponent, titles), in_stamps=in_stamps)


def what_it_gave(
    applied: Applied, exponent: int, titles: Mapping[str, str], *, in_stamps: bool = False
) -> str:
    """What a program gave, every part of it. `in_stamps`: what it lets members earn is stamps."""
    return sentences.what_it_gives(applied, "hq", _PageVoice(exponent, titles), in_stamps=in_stamps)


class _PageVoice:
    """The reader's language, as the request has it; money with so many decimals; titles of the sale's programs."""

    def __init__(self, exponent: int, titles: Mapping[str, str]) -> None:
        self._exponent = exponent
        self._titles = titles

    def gettext(self, message: str) -> str:
        return gettext(message)

    def ngettext(self, singular: str, plural: str, number: int) -> str:
        return ngettext(singular, plural, number)

    def money(self, amount_minor: int) -> str:
        return words.money(amount_minor, self._exponent)

    def count(self, number: int) -> str:
        return words.whole(number)

    def date(self, day: datetime.date) -> str:
        return formats.date_format(day, "j M Y")

    def title(self, program_id: str) -> str:
        return self._titles.get(program_id, program_id)
