"""Points for joining, once for each member."""

from __future__ import annotations

import msgspec

from agent.domain.bounds import PointsAmount, ProgramId

ONCE = "joined"


class Welcome(
    msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, tag_field="type", tag="welcome"
):
    """`points` of the program `points_of`, given when HQ has posted the enrolment."""

    points_of: ProgramId
    points: PointsAmount

    def problem(self) -> None:
        return None
