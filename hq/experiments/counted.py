"""Counts that are kept: comparing arms or stores reads every sale of its days, so the page shows the count that was made
last, says when, and makes another when somebody asks for it.

A kept count is of its days as HQ had them then; what came in since is in the next one. The newest few are kept.
"""

from __future__ import annotations

import datetime
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Final, Generic, TypeVar

from django.db import transaction

from hq.experiments.arms import Measured, measure
from hq.experiments.comparing import Arm
from hq.experiments.models import KeptCount
from hq.experiments.runs import Pilot, Run
from hq.experiments.shops import Beside, Pilots, Trade, compare

# Of each run and of each pilot.
MOST_KEPT: Final = 20

Figures = TypeVar("Figures")


@dataclass(frozen=True, slots=True)
class Counted(Generic[Figures]):
    """Figures of the days from `first` to `last`, as HQ had them at `at_ms`."""

    figures: Figures
    first: datetime.date
    last: datetime.date
    at_ms: int


def count_run(run: Run, first: datetime.date, last: datetime.date, now_ms: int) -> Counted[Measured]:
    """Both arms on these days, counted now and kept."""
    measured = measure(run.experiment, run.currency, run.started_ms, first, last)
    _keep(run.key, first, last, asdict(measured), now_ms)
    return Counted(measured, first, last, now_ms)


def kept_run(run: Run, first: datetime.date, last: datetime.date | None = None) -> Counted[Measured] | None:
    """The newest count from this day on: to `last`, or to whatever day came last."""
    kept = KeptCount.objects.filter(what=run.key, first=first)
    if last is not None:
        kept = kept.filter(last=last)
    found = kept.order_by("-last", "-pk").first()
    if found is None:
        return None
    told = json.loads(found.figures)
    measured = Measured(Arm(**told["given"]), Arm(**told["held_out"]), told["crossed"])
    return Counted(measured, found.first, found.last, found.at_ms)


def count_pilot(pilot: Pilot, now_ms: int) -> Counted[Pilots] | None:
    """The pilot's stores beside the others, counted now and kept; None before its first whole day is over."""
    pilots = compare(pilot.stores, pilot.currency, pilot.first_day, pilot.last_day(now_ms))
    if pilots is None:
        return None
    told = {"days": pilots.days, "pilot": asdict(pilots.pilot), "others": asdict(pilots.others)}
    _keep(pilot.key, pilots.first, pilots.last, told, now_ms)
    return Counted(pilots, pilots.first, pilots.last, now_ms)


def kept_pilot(pilot: Pilot) -> Counted[Pilots] | None:
    """The newest count of it."""
    found = KeptCount.objects.filter(what=pilot.key).order_by("-last", "-pk").first()
    if found is None:
        return None
    told = json.loads(found.figures)
    pilots = Pilots(found.first, found.last, told["days"], _beside(told["pilot"]), _beside(told["others"]))
    return Counted(pilots, found.first, found.last, found.at_ms)


def _beside(told: Mapping[str, Any]) -> Beside:
    return Beside(told["stores"], Trade(**told["before"]), Trade(**told["since"]))


def _keep(
    what: str, first: datetime.date, last: datetime.date, figures: Mapping[str, Any], now_ms: int
) -> None:
    with transaction.atomic():
        KeptCount.objects.create(what=what, first=first, last=last, at_ms=now_ms, figures=json.dumps(figures))
        kept = KeptCount.objects.filter(what=what).order_by("-pk").values_list("pk", flat=True)
        KeptCount.objects.filter(pk__in=list(kept[MOST_KEPT:])).delete()
