"""Experiments: both arms of a holdout in figures with their difference, and pilots in some stores beside the others.

The page shows counts that were made before, with their time; it counts itself only what nobody has counted yet.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlencode

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from hq import clock
from hq.console import words
from hq.console.experiment_chart import ArmChart, arm_chart
from hq.console.experiment_words import ArmLine, Said, arm_line, conclusions
from hq.console.pilot_lines import count_pilot_again, pilot_lines
from hq.devices.models import Store
from hq.experiments.arms import Measured
from hq.experiments.as_csv import as_csv
from hq.experiments.comparing import mean_interval
from hq.experiments.counted import Counted, count_run, kept_run
from hq.experiments.runs import Run, runs

MAY_SEE: Final = "experiments.view_armsale"


@dataclass(frozen=True, slots=True)
class RunLine:
    """A run in the list."""

    experiment: str
    programs: str
    held_out: str
    first: str
    last: str
    url: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class _Chosen:
    """`told`: the reader told these days; otherwise they are all there are."""

    run: Run
    first: datetime.date
    last: datetime.date
    problem: str = ""
    told: bool = False

    @property
    def is_over_a_day(self) -> bool:
        return self.first <= self.last

    @property
    def query(self) -> dict[str, str]:
        days = {"from": self.first.isoformat(), "until": self.last.isoformat()} if self.told else {}
        return {"run": self.run.key, **days}


def experiments_context(request: HttpRequest) -> dict[str, Any]:
    """What the page shows for the chosen run and days. Raises PermissionDenied."""
    found = _allowed_runs(request)
    now_ms = clock.now_ms()
    chosen = _chosen(request.GET, found, now_ms)
    context: dict[str, Any] = {
        "title": _("Experiments"),
        "runs": [_line(run, now_ms, chosen is not None and run is chosen.run) for run in found],
        "pilots": pilot_lines(now_ms),
    }
    if chosen is None:
        return context
    counted = _counted(chosen, now_ms) if chosen.is_over_a_day else None
    context |= {
        "run": chosen.run.key,
        "name": chosen.run.experiment.id,
        "first": (counted or chosen).first.isoformat(),
        "last": (counted or chosen).last.isoformat(),
        "told": chosen.told,
        "problem": chosen.problem,
    }
    if counted is not None:
        context |= _compared(chosen, counted)
    return context


def count_again(request: HttpRequest) -> str:
    """Count what the reader's button names once more; the address of the page with it. Raises PermissionDenied."""
    found = _allowed_runs(request)
    now_ms = clock.now_ms()
    address = reverse("admin:experiments")
    if request.POST.get("pilot"):
        count_pilot_again(request.POST["pilot"], now_ms)
        return address
    chosen = _chosen(request.POST, found, now_ms)
    if chosen is None:
        return address
    if chosen.is_over_a_day and not chosen.problem:
        count_run(chosen.run, chosen.first, chosen.last, now_ms)
    return f"{address}?{urlencode(chosen.query)}"


def experiments_csv(request: HttpRequest) -> HttpResponse:
    """The chosen run as a file. Raises PermissionDenied."""
    found = _allowed_runs(request)
    now_ms = clock.now_ms()
    chosen = _chosen(request.GET, found, now_ms)
    if chosen is None or not chosen.is_over_a_day or chosen.problem:
        return HttpResponse(
            _("There is nothing to compare."), status=404, content_type="text/plain; charset=utf-8"
        )
    counted = _counted(chosen, now_ms)
    exponent = exponent_of(chosen.run.currency)
    text = as_csv(chosen.run, counted.figures, counted.first, counted.last, exponent)
    name = f"experiment-{counted.first}-{counted.last}.csv"
    return HttpResponse(
        text,
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def exponent_of(currency: str) -> int:
    """The decimals of a currency, as its stores have them."""
    found = Store.objects.filter(currency=currency).values_list("currency_exponent", flat=True).first()
    return 2 if found is None else found


def _allowed_runs(request: HttpRequest) -> list[Run]:
    if not request.user.has_perm(MAY_SEE):
        raise PermissionDenied
    return runs()


def _chosen(asked: Mapping[str, str], found: list[Run], now_ms: int) -> _Chosen | None:
    """The run that was asked for, else the newest, with its days; what is no day of it is said and left out."""
    if not found:
        return None
    run = next((each for each in found if each.key == asked.get("run", "")), found[0])
    earliest, latest = run.first_day, run.last_day(now_ms)
    try:
        first = _day(asked.get("from", ""), earliest)
        last = _day(asked.get("until", ""), latest)
    except ValueError:
        return _Chosen(run, earliest, latest, _("A day is written as 2026-11-23."))
    if not earliest <= first <= last <= latest and earliest <= latest:
        problem = _("Choose days from {first} to {last}: whole days on which the experiment ran.").format(
            first=words.day(earliest), last=words.day(latest)
        )
        return _Chosen(run, earliest, latest, problem)
    return _Chosen(run, first, last, told=bool(asked.get("from") or asked.get("until")))


def _day(text: str, otherwise: datetime.date) -> datetime.date:
    return datetime.date.fromisoformat(text) if text else otherwise


def _counted(chosen: _Chosen, now_ms: int) -> Counted[Measured]:
    """The count that there is of these days; of all days the newest one. The first is made here and now."""
    kept = kept_run(chosen.run, chosen.first, chosen.last if chosen.told else None)
    return kept or count_run(chosen.run, chosen.first, chosen.last, now_ms)


def _compared(chosen: _Chosen, counted: Counted[Measured]) -> dict[str, Any]:
    measured = counted.figures
    said = Said(chosen.run.currency, exponent_of(chosen.run.currency))
    arms = ((_("With the programs"), measured.given), (_("Without"), measured.held_out))
    lines: list[ArmLine] = [arm_line(label, arm, said) for label, arm in arms]
    chart: ArmChart | None = None
    if all(arm.is_shown for _label, arm in arms):
        chart = arm_chart([(label, mean_interval(arm)) for label, arm in arms], said.money)
    return {
        "counted": words.when_utc(counted.at_ms),
        "newer": counted.last < chosen.last,
        "arms": lines,
        "chart": chart,
        "conclusions": conclusions(measured, said),
        "csv_url": f"{reverse('admin:experiments_csv')}?{urlencode(chosen.query)}",
    }


def _line(run: Run, now_ms: int, chosen: bool) -> RunLine:
    titles = [
        name.get(words.language()) or name.get("en") or program_id
        for program_id, name in run.programs.items()
    ]
    share = run.experiment.holdout_permille
    return RunLine(
        run.experiment.id,
        ", ".join(titles),
        f"{share // 10}.{share % 10} %" if share % 10 else f"{share // 10} %",
        words.day(run.first_day),
        words.day(run.last_day(now_ms)) if run.ended_ms is not None else "",
        f"{reverse('admin:experiments')}?{urlencode({'run': run.key})}",
        chosen,
    )
