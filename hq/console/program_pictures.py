"""Small pictures in a line of a table: uses over the days as bars, and an amount beside the others', drawn as SVG."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

WIDTH: Final = 120
HEIGHT: Final = 26
# More days than this are drawn several to a bar.
MOST_BARS: Final = 30
BAR_WIDTH: Final = 96


@dataclass(frozen=True, slots=True)
class Spark:
    """Bars from the floor, (x, y, width, height) each, in a picture of WIDTH by HEIGHT."""

    bars: tuple[tuple[float, float, float, float], ...]
    days_each: int
    width: int = WIDTH
    height: int = HEIGHT


def spark(uses: Mapping[datetime.date, int], first: datetime.date, days: int) -> Spark:
    """The uses of each day, from zero to the program's own highest; several days together where there are many."""
    days_each = -(-days // MOST_BARS)
    sums = [0] * -(-days // days_each)
    for on, count in uses.items():
        sums[(on - first).days // days_each] += count
    most = max(*sums, 1)
    slot = WIDTH / len(sums)
    bars = []
    for number, count in enumerate(sums):
        if count > 0:
            # So that a single use is seen beside a thousand.
            height = max(1.5, HEIGHT * count / most)
            bars.append(
                (
                    round(number * slot, 1),
                    round(HEIGHT - height, 1),
                    round(max(slot - 1, 1), 1),
                    round(height, 1),
                )
            )
    return Spark(tuple(bars), days_each)


def bar_width(amount: int, most: int) -> int:
    """How wide an amount is beside the highest one; nothing below zero."""
    return BAR_WIDTH * max(amount, 0) // most if most > 0 else 0
