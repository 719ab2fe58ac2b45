"""Points without a purchase: for a survey, a review, a filled-in profile, a post, or for coming by."""

from __future__ import annotations

import datetime
import unicodedata
from gettext import gettext as _
from typing import Final, Literal

import msgspec

from agent.domain.bounds import PointsAmount, ProgramId
from agent.domain.occasions.periods import Once, period_of
from agent.domain.problems import Problem

ActivityName = Literal["survey", "review", "profile", "social", "visit"]
MAX_SUBJECT: Final = 64
# What a cashier can see with their own eyes.
_SEEN_AT_THE_TILL: Final = frozenset({"profile", "visit"})


class Activity(
    msgspec.Struct,
    frozen=True,
    forbid_unknown_fields=True,
    omit_defaults=True,
    kw_only=True,
    tag_field="type",
    tag="activity",
):
    """`points` of the program `points_of`, for each member once in a period, for each subject where it names one.

    A subject is what the survey or the review is about. `at_till`: a cashier may enter it; staff at HQ always may.
    """

    activity: ActivityName
    points_of: ProgramId
    points: PointsAmount
    once: Once = "ever"
    per_subject: bool = False
    at_till: bool = False

    def problem(self) -> Problem | None:
        if self.at_till and self.activity not in _SEEN_AT_THE_TILL:
            return Problem("at_till", _('must be false for all but "profile" and "visit"'))
        if self.at_till and self.per_subject:
            return Problem("per_subject", _("must be false where `at_till` is true"))
        return None

    def occasion(self, subject: str, on: datetime.date) -> str:
        """What is done once: the subject where it counts, and the period. At most 80 characters."""
        told = f"{clean_subject(subject)}@" if self.per_subject else ""
        return f"{told}{period_of(self.once, on)}"


def clean_subject(text: str) -> str:
    """A subject as it is compared: one spacing, no control characters, no matter of capitals, at most 64 characters."""
    told = unicodedata.normalize("NFC", text)
    # Folding may leave what is to be composed, and composing what is to be folded.
    for _twice in range(2):
        told = unicodedata.normalize("NFC", told.casefold())
    told = "".join(c if unicodedata.category(c)[0] != "C" else " " for c in told)
    return " ".join(told.split())[:MAX_SUBJECT].rstrip()
