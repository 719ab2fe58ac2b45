"""From when and until when a program runs, in the store's local time.

A date means the business date, so a day that ends at two in the morning keeps its offers until then; a date with
a time means the clock on the wall. The quote's input carries its own UTC offset, so a change to summer time in
between makes no difference.
"""

from __future__ import annotations

import datetime
from gettext import gettext as _
from typing import Annotated, Final

import msgspec

from agent.domain import refusal_codes
from agent.domain.problems import Problem
from agent.domain.quote import Refusal
from agent.domain.quote_input import Context

_EPOCH: Final = datetime.datetime(1970, 1, 1)  # noqa: DTZ001 - a wall clock has no zone
_MINUTE: Final = datetime.timedelta(minutes=1)

LocalMoment = Annotated[str, msgspec.Meta(pattern=r"^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2})?$")]


class ActiveWindow(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, kw_only=True):
    """`from` and `until` as 2026-11-01 or 2026-11-01T16:00; the last date belongs to it, the last time does not."""

    begin: LocalMoment = msgspec.field(default="", name="from")
    until: LocalMoment = ""

    def problem(self) -> Problem | None:
        for field, text in (("from", self.begin), ("until", self.until)):
            if text and _moment(text) is None:
                return Problem(
                    field, _("must be a local date or time that exists, like 2026-11-01 or 2026-11-01T16:00")
                )
        if self.begin and self.until and self.begin[:10] > self.until[:10]:
            return Problem("until", _("must not be before `from`"))
        return None

    def check(self, context: Context) -> Refusal | None:
        if self.begin and _now(context, self.begin) < self.begin:
            return Refusal(refusal_codes.NOT_YET_ACTIVE, at=self.begin)
        if self.until:
            now = _now(context, self.until)
            over = now >= self.until if "T" in self.until else now > self.until
            if over:
                return Refusal(refusal_codes.NO_LONGER_ACTIVE, at=self.until)
        return None


def check_clock(context: Context, *, confirmed: bool) -> Refusal | None:
    """Offers with dates wait for a person's yes while the clock is suspect."""
    if context.clock == "suspect" and not confirmed:
        return Refusal(refusal_codes.CLOCK_SUSPECT)
    return None


def _now(context: Context, like: str) -> str:
    """Now, written like a bound of the window: texts of one form sort as their times do."""
    if "T" not in like:
        return context.business_date.isoformat()
    minutes = context.offer_time_ms // 60_000 + context.offset_min
    return (_EPOCH + minutes * _MINUTE).isoformat(timespec="minutes")


def _moment(text: str) -> datetime.datetime | None:
    try:
        return datetime.datetime.fromisoformat(text)
    except ValueError:
        return None
