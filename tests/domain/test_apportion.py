"""Dividing an amount over units: the parts always add up."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from agent.domain.apportion import apportion

runs = st.lists(
    st.tuples(st.integers(1, 999), st.integers(0, 10**6), st.integers(0, 10**6)), min_size=1, max_size=12
)


@given(total=st.integers(0, 10**9), told=runs)
def test_the_parts_add_up_to_the_amount_or_to_all_that_there_is_room_for(
    total: int, told: list[tuple[int, int, int]]
) -> None:
    counts, weights, caps = (list(each) for each in zip(*told, strict=True))
    room = sum(count * cap for count, weight, cap in told if weight)

    parts = apportion(total, counts, weights, caps)

    given_out = sum(share * count + extra for (share, extra), count in zip(parts, counts, strict=True))
    assert given_out == min(total, room)


@given(total=st.integers(0, 10**9), told=runs)
def test_no_unit_gets_more_than_its_cap_or_less_than_nothing(
    total: int, told: list[tuple[int, int, int]]
) -> None:
    counts, weights, caps = (list(each) for each in zip(*told, strict=True))

    parts = apportion(total, counts, weights, caps)

    for (share, extra), count, weight, cap in zip(parts, counts, weights, caps, strict=True):
        assert share >= 0
        assert 0 <= extra <= count
        assert share + bool(extra) <= (cap if weight else 0)


@given(total=st.integers(0, 10**6), weights=st.lists(st.integers(1, 1000), min_size=1, max_size=20))
def test_without_caps_every_share_is_its_quota_rounded_down_or_up(total: int, weights: list[int]) -> None:
    parts = apportion(total, [1] * len(weights), weights, [total] * len(weights))

    for (share, extra), weight in zip(parts, weights, strict=True):
        quota = total * weight // sum(weights)
        assert quota <= share + extra <= quota + 1


def test_fifteen_over_twenty_thirty_and_a_hundred_is_two_three_and_ten() -> None:
    assert apportion(15_00, [1, 1, 1], [20_00, 30_00, 100_00], [15_00] * 3) == [
        (2_00, 0),
        (3_00, 0),
        (10_00, 0),
    ]


def test_the_odd_cents_go_to_the_largest_fractions_first_and_then_to_the_first_line() -> None:
    assert apportion(1, [1, 1], [1, 2], [5, 5]) == [(0, 0), (1, 0)]
    assert apportion(1, [1, 1], [1, 1], [5, 5]) == [(1, 0), (0, 0)]


def test_a_run_of_units_is_divided_like_its_units_one_by_one() -> None:
    assert apportion(10_00, [3], [1], [10_00]) == [(3_33, 1)]
    assert apportion(10_00, [1, 1, 1], [1, 1, 1], [10_00] * 3) == [(3_34, 0), (3_33, 0), (3_33, 0)]
