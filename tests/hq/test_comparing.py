"""The difference of two arms: against published examples, the standard library, and many draws of nothing at all."""

from __future__ import annotations

import random
import statistics
from decimal import Decimal

import pytest

from hq.experiments.comparing import (
    Arm,
    buyers_difference,
    comparable,
    mean_interval,
    spend_difference,
)


def an_arm(spends):
    arm = Arm()
    for spent in spends:
        arm.add(1 if spent else 0, spent)
    return arm


def shares(buyers, members):
    return Arm(members=members, buyers=buyers)


@pytest.mark.parametrize(
    ("first", "second", "low", "high"),
    [
        # Newcombe 1998, table II, method 10: rows (a), (b) and (c).
        (shares(56, 70), shares(48, 80), "0.0524", "0.3339"),
        (shares(9, 10), shares(3, 10), "0.1705", "0.8090"),
        (shares(6, 7), shares(2, 7), "0.0582", "0.8062"),
    ],
)
def test_the_difference_of_two_shares_is_that_of_published_examples(first, second, low, high):
    found = buyers_difference(first, second)

    assert (round(found.low, 4), round(found.high, 4)) == (Decimal(low), Decimal(high))


def test_the_difference_in_spending_is_that_of_the_standard_library():
    given = [0, 0, 1250, 99, 7_300, 45_00, 0, 12]
    held_out = [0, 310, 0, 0, 5_000, 1]

    found = spend_difference(an_arm(given), an_arm(held_out))

    error = (statistics.variance(given) / len(given) + statistics.variance(held_out) / len(held_out)) ** 0.5
    middle = statistics.fmean(given) - statistics.fmean(held_out)
    z = statistics.NormalDist().inv_cdf(0.975)
    assert float(found.middle) == pytest.approx(middle)
    assert float(found.low) == pytest.approx(middle - z * error, rel=1e-6)
    assert float(found.high) == pytest.approx(middle + z * error, rel=1e-6)
    power = z + statistics.NormalDist().inv_cdf(0.8)
    assert float(found.visible) == pytest.approx(power * error, rel=1e-6)


def test_money_beyond_what_a_float_holds_is_exact():
    large = 9_007_199_254_740_993
    arm = an_arm([large] * 3)

    assert mean_interval(arm).low == mean_interval(arm).high == large


def test_where_there_is_no_difference_the_interval_holds_zero_nineteen_times_in_twenty():
    lots = random.Random(20261123)

    def draw(members):
        return an_arm([lots.choice((0, 0, int(lots.lognormvariate(8, 1)))) for _member in range(members)])

    held = sum(not spend_difference(draw(180), draw(120)).is_told_apart for _draw in range(600))

    assert 0.93 <= held / 600 <= 0.97


def test_small_arms_are_not_compared():
    enough = an_arm([100] * 30 + [0] * 70)

    assert comparable(enough, enough)
    assert not comparable(enough, an_arm([100] * 30 + [0] * 69))
    assert not comparable(an_arm([100] * 29 + [0] * 71), enough)
    assert not an_arm([100] * 9).is_shown
