"""The notes that the till offers."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ui.till.quick_cash import QUICK_AMOUNTS, quick_amounts


@pytest.mark.parametrize(
    ("left_minor", "offered"),
    [
        (11_406, (11_406, 11_500, 12_000, 15_000, 20_000, 50_000)),
        (95, (95, 100, 500, 1000, 2000, 5000)),
        (31_950, (31_950, 32_000, 35_000, 40_000, 50_000, 100_000)),
    ],
)
def test_the_likely_notes_are_offered(left_minor: int, offered: tuple[int, ...]) -> None:
    assert quick_amounts(left_minor, "RON", 2) == offered


def test_nothing_is_offered_when_nothing_is_left() -> None:
    assert quick_amounts(0, "RON", 2) == ()


@given(
    left_minor=st.integers(min_value=1, max_value=10**9),
    currency=st.sampled_from(["RON", "TRY", "CNY", "EUR", "JPY", "XXX"]),
    exponent=st.integers(min_value=0, max_value=3),
)
def test_the_first_is_exact_and_every_other_pays_all(left_minor: int, currency: str, exponent: int) -> None:
    amounts = quick_amounts(left_minor, currency, exponent)

    assert amounts[0] == left_minor
    assert 2 <= len(amounts) <= QUICK_AMOUNTS
    assert list(amounts) == sorted(set(amounts))
    assert all(amount % 10**exponent == 0 for amount in amounts[1:])
