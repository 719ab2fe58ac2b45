"""Which experiments ran and since when, from the program sets that were published."""

from __future__ import annotations

import datetime
from dataclasses import dataclass, field
from typing import Final

import msgspec

from agent.domain.experiments import Experiment
from hq import clock
from hq.programs.models import ProgramSetVersion

# The newest published sets that are looked at.
MOST_VERSIONS: Final = 100


class _Named(msgspec.Struct):
    id: str
    name: dict[str, str] = {}
    experiment: str = ""
    stores: tuple[str, ...] = ()


class _Set(msgspec.Struct):
    """What is needed of a program set; the rest is passed over unread."""

    currency: str
    programs: tuple[_Named, ...]
    experiments: tuple[Experiment, ...] = ()


_READ: Final = msgspec.json.Decoder(_Set)


@dataclass(slots=True)
class Run:
    """An experiment from the set that first named it on, until one that no longer did (None: it runs still)."""

    experiment: Experiment
    currency: str
    started_ms: int
    ended_ms: int | None = None
    programs: dict[str, dict[str, str]] = field(default_factory=dict)

    @property
    def key(self) -> str:
        """Which run it is, among all runs and pilots."""
        return f"{self.started_ms}.{self.experiment.id}"

    @property
    def first_day(self) -> datetime.date:
        """The first whole day."""
        return _day_after(self.started_ms)

    def last_day(self, now_ms: int) -> datetime.date:
        """The last whole day, as of now."""
        return _day_before(min(self.ended_ms or now_ms, now_ms))


@dataclass(frozen=True, slots=True)
class Pilot:
    """A program of the active set that is for some stores only."""

    program_id: str
    name: dict[str, str]
    stores: tuple[str, ...]
    currency: str
    started_ms: int

    @property
    def key(self) -> str:
        """Which pilot it is, since it names these stores, among all runs and pilots."""
        return f"pilot.{self.started_ms}.{self.program_id}"

    @property
    def first_day(self) -> datetime.date:
        """The first whole day."""
        return _day_after(self.started_ms)

    def last_day(self, now_ms: int) -> datetime.date:
        """The last whole day, as of now."""
        return _day_before(now_ms)


def runs() -> list[Run]:
    """Every run of the newest published sets, the newest first. A changed key or share draws anew: another run."""
    found: list[Run] = []
    for published_ms, data in _published():
        read = _READ.decode(data)
        here = {each.id: each for each in read.experiments}
        for run in found:
            if run.ended_ms is None and here.get(run.experiment.id) != run.experiment:
                run.ended_ms = published_ms
        going_on = {run.experiment.id: run for run in found if run.ended_ms is None}
        for name, experiment in here.items():
            if name not in going_on:
                going_on[name] = Run(experiment, read.currency, published_ms)
                found.append(going_on[name])
        for program in read.programs:
            if program.experiment in going_on:
                going_on[program.experiment].programs[program.id] = program.name
    return sorted(found, key=lambda run: (-run.started_ms, run.experiment.id))


def pilots() -> list[Pilot]:
    """The programs of the active set that name stores, by id, since they name these stores."""
    since: dict[tuple[str, tuple[str, ...]], int] = {}
    named: dict[tuple[str, tuple[str, ...]], Pilot] = {}
    for published_ms, data in _published():
        read = _READ.decode(data)
        named = {}
        for each in read.programs:
            if each.stores:
                which = (each.id, tuple(sorted(each.stores)))
                started_ms = since.get(which, published_ms)
                named[which] = Pilot(each.id, each.name, which[1], read.currency, started_ms)
        since = {which: pilot.started_ms for which, pilot in named.items()}
    return sorted(named.values(), key=lambda pilot: pilot.program_id)


def _day_after(at_ms: int) -> datetime.date:
    """On the day of publishing some registers still had the set before."""
    return clock.at(at_ms).date() + datetime.timedelta(days=1)


def _day_before(at_ms: int) -> datetime.date:
    return clock.at(at_ms).date() - datetime.timedelta(days=1)


def _published() -> list[tuple[int, bytes]]:
    """When and what, oldest first."""
    versions = (
        ProgramSetVersion.objects.exclude(published_ms=None)
        .order_by("-published_ms", "-pk")
        .values_list("published_ms", "content__data")[:MOST_VERSIONS]
    )
    return [(published_ms or 0, bytes(data)) for published_ms, data in reversed(versions)]
