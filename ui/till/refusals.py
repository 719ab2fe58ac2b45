"""Why an offer does not apply, in words.

The codes are the closed list of agent/domain/refusal_codes.py; one that has no sentence here fails a test.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable
from gettext import gettext as _
from gettext import ngettext
from typing import Final

from agent.domain import refusal_codes as codes
from agent.domain.quote import Refusal
from ui.figures import Figures


def refusal_words(refusal: Refusal, figures: Figures, *, in_stamps: bool = False) -> str:
    """Why an offer does not apply, as a short phrase: `7.44 more`, `Points can be used when the connection is back.`

    `in_stamps`: what is missing are stamps of a card.
    """
    words = (_OF_STAMPS if in_stamps else {}).get(refusal.code) or _REFUSALS.get(refusal.code)
    return words(refusal, figures) if words else _("Not in this sale")


def _money_gap(refusal: Refusal, figures: Figures) -> str:
    return _("{amount} more").format(amount=figures.money(refusal.gap_minor))


def _unit_gap(refusal: Refusal, figures: Figures) -> str:
    units = refusal.gap_units
    return ngettext("{count} more", "{count} more", units).format(count=figures.count(units))


def _point_gap(refusal: Refusal, figures: Figures) -> str:
    points = refusal.gap_points
    return ngettext("{count} point more", "{count} points more", points).format(count=figures.count(points))


def _stamp_gap(refusal: Refusal, figures: Figures) -> str:
    stamps = refusal.gap_points
    return ngettext("{count} stamp more", "{count} stamps more", stamps).format(count=figures.count(stamps))


def _at(refusal: Refusal, figures: Figures) -> str:
    """The date or the date and time of a refusal, as people write it."""
    try:
        moment = datetime.datetime.fromisoformat(refusal.at)
    except ValueError:
        return refusal.at
    date = figures.date(moment.date())
    return f"{date} {moment:%H:%M}" if "T" in refusal.at or " " in refusal.at else date


def _weekly(at: str) -> str:
    """`16:00` as it is, and `sat 09:00` with the day as people write it."""
    day, _space, time = at.rpartition(" ")
    return _("{day} {time}").format(day=_DAYS[day](), time=time) if day in _DAYS else time


_DAYS: Final[dict[str, Callable[[], str]]] = {
    "mon": lambda: _("Monday"),
    "tue": lambda: _("Tuesday"),
    "wed": lambda: _("Wednesday"),
    "thu": lambda: _("Thursday"),
    "fri": lambda: _("Friday"),
    "sat": lambda: _("Saturday"),
    "sun": lambda: _("Sunday"),
}

_USED_UP: Final[dict[str, Callable[[], str]]] = {
    "day": lambda: _("used up for today"),
    "week": lambda: _("used up for this week"),
    "month": lambda: _("used up for this month"),
    "year": lambda: _("used up for this year"),
    "always": lambda: _("used up"),
}

_REFUSALS: Final[dict[str, Callable[[Refusal, Figures], str]]] = {
    codes.UNKNOWN_PROGRAM: lambda refusal, figures: _("not known at this register"),
    codes.NEEDS_NEWER_REGISTER: lambda refusal, figures: _("needs a newer version of Regulars"),
    codes.OTHER_CURRENCY: lambda refusal, figures: _("is in another currency"),
    codes.RUN_BY_HQ: lambda refusal, figures: _("is not part of a sale"),
    codes.OTHER_STORE: lambda refusal, figures: _("is for other stores"),
    codes.NOT_YET_ACTIVE: lambda refusal, figures: _("starts on {date}").format(date=_at(refusal, figures)),
    codes.NO_LONGER_ACTIVE: lambda refusal, figures: _("ended on {date}").format(date=_at(refusal, figures)),
    codes.CLOCK_SUSPECT: lambda refusal, figures: _("waits until the register's clock is right"),
    codes.NEEDS_MEMBER: lambda refusal, figures: _("for members"),
    codes.NEEDS_TIER: lambda refusal, figures: _("for {tiers} members").format(tiers=refusal.at),
    codes.PROVISIONAL_MEMBER: lambda refusal, figures: _("once HQ knows this member"),
    codes.OUTSIDE_HOURS: lambda refusal, figures: _("from {time} on").format(time=_weekly(refusal.at)),
    codes.NOT_INVITED: lambda refusal, figures: _("not for this member"),
    codes.NOT_BIRTHDAY_WEEK: lambda refusal, figures: _("in the birthday week"),
    codes.NOT_FIRST_PURCHASE: lambda refusal, figures: _("for the first purchase"),
    codes.USED_UP: lambda refusal, figures: (
        _USED_UP[refusal.at]() if refusal.at in _USED_UP else _("used up")
    ),
    codes.LIMIT_REACHED: lambda refusal, figures: _("none of this offer is left here"),
    codes.BUDGET_TOO_SMALL: lambda refusal, figures: _("too little of this offer is left here"),
    codes.NO_GOODS: lambda refusal, figures: _("none of its goods is in the basket"),
    codes.BELOW_MINIMUM_SPEND: _money_gap,
    codes.NOT_ENOUGH_UNITS: _unit_gap,
    codes.NOTHING_LEFT: lambda refusal, figures: _("nothing is left to take off"),
    codes.NOTHING_EARNED: lambda refusal, figures: _("comes to less than one point"),
    codes.BETTER_OFFER: lambda refusal, figures: _("another offer saves more"),
    codes.TAKEN_OFF: lambda refusal, figures: _("taken off for this sale"),
    codes.WAITS_FOR_TAP: lambda refusal, figures: _("tap to use it"),
    codes.NOTHING_TO_CLAIM: lambda refusal, figures: _("applies by itself"),
    codes.NOT_ENOUGH_POINTS: _point_gap,
    codes.POINTS_NOT_HELD: lambda refusal, figures: _("Points can be used when the connection is back."),
    codes.BASKET_TOO_SMALL: _money_gap,
    codes.NEEDS_CODE: lambda refusal, figures: _("needs its code"),
    codes.NEEDS_COUPON: lambda refusal, figures: _("needs its coupon"),
    codes.NO_COUPON_PROGRAM: lambda refusal, figures: _("this coupon is for nothing here"),
    codes.COUPON_NOT_YET_VALID: lambda refusal, figures: _("valid from {date}").format(
        date=_at(refusal, figures)
    ),
    codes.COUPON_EXPIRED: lambda refusal, figures: _("was valid until {date}").format(
        date=_at(refusal, figures)
    ),
    codes.COUPON_HELD_ELSEWHERE: lambda refusal, figures: _("can be used when the connection is back"),
    codes.ONE_COUPON_PER_SALE: lambda refusal, figures: _("one coupon of this kind per sale"),
}

_OF_STAMPS: Final[dict[str, Callable[[Refusal, Figures], str]]] = {
    codes.NOT_ENOUGH_POINTS: _stamp_gap,
    codes.POINTS_NOT_HELD: lambda refusal, figures: _("Stamps can be used when the connection is back."),
}
