"""Pilots in words: what the pilot's stores and the others sold before and since."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from hq.console import words
from hq.console.experiment_words import FEW, Said, percent, points
from hq.devices.models import Store
from hq.experiments.counted import count_pilot, kept_pilot
from hq.experiments.runs import Pilot, pilots
from hq.experiments.shops import LEAST_PURCHASES, Beside

# More are not shown.
MOST: Final = 20


@dataclass(frozen=True, slots=True)
class GroupLine:
    """The pilot's stores, or the others."""

    label: str
    stores: str
    before: str
    since: str
    members: str
    discount: str
    change: str


@dataclass(frozen=True, slots=True)
class PilotLines:
    """A pilot with both groups, and what can be said of it. `counted`: when; `newer`: there are days since then."""

    title: str
    program_id: str
    period: str
    groups: tuple[GroupLine, ...]
    said: str
    key: str
    counted: str = ""
    newer: bool = False


def pilot_lines(now_ms: int) -> list[PilotLines]:
    """The pilots of the active set."""
    exponents = dict(Store.objects.values_list("currency", "currency_exponent"))
    return [_lines(pilot, now_ms, exponents.get(pilot.currency, 2)) for pilot in pilots()[:MOST]]


def count_pilot_again(key: str, now_ms: int) -> None:
    """Count a pilot of the active set once more; a key of none is passed over."""
    for pilot in pilots():
        if pilot.key == key:
            count_pilot(pilot, now_ms)


def _lines(pilot: Pilot, now_ms: int, exponent: int) -> PilotLines:
    title = pilot.name.get(words.language()) or pilot.name.get("en") or pilot.program_id
    counted = kept_pilot(pilot) or count_pilot(pilot, now_ms)
    if counted is None:
        said_so = _("The first whole day is not over yet.")
        return PilotLines(title, pilot.program_id, "", (), said_so, pilot.key)
    found = counted.figures
    said = Said(pilot.currency, exponent)
    period = ngettext(
        "{first} to {last}, beside the day before",
        "{first} to {last}, beside the {days} days before",
        found.days,
    ).format(first=words.day(found.first), last=words.day(found.last), days=words.whole(found.days))
    groups = (
        _group(_("Stores of the pilot"), found.pilot, said),
        _group(_("Other stores"), found.others, said),
    )
    if found.apart is None:
        told = _(
            "There is nothing to compare: both groups need stores that sold before and since, with {least} purchases each."
        ).format(least=words.whole(LEAST_PURCHASES))
    else:
        told = _apart(found.apart)
    return PilotLines(
        title, pilot.program_id, period, groups, told, pilot.key, words.when_utc(counted.at_ms),
        counted.last < pilot.last_day(now_ms),
    )  # fmt: skip


def _apart(apart: Decimal) -> str:
    if apart < 0:
        said = _(
            "Sales in the pilot's stores changed by {points} points less than in the others. Stores are not drawn by lot, so this"
            " shows no cause."
        )
    else:
        said = _(
            "Sales in the pilot's stores changed by {points} points more than in the others. Stores are not drawn by lot, so this"
            " shows no cause."
        )
    return said.format(points=points(abs(apart)))


def _group(label: str, group: Beside, said: Said) -> GroupLine:
    change = group.change
    if change is None:
        return GroupLine(label, words.whole(group.stores), FEW, FEW, FEW, FEW, FEW)
    return GroupLine(
        label,
        words.whole(group.stores),
        said.money(group.before.sold_minor),
        said.money(group.since.sold_minor),
        f"{words.whole(group.since.by_members)} / {words.whole(group.since.purchases)}",
        said.money(group.since.discount_minor),
        percent(change),
    )
