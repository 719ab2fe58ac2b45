"""How a reader is spoken to: the texts of a language, and figures as it writes them.

The screen, a receipt, HQ's pages and a command each bring their own; the sentences are the same for all.
"""

from __future__ import annotations

import datetime
from typing import Literal, Protocol

from agent.domain.quote import Refusal

Reader = Literal["cashier", "member", "hq"]


class Voice(Protocol):
    """`gettext` and `ngettext` of the reader's language; money without its currency, counts and dates as written in it.

    `title` is what a program is called; its id where that is not known.
    """

    def gettext(self, message: str, /) -> str: ...
    def ngettext(self, singular: str, plural: str, number: int, /) -> str: ...
    def money(self, amount_minor: int, /) -> str: ...
    def count(self, number: int, /) -> str: ...
    def date(self, day: datetime.date, /) -> str: ...
    def title(self, program_id: str, /) -> str: ...


def points(voice: Voice, number: int) -> str:
    """`20 points`."""
    return voice.ngettext("{count} point", "{count} points", number).format(count=voice.count(number))


def stamps(voice: Voice, number: int) -> str:
    """`2 stamps`."""
    return voice.ngettext("{count} stamp", "{count} stamps", number).format(count=voice.count(number))


def moment(voice: Voice, at: str) -> str:
    """The local date, or date and time, of a refusal's `at` or `on`; text that is neither as it is."""
    try:
        told = datetime.datetime.fromisoformat(at)
    except ValueError:
        return at
    date = voice.date(told.date())
    return f"{date} {told:%H:%M}" if "T" in at or " " in at else date


def weekly(voice: Voice, at: str) -> str:
    """`16:00` as it is, and `sat 09:00` with the day as people write it."""
    day, _space, time = at.rpartition(" ")
    name = {
        "mon": voice.gettext("Monday"),
        "tue": voice.gettext("Tuesday"),
        "wed": voice.gettext("Wednesday"),
        "thu": voice.gettext("Thursday"),
        "fri": voice.gettext("Friday"),
        "sat": voice.gettext("Saturday"),
        "sun": voice.gettext("Sunday"),
    }.get(day)
    return voice.gettext("{day} {time}").format(day=name, time=time) if name is not None else time


def tiers(refusal: Refusal) -> str:
    """The tiers that an offer is for."""
    return ", ".join(refusal.at.split(","))
