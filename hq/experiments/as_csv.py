"""A comparison as CSV: one line for each arm, then the differences; money in units of the currency."""

from __future__ import annotations

import csv
import datetime
import io
from decimal import Decimal

from hq.experiments.arms import Measured
from hq.experiments.comparing import Arm, Difference, buyers_difference, comparable, spend_difference
from hq.experiments.runs import Run

_COLUMNS = (
    "experiment", "from", "until", "figure", "members", "buyers", "purchases", "spent", "spent_per_member",
    "taken_off", "kept_back", "low_95", "high_95",
)  # fmt: skip


def as_csv(run: Run, measured: Measured, first: datetime.date, last: datetime.date, exponent: int) -> str:
    """The lines with their names. Arms with too few members have no figures but that they are few."""
    into = io.StringIO()
    writer = csv.DictWriter(into, _COLUMNS, restval="", lineterminator="\n")
    writer.writeheader()
    fixed = {"experiment": run.experiment.id, "from": first.isoformat(), "until": last.isoformat()}
    for name, arm in (("given", measured.given), ("held_out", measured.held_out)):
        writer.writerow({**fixed, "figure": name, **_arm(arm, exponent)})
    if comparable(measured.given, measured.held_out):
        spend = spend_difference(measured.given, measured.held_out)
        share = buyers_difference(measured.given, measured.held_out)
        for name, difference, column in (
            ("difference", spend, "spent_per_member"),
            ("difference_of_all_given", spend.times(measured.given.members), "spent"),
        ):
            writer.writerow({**fixed, "figure": name, **_spread(difference, column, -exponent, exponent)})
        writer.writerow({**fixed, "figure": "difference_of_shares", **_spread(share, "buyers", 0, 4)})
    return into.getvalue()


def _arm(arm: Arm, exponent: int) -> dict[str, object]:
    if not arm.is_shown:
        return {}
    return {
        "members": arm.members,
        "buyers": arm.buyers,
        "purchases": arm.purchases,
        "spent": _plain(Decimal(arm.spent_minor), -exponent, exponent),
        "spent_per_member": _plain(arm.mean_minor, -exponent, exponent),
        "taken_off": _plain(Decimal(arm.given_minor), -exponent, exponent),
        "kept_back": _plain(Decimal(arm.withheld_minor), -exponent, exponent),
    }


def _spread(difference: Difference, column: str, scale: int, places: int) -> dict[str, object]:
    return {
        column: _plain(difference.middle, scale, places),
        "low_95": _plain(difference.low, scale, places),
        "high_95": _plain(difference.high, scale, places),
    }


def _plain(value: Decimal, scale: int, places: int) -> str:
    return f"{value.scaleb(scale):.{places}f}"
