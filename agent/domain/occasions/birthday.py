"""Points for the member's birthday, once a year."""

from __future__ import annotations

import datetime

import msgspec

from agent.domain.bounds import PointsAmount, ProgramId

# The week of a birthday: so many days before and after it, as the register's `in_birthday_week` has it.
DAYS_AROUND = 3


class Birthday(
    msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, tag_field="type", tag="birthday"
):
    """`points` of the program `points_of`, given in the week of the birthday to members who told it."""

    points_of: ProgramId
    points: PointsAmount

    def problem(self) -> None:
        return None


def birthday_near(month: int, day: int, on: datetime.date) -> datetime.date | None:
    """The birthday within three days of `on`, or None; 29 February is 1 March in other years."""
    for year in (on.year - 1, on.year, on.year + 1):
        try:
            date = datetime.date(year, month, day)
        except ValueError:
            if (month, day) != (2, 29) or not datetime.MINYEAR <= year <= datetime.MAXYEAR:
                continue
            date = datetime.date(year, 3, 1)
        if abs((date - on).days) <= DAYS_AROUND:
            return date
    return None
