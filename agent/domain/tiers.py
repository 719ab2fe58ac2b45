"""Tiers: a level that a member reaches by what they spend, or earn, within a window, and keeps until a review.

The standing follows from dated facts alone, never from the order in which they arrive: HQ replays an account's sales,
returns and manual changes day by day, so the same facts give the same tier, its date and its history.
"""

from __future__ import annotations

import calendar
import datetime
from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from gettext import gettext as _
from itertools import accumulate
from typing import Annotated, Literal

import msgspec

from agent.domain.bounds import MAX_SAFE_INT, ProgramId
from agent.domain.goods import Name
from agent.domain.problems import Problem

Months = Annotated[int, msgspec.Meta(ge=1, le=60)]
Why = Literal["reached", "review", "by_hand"]


class TierLevel(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A tier, and how much within the window reaches it: minor units of the set's currency, or points."""

    tier: Name
    reach: Annotated[int, msgspec.Meta(ge=1, le=MAX_SAFE_INT)]


class TierRules(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, kw_only=True):
    """The levels, lowest first, and what counts towards them.

    `counts` "spend" is what members paid less what they got back; "points" is what they earned of `points_of`. The
    `window` is the last `months` months, or the calendar year. A tier is looked at again `review_months` after it
    was reached or last reviewed: where its threshold is no longer met it goes down one step. With `this_sale` a sale
    that reaches a tier is in it already.
    """

    counts: Literal["spend", "points"] = "spend"
    points_of: ProgramId | Literal[""] = ""
    window: Literal["months", "calendar_year"] = "months"
    months: Months = 12
    review_months: Months = 12
    this_sale: bool = False
    levels: Annotated[tuple[TierLevel, ...], msgspec.Meta(min_length=1, max_length=20)]

    def problem(self) -> Problem | None:
        if (self.counts == "points") != bool(self.points_of):
            return Problem("points_of", _('must be given where `counts` is "points", and nowhere else'))
        if self.window == "calendar_year" and self.months != 12:
            return Problem("months", _('must be left out where `window` is "calendar_year"'))
        before: list[TierLevel] = []
        for number, level in enumerate(self.levels):
            if any(level.tier == one.tier for one in before):
                return Problem(f"levels[{number}].tier", _("is also the tier of another level"))
            if before and level.reach <= before[-1].reach:
                return Problem(f"levels[{number}].reach", _("must be more than the level's before it"))
            before.append(level)
        return None

    def step_of(self, tier: str) -> int:
        """How many levels up the tier is; 0 for none, or for one that these rules do not have."""
        return next((number for number, one in enumerate(self.levels, 1) if one.tier == tier), 0)

    def after(self, tier: str) -> TierLevel | None:
        """The level above this tier, None at the top."""
        step = self.step_of(tier)
        return self.levels[step] if step < len(self.levels) else None

    def reached(self, progress: int) -> int:
        """How many levels this much reaches."""
        return sum(progress >= level.reach for level in self.levels)


@dataclass(frozen=True, slots=True)
class Counted:
    """An amount of the day `on`, negative for goods that came back, that counts from the day `since` on.

    A return lowers the progress by what the sale had raised it: `on` is then the sale's day, `since` its own.
    """

    on: datetime.date
    amount: int
    since: datetime.date


@dataclass(frozen=True, slots=True)
class ByHand:
    """Somebody set the tier on a day; "" takes it away. It holds until a later sale reaches more, or the review.

    `at_least`: it takes nothing away from whoever has reached more (a tier of before tiers were counted).
    """

    on: datetime.date
    tier: str
    at_least: bool = False


@dataclass(frozen=True, slots=True)
class TierChange:
    """A step up or down, and why."""

    on: datetime.date
    tier: str
    before: str
    why: Why


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """The tier in force on a day. `missing` is what is missing to `next_tier`; both empty at the top."""

    tier: str
    since: datetime.date | None
    review_on: datetime.date | None
    progress: int
    next_tier: str
    missing: int
    changes: tuple[TierChange, ...]


def standing_on(
    rules: TierRules, facts: Iterable[Counted], by_hand: Iterable[ByHand], on: datetime.date
) -> Standing:
    """Where an account stands at the end of a day. Facts of later days are left out.

    Manual changes come in the order in which they were made; the last of a day wins.
    """
    window = _Progress(rules, [fact for fact in facts if fact.since <= on and fact.on <= on])
    changed: dict[datetime.date, list[ByHand]] = {}
    for one in by_hand:
        if one.on <= on:
            changed.setdefault(one.on, []).append(one)
    walk = _Walk(rules, window)
    for day in sorted(window.days | set(changed)):
        walk.review(day)
        if day in window.days:
            walk.rise(day)
        for one in changed.get(day, ()):
            walk.set(day, rules.step_of(one.tier), at_least=one.at_least)
    walk.review(on)
    tier, progress = walk.tier, window.on(on)
    following = rules.after(tier)
    return Standing(
        tier=tier,
        since=walk.since,
        review_on=walk.review_on,
        progress=progress,
        next_tier=following.tier if following else "",
        missing=max(0, following.reach - progress) if following else 0,
        changes=tuple(walk.changes),
    )


class _Progress:
    """Sums of a window that ends on any day, without going through all facts for each."""

    def __init__(self, rules: TierRules, facts: list[Counted]) -> None:
        self._rules = rules
        at_once = sorted((fact.on, fact.amount) for fact in facts if fact.since <= fact.on)
        self._later = [fact for fact in facts if fact.since > fact.on]
        self._dates = [on for on, _amount in at_once]
        self._sums = [0, *accumulate(amount for _on, amount in at_once)]
        # Nothing rises on the day of a return.
        self.days = {on for on, amount in at_once if amount > 0}

    def on(self, day: datetime.date) -> int:
        """What counts at the end of this day; never below zero."""
        after = self._begins(day)
        first, last = bisect_left(self._dates, after), bisect_right(self._dates, day)
        total = self._sums[last] - self._sums[first]
        total += sum(one.amount for one in self._later if one.since <= day and after <= one.on)
        return max(0, total)

    def _begins(self, day: datetime.date) -> datetime.date:
        if self._rules.window == "calendar_year":
            return day.replace(month=1, day=1)
        return months_later(day, -self._rules.months) + datetime.timedelta(days=1)


class _Walk:
    """The tier as the days go by."""

    def __init__(self, rules: TierRules, window: _Progress) -> None:
        self._rules = rules
        self._window = window
        self._step = 0
        self.since: datetime.date | None = None
        self.review_on: datetime.date | None = None
        self.changes: list[TierChange] = []

    @property
    def tier(self) -> str:
        return self._name(self._step)

    def review(self, until: datetime.date) -> None:
        """Every review that has come due: one step down at most, each time."""
        while self.review_on is not None and self.review_on <= until:
            day = self.review_on
            if self._rules.reached(self._window.on(day)) < self._step:
                self._go(day, self._step - 1, "review")
            self._review_after(day)

    def rise(self, day: datetime.date) -> None:
        """Up at once, over several levels where so much was reached."""
        reached = self._rules.reached(self._window.on(day))
        if reached > self._step:
            self._go(day, reached, "reached")
            self._review_after(day)

    def set(self, day: datetime.date, step: int, *, at_least: bool) -> None:
        """By hand, in either direction; the review begins again."""
        if at_least and step <= self._step:
            return
        if step != self._step:
            self._go(day, step, "by_hand")
        self._review_after(day)

    def _go(self, day: datetime.date, step: int, why: Why) -> None:
        self.changes.append(TierChange(day, self._name(step), self._name(self._step), why))
        self._step, self.since = step, day if step else None

    def _review_after(self, day: datetime.date) -> None:
        self.review_on = months_later(day, self._rules.review_months) if self._step else None

    def _name(self, step: int) -> str:
        return self._rules.levels[step - 1].tier if step else ""


def months_later(day: datetime.date, months: int) -> datetime.date:
    """The same day of another month, or that month's last day where it is shorter."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    # A register's clock may have been anywhere.
    year = min(max(year, datetime.MINYEAR), datetime.MAXYEAR)
    return datetime.date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def progress_counter(counts: str, program_id: str) -> str:
    """The counter in the member's facts that holds their progress, in minor units or in points."""
    return f"tier_{counts}:{program_id}"
