"""What is said of the arms of an experiment and of pilots: figures in words, and what cannot be told."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Final

from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from hq.console import words
from hq.experiments.arms import Measured
from hq.experiments.comparing import (
    LEAST_BUYERS,
    LEAST_MEMBERS,
    LEAST_SHOWN,
    Arm,
    Difference,
    buyers_difference,
    comparable,
    spend_difference,
)

FEW: Final = "–"


@dataclass(frozen=True, slots=True)
class Said:
    """Amounts of one currency in words."""

    currency: str
    exponent: int

    def money(self, minor: Decimal | int) -> str:
        whole = Decimal(minor).to_integral_value(ROUND_HALF_EVEN)
        return words.money(int(whole), self.exponent, self.currency)


@dataclass(frozen=True, slots=True)
class ArmLine:
    """A line of the table; dashes where so few are not shown."""

    label: str
    members: str
    buyers: str
    purchases: str
    each: str
    taken_off: str
    kept_back: str


def arm_line(label: str, arm: Arm, said: Said) -> ArmLine:
    if not arm.is_shown:
        return ArmLine(label, FEW, FEW, FEW, FEW, FEW, FEW)
    return ArmLine(
        label,
        words.whole(arm.members),
        f"{words.whole(arm.buyers)} ({percent(arm.share)})",
        words.whole(arm.purchases),
        said.money(arm.mean_minor),
        said.money(arm.given_minor),
        said.money(arm.withheld_minor),
    )


def conclusions(measured: Measured, said: Said) -> list[str]:
    """What the comparison says, one sentence each; or why it says nothing yet."""
    given, held_out = measured.given, measured.held_out
    if not comparable(given, held_out):
        return [*_too_few(measured), *_crossed(measured)]
    spend = spend_difference(given, held_out)
    found = [_spend(spend, said)]
    total = spend.times(given.members)
    found.append(
        _(
            "For all members with the programs together that is {middle}, between {low} and {high}, after {taken_off}"
            " that the programs took off."
        ).format(
            middle=said.money(total.middle),
            low=said.money(total.low),
            high=said.money(total.high),
            taken_off=said.money(given.given_minor),
        )
    )
    found.append(
        _("With so many members a difference below {visible} for each would often not be seen.").format(
            visible=said.money(spend.visible)
        )
    )
    share = buyers_difference(given, held_out)
    found.append(
        _("The share of members who bought differs by {middle} points, between {low} and {high}.").format(
            middle=points(share.middle), low=points(share.low), high=points(share.high)
        )
    )
    return [*found, *_crossed(measured)]


def percent(share: Decimal) -> str:
    """0.251 -> 25.1 %."""
    return f"{points(share)} %"


def points(share: Decimal) -> str:
    """0.251 -> 25.1, of a hundred."""
    return formats.number_format((share * 100).quantize(Decimal("0.1")), 1)


def _spend(spend: Difference, said: Said) -> str:
    facts = {"middle": said.money(spend.middle), "low": said.money(spend.low), "high": said.money(spend.high)}
    if not spend.is_told_apart:
        return _(
            "No difference in spending can be told: it is {middle} for each member, and may be anything between {low} and"
            " {high} (95 %)."
        ).format(**facts)
    if spend.high < 0:
        less = {
            "middle": said.money(-spend.middle),
            "low": said.money(-spend.high),
            "high": said.money(-spend.low),
        }
        return _(
            "Members with the programs spent {middle} less each than members without, between {low} and {high} (95 %)."
        ).format(**less)
    return _(
        "Members with the programs spent {middle} more each than members without, between {low} and {high} (95 %)."
    ).format(**facts)


def _too_few(measured: Measured) -> list[str]:
    said = [
        _(
            "There is nothing to compare yet: each side needs {members} members, and {buyers} of them who bought."
        ).format(members=words.whole(LEAST_MEMBERS), buyers=words.whole(LEAST_BUYERS))
    ]
    if not (measured.given.is_shown and measured.held_out.is_shown):
        said.append(
            _("Figures of fewer than {least} members are not shown.").format(least=words.whole(LEAST_SHOWN))
        )
    return said


def _crossed(measured: Measured) -> list[str]:
    count = measured.crossed
    if not count:
        return []
    said = ngettext(
        "{count} account is on neither side: since the start it was joined with one of the other side.",
        "{count} accounts are on neither side: since the start they were joined with some of the other side.",
        count,
    )
    return [said.format(count=words.whole(count))]
