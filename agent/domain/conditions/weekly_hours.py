"""On which days and between which times of the week a program runs, by the clock on the store's wall.

The quote's input carries its own UTC offset, so the night in which the clocks change neither loses an offer nor
gives it twice as long: what counts is what the clock in the shop says.
"""

from __future__ import annotations

import datetime
from gettext import gettext as _
from typing import Annotated, Final, Literal

import msgspec

from agent.domain import refusal_codes
from agent.domain.problems import Problem
from agent.domain.quote import Refusal
from agent.domain.quote_input import Context

_DAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_MINUTES_A_DAY: Final = 24 * 60
# 1 January 1970 was a Thursday.
_FIRST_WEEKDAY: Final = 3

Day = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
TimeOfDay = Annotated[str, msgspec.Meta(pattern=r"^([01]\d|2[0-3]):[0-5]\d$|^24:00$")]


class WeeklyHours(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, kw_only=True):
    """On these days (all where it is empty) from `from` until `until`, which is past midnight where it is earlier.

    The time `until` no longer belongs to it. Hours after midnight belong to the day on which they began.
    """

    days: Annotated[tuple[Day, ...], msgspec.Meta(max_length=7)] = ()
    begin: TimeOfDay = msgspec.field(default="00:00", name="from")
    until: TimeOfDay = "24:00"

    def problem(self) -> Problem | None:
        if len(set(self.days)) < len(self.days):
            return Problem("days", _("must name each day once"))
        if self.begin == self.until:
            return Problem("until", _("must not be the same time as `from`"))
        return None

    def open_at(self, weekday: int, minute: int) -> bool:
        """Whether it runs on this day (Monday 0) at this minute of the day."""
        begin, until = _minute(self.begin), _minute(self.until)
        if begin < until:
            return self._on(weekday) and begin <= minute < until
        if minute >= begin:
            return self._on(weekday)
        return minute < until and self._on(weekday - 1)

    def _on(self, weekday: int) -> bool:
        return not self.days or _DAYS[weekday % 7] in self.days


def check_hours(hours: tuple[WeeklyHours, ...], context: Context) -> Refusal | None:
    """`at` of the refusal is when it opens next today, or the first time of the week that it has."""
    if not hours:
        return None
    minutes = context.offer_time_ms // 60_000 + context.offset_min
    day, minute = divmod(minutes, _MINUTES_A_DAY)
    weekday = (day + _FIRST_WEEKDAY) % 7
    if any(each.open_at(weekday, minute) for each in hours):
        return None
    return Refusal(refusal_codes.OUTSIDE_HOURS, at=_next_opening(hours, weekday, minute))


def _next_opening(hours: tuple[WeeklyHours, ...], weekday: int, minute: int) -> str:
    """For example "16:00" when it opens later today, else "sat 09:00"."""
    best: tuple[int, str] | None = None
    for each in hours:
        begin = _minute(each.begin)
        for ahead in range(8):
            if (ahead == 0 and begin <= minute) or not each._on(weekday + ahead):
                continue
            name = each.begin if ahead == 0 else f"{_DAYS[(weekday + ahead) % 7]} {each.begin}"
            if best is None or (ahead * _MINUTES_A_DAY + begin) < best[0]:
                best = (ahead * _MINUTES_A_DAY + begin, name)
            break
    return best[1] if best is not None else ""


def _minute(text: str) -> int:
    hours, minutes = text.split(":")
    return int(datetime.timedelta(hours=int(hours), minutes=int(minutes)).total_seconds()) // 60
