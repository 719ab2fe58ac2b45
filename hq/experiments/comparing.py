"""The difference between two arms that were drawn by lot, with a 95 % interval; exact arithmetic up to the square root.

Spend of each member: the difference of the means with its standard error from the two variances apart (B. L. Welch,
Biometrika 34, 1947) and the normal quantile, which is why small arms are not compared. Shares of buyers: the hybrid of
two score intervals (R. G. Newcombe, Statistics in Medicine 17, 1998, method 10). The smallest difference that such
arms show four times in five is (z 97.5 % + z 80 %) standard errors (H. S. Bloom, Evaluation Review 19, 1995).
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal, localcontext
from typing import Final

Z_95: Final = Decimal("1.959964")
Z_80: Final = Decimal("0.841621")
# Cells with fewer members are not shown at all.
LEAST_SHOWN: Final = 10
# Below these, a mean of what few people spend is not spread as the normal quantile supposes.
LEAST_MEMBERS: Final = 100
LEAST_BUYERS: Final = 30
_DIGITS: Final = 40


@dataclass(slots=True)
class Arm:
    """One arm: its members, buyers or not. `squares` is the sum of each member's spend squared; money in minor units."""

    members: int = 0
    buyers: int = 0
    purchases: int = 0
    spent_minor: int = 0
    squares: int = 0
    given_minor: int = 0
    withheld_minor: int = 0

    def add(self, purchases: int, spent_minor: int) -> None:
        """One more member."""
        self.members += 1
        self.buyers += purchases > 0
        self.purchases += purchases
        self.spent_minor += spent_minor
        self.squares += spent_minor * spent_minor

    @property
    def is_shown(self) -> bool:
        return self.members >= LEAST_SHOWN

    @property
    def is_large_enough(self) -> bool:
        return self.members >= LEAST_MEMBERS and self.buyers >= LEAST_BUYERS

    @property
    def mean_minor(self) -> Decimal:
        return Decimal(self.spent_minor) / self.members

    @property
    def share(self) -> Decimal:
        """The part of the members who bought anything."""
        return Decimal(self.buyers) / self.members

    @property
    def variance(self) -> Decimal:
        with localcontext(prec=_DIGITS):
            spread = self.squares - Decimal(self.spent_minor) * self.spent_minor / self.members
            return spread / (self.members - 1)


@dataclass(frozen=True, slots=True)
class Difference:
    """The first arm less the second, with its 95 % interval; what lies nearer to zero than `visible` may be missed."""

    low: Decimal
    middle: Decimal
    high: Decimal
    visible: Decimal = Decimal()

    @property
    def is_told_apart(self) -> bool:
        """Whether zero is outside the interval."""
        return self.low > 0 or self.high < 0

    def times(self, members: int) -> Difference:
        """For so many members together."""
        return Difference(
            self.low * members, self.middle * members, self.high * members, self.visible * members
        )


def comparable(given: Arm, held_out: Arm) -> bool:
    """Whether both arms are large enough for an interval."""
    return given.is_large_enough and held_out.is_large_enough


def mean_interval(arm: Arm) -> Difference:
    """An arm's own mean, in minor units. It has two members at least."""
    with localcontext(prec=_DIGITS):
        half = Z_95 * (arm.variance / arm.members).sqrt()
        return Difference(arm.mean_minor - half, arm.mean_minor, arm.mean_minor + half)


def spend_difference(given: Arm, held_out: Arm) -> Difference:
    """Minor units for each member. Both arms have two members at least."""
    with localcontext(prec=_DIGITS):
        error = (given.variance / given.members + held_out.variance / held_out.members).sqrt()
        middle = given.mean_minor - held_out.mean_minor
        return Difference(middle - Z_95 * error, middle, middle + Z_95 * error, (Z_95 + Z_80) * error)


def buyers_difference(given: Arm, held_out: Arm) -> Difference:
    """Of the share of members who bought anything, from -1 to 1."""
    with localcontext(prec=_DIGITS):
        (low_1, high_1), (low_2, high_2) = _score(given), _score(held_out)
        p_1, p_2 = given.share, held_out.share
        middle = p_1 - p_2
        below = ((p_1 - low_1) ** 2 + (high_2 - p_2) ** 2).sqrt()
        above = ((high_1 - p_1) ** 2 + (p_2 - low_2) ** 2).sqrt()
        return Difference(middle - below, middle, middle + above)


def _score(arm: Arm) -> tuple[Decimal, Decimal]:
    """The score interval of one share (E. B. Wilson, JASA 22, 1927)."""
    n, p, z = Decimal(arm.members), arm.share, Z_95
    half = z * (p * (1 - p) / n + z * z / (4 * n * n)).sqrt()
    middle = p + z * z / (2 * n)
    scale = 1 + z * z / n
    return (middle - half) / scale, (middle + half) / scale
