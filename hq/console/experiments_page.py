"""Experiments: both arms of a holdout in figures with their difference, and pilots in some stores beside the others."""

from __future__ import annotations

import datetime
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
from hq.console.pilot_lines import pilot_lines
from hq.devices.models import Store
from hq.experiments.arms import Measured, measure
from hq.experiments.as_csv import as_csv
from hq.experiments.comparing import mean_interval
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
    run: Run
    first: datetime.date
    last: datetime.date
    problem: str

    @property
    def is_over_a_day(self) -> bool:
        return self.first <= self.last


def experiments_context(request: HttpRequest) -> dict[str, Any]:
    """What the page shows for the chosen run and days. Raises PermissionDenied."""
    found = _allowed_runs(request)
    now_ms = clock.now_ms()
    chosen = _chosen(request, found, now_ms)
    context: dict[str, Any] = {
        "title": _("Experiments"),
        "runs": [_line(run, now_ms, chosen is not None and run is chosen.run) for run in found],
        "pilots": pilot_lines(now_ms),
    }
    if chosen is None:
        return context
    context |= {
        "run": _key(chosen.run),
        "name": chosen.run.experiment.id,
        "first": chosen.first.isoformat(),
        "last": chosen.last.isoformat(),
        "problem": chosen.problem,
    }
    if chosen.is_over_a_day:
        context |= _compared(chosen)
    return context


def experiments_csv(request: HttpRequest) -> HttpResponse:
    """The chosen run as a file. Raises PermissionDenied."""
    found = _allowed_runs(request)
    chosen = _chosen(request, found, clock.now_ms())
    if chosen is None or not chosen.is_over_a_day or chosen.problem:
        return HttpResponse(
            _("There is nothing to compare."), status=404, content_type="text/plain; charset=utf-8"
        )
    text = as_csv(chosen.run, _measured(chosen), chosen.first, chosen.last, exponent_of(chosen.run.currency))
    name = f"experiment-{chosen.first}-{chosen.last}.csv"
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


def _chosen(request: HttpRequest, found: list[Run], now_ms: int) -> _Chosen | None:
    """The run that was asked for, else the newest, with its days; what is no day of it is said and left out."""
    if not found:
        return None
    asked = request.GET.get("run", "")
    run = next((each for each in found if _key(each) == asked), found[0])
    earliest, latest = run.first_day, run.last_day(now_ms)
    try:
        first = _day(request.GET.get("from", ""), earliest)
        last = _day(request.GET.get("until", ""), latest)
    except ValueError:
        return _Chosen(run, earliest, latest, _("A day is written as 2026-11-23."))
    problem = ""
    if not earliest <= first <= last <= latest and earliest <= latest:
        problem = _("Choose days from {first} to {last}: whole days on which the experiment ran.").format(
            first=words.day(earliest), last=words.day(latest)
        )
        first, last = earliest, latest
    return _Chosen(run, first, last, problem)


def _day(text: str, otherwise: datetime.date) -> datetime.date:
    return datetime.date.fromisoformat(text) if text else otherwise


def _measured(chosen: _Chosen) -> Measured:
    run = chosen.run
    return measure(run.experiment, run.currency, run.started_ms, chosen.first, chosen.last)


def _compared(chosen: _Chosen) -> dict[str, Any]:
    measured = _measured(chosen)
    said = Said(chosen.run.currency, exponent_of(chosen.run.currency))
    arms = ((_("With the programs"), measured.given), (_("Without"), measured.held_out))
    lines: list[ArmLine] = [arm_line(label, arm, said) for label, arm in arms]
    chart: ArmChart | None = None
    if all(arm.is_shown for _label, arm in arms):
        chart = arm_chart([(label, mean_interval(arm)) for label, arm in arms], said.money)
    query = {"run": _key(chosen.run), "from": chosen.first.isoformat(), "until": chosen.last.isoformat()}
    return {
        "arms": lines,
        "chart": chart,
        "conclusions": conclusions(measured, said),
        "csv_url": f"{reverse('admin:experiments_csv')}?{urlencode(query)}",
    }


def _key(run: Run) -> str:
    return f"{run.started_ms}.{run.experiment.id}"


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
        f"{reverse('admin:experiments')}?{urlencode({'run': _key(run)})}",
        chosen,
    )
