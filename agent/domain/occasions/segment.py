"""A segment that HQ keeps by itself: members who have not bought for so long, who are new, or who come often.

A program of this kind gives nothing. Its id is the segment's name, which other programs' audiences name: a win-back
offer is a promotion for the segment `lapsed`.
"""

from __future__ import annotations

from gettext import gettext as _
from typing import Annotated

import msgspec

from agent.domain.problems import Problem

_Days = Annotated[int, msgspec.Meta(ge=0, le=3_650)]


class Segment(
    msgspec.Struct,
    frozen=True,
    forbid_unknown_fields=True,
    omit_defaults=True,
    kw_only=True,
    tag_field="type",
    tag="segment",
):
    """Every condition given must hold; 0 is no condition. Days are business dates, today among them.

    `away_days`: the last purchase is at least so many days ago (who never bought is not away). `joined_days`: joined
    at most so many days ago. `visits` purchases in the last `visits_days` days (0: ever).
    """

    away_days: _Days = 0
    joined_days: _Days = 0
    visits: Annotated[int, msgspec.Meta(ge=0, le=10_000)] = 0
    visits_days: _Days = 0

    def problem(self) -> Problem | None:
        if not (self.away_days or self.joined_days or self.visits):
            return Problem("away_days", _("must be above 0 where the segment has no other condition"))
        if self.visits_days and not self.visits:
            return Problem("visits", _("must be above 0 where `visits_days` is"))
        return None

    def has(self, *, away: int | None, joined: int, visits: int) -> bool:
        """Whether a member belongs to it: days since the last purchase (None: never bought) and since joining."""
        if self.away_days and (away is None or away < self.away_days):
            return False
        if self.joined_days and joined > self.joined_days:
            return False
        return visits >= self.visits
