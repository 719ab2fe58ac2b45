"""What each arm spends for each member, as two bars with their intervals, drawn as SVG."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from hq.experiments.comparing import Difference

WIDTH: Final = 720
ROW: Final = 56
LEFT: Final = 8
# Room for the highest bar's figure.
RIGHT: Final = 120


@dataclass(frozen=True, slots=True)
class ArmBar:
    """One bar from zero, the ends of its interval, and what stands beside it."""

    label: str
    figure: str
    y: int
    width: Decimal
    low: Decimal
    high: Decimal
    middle: int
    text_x: Decimal
    look: str


@dataclass(frozen=True, slots=True)
class ArmChart:
    """Bars in a picture of `width` by `height`."""

    width: int
    height: int
    left: int
    bars: tuple[ArmBar, ...]


def arm_chart(means: Sequence[tuple[str, Difference]], money: Callable[[Decimal], str]) -> ArmChart:
    """`means`: the label of each arm and its mean; the first is the one with the programs."""
    most = max((max(mean.high, Decimal(1)) for _label, mean in means), default=Decimal(1))
    room = Decimal(WIDTH - LEFT - RIGHT)

    def x(value: Decimal) -> Decimal:
        return round(LEFT + room * max(value, Decimal()) / most, 1)

    bars = tuple(
        ArmBar(
            label,
            money(mean.middle),
            y=number * ROW + 22,
            width=x(mean.middle) - LEFT,
            low=x(mean.low),
            high=x(mean.high),
            middle=number * ROW + 34,
            text_x=x(mean.high) + 10,
            look="members" if number == 0 else "others",
        )
        for number, (label, mean) in enumerate(means)
    )
    return ArmChart(WIDTH, len(means) * ROW, LEFT, bars)
