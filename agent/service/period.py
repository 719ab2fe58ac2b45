"""A period of business dates, the first and the last day included, as it is typed on a command line."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from gettext import gettext as _

from agent.domain.errors import LoyaltyError


@dataclass(frozen=True, slots=True)
class Period:
    """Business dates from `first` to `last`, both included."""

    first: datetime.date
    last: datetime.date


def period_of(first: str, last: str) -> Period:
    """The period from one ISO date to another. Raises LoyaltyError where one is no date, or the last is before."""
    period = Period(_date("--from", first), _date("--to", last))
    if period.last < period.first:
        raise LoyaltyError(
            _("--to {last} is before --from {first}.").format(last=period.last, first=period.first),
            _("Turn them round."),
            code="bad_period",
        )
    return period


def _date(option: str, text: str) -> datetime.date:
    try:
        # Only the one form that sorts as dates do: 20261122 and 2026-W47-7 are dates for Python.
        day = datetime.date.fromisoformat(text)
    except ValueError:
        day = None
    if day is None or day.isoformat() != text:
        raise LoyaltyError(
            _("{option} {text} is not a date.").format(option=option, text=text[:40]),
            _("Write it like 2026-11-22."),
            code="bad_period",
        )
    return day
