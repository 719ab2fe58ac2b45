"""The bars of the start page, laid out here and drawn as SVG: no script, no outside source."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from hq.console import words

WIDTH: Final = 720
HEIGHT: Final = 280
LEFT: Final = 56
BOTTOM: Final = 28
TOP: Final = 12
LINES: Final = 4


@dataclass(frozen=True, slots=True)
class Bar:
    """One day: sales with a member, sales without, and whether it is still going on."""

    label: str
    members: int
    others: int
    now: bool


@dataclass(frozen=True, slots=True)
class Drawn:
    """A bar with its places in the picture."""

    bar: Bar
    x: float
    middle: float
    width: float
    members_y: float
    members_height: float
    others_y: float
    others_height: float


@dataclass(frozen=True, slots=True)
class Rule:
    """A horizontal line with its figure."""

    y: float
    text: str


@dataclass(frozen=True, slots=True)
class Chart:
    """Bars from zero and their lines, in a picture of `width` by `height`."""

    width: int
    height: int
    bars: tuple[Drawn, ...]
    rules: tuple[Rule, ...]
    label_y: int
    empty: bool


def day_chart(bars: Sequence[Bar]) -> Chart:
    """Stacked bars over a scale of round figures."""
    step = _round_step(max((bar.members + bar.others for bar in bars), default=0))
    top = step * LINES
    room = HEIGHT - TOP - BOTTOM

    def y(value: int) -> float:
        return round(TOP + room * (1 - value / top), 1)

    slot = (WIDTH - LEFT) / max(len(bars), 1)
    drawn = []
    for number, bar in enumerate(bars):
        x = LEFT + number * slot
        both = bar.members + bar.others
        drawn.append(
            Drawn(
                bar,
                x=round(x + slot * 0.16, 1),
                middle=round(x + slot / 2, 1),
                width=round(slot * 0.68, 1),
                members_y=y(bar.members),
                members_height=round(y(0) - y(bar.members), 1),
                others_y=y(both),
                others_height=round(y(bar.members) - y(both), 1),
            )
        )
    rules = tuple(Rule(y(step * number), words.whole(step * number)) for number in range(LINES + 1))
    return Chart(
        WIDTH, HEIGHT, tuple(drawn), rules, HEIGHT - 8, all(bar.members + bar.others == 0 for bar in bars)
    )


def _round_step(highest: int) -> int:
    """A step of 1, 2 or 5 times a power of ten, with which LINES of them reach the highest bar."""
    power = 1
    while True:
        for factor in (1, 2, 5):
            if factor * power * LINES >= highest:
                return factor * power
        power *= 10
