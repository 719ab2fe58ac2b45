"""Badges and the leaderboard: for coming, taking part and bringing friends, never for what was spent."""

from __future__ import annotations

from gettext import gettext as _
from typing import Annotated, Final, Literal

import msgspec

from agent.domain.bounds import ProgramId
from agent.domain.occasions.periods import Once
from agent.domain.problems import Problem

# What may be counted. Money is not among it, and no reward of points either, since points follow money.
Counted = Literal["visits", "activities", "friends"]
# With fewer, everybody would know who is who.
MIN_PARTICIPANTS: Final = 10
MAX_SHOWN: Final = 50


class Badge(
    msgspec.Struct,
    frozen=True,
    forbid_unknown_fields=True,
    omit_defaults=True,
    kw_only=True,
    tag_field="type",
    tag="badge",
):
    """Worn by members who have `counts` at least `at_least`; with `points` of `points_of`, once, where it gives any."""

    counts: Counted
    at_least: Annotated[int, msgspec.Meta(ge=1, le=100_000)]
    points_of: ProgramId | Literal[""] = ""
    points: Annotated[int, msgspec.Meta(ge=0, le=10**9)] = 0

    def problem(self) -> Problem | None:
        if bool(self.points) != bool(self.points_of):
            return Problem("points_of", _("must be given where `points` is above 0, and nowhere else"))
        return None


class Leaderboard(
    msgspec.Struct,
    frozen=True,
    forbid_unknown_fields=True,
    omit_defaults=True,
    kw_only=True,
    tag_field="type",
    tag="leaderboard",
):
    """Who takes part is ranked by `counts` in the running period, under an alias, once ten take part."""

    counts: Counted
    period: Once = "month"
    shown: Annotated[int, msgspec.Meta(ge=3, le=MAX_SHOWN)] = 10

    def problem(self) -> None:
        return None
