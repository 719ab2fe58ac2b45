"""Figures as the operator's language writes them, and amounts as people type them."""

from __future__ import annotations

import datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.ui.till_words import AT_MS, in_store_time
from ui.figures import Figures


def written(locale: str, exponent: int = 2) -> Figures:
    return Figures(locale, "RON", exponent, in_store_time)


@pytest.mark.parametrize(
    ("locale", "money", "points"),
    [
        ("en", "1,234.50", "2,340"),
        ("ro", "1.234,50", "2.340"),
        ("tr", "1.234,50", "2.340"),
        ("zh_Hans", "1,234.50", "2,340"),
    ],
)
def test_money_and_points_follow_the_locale(locale: str, money: str, points: str) -> None:
    assert written(locale).money(123_450) == money
    assert written(locale).count(2340) == points


def test_what_is_taken_off_has_a_real_minus() -> None:
    assert written("en").taken_off(710) == "−7.10"
    assert written("en").taken_off(0) == "0.00"


def test_a_currency_without_decimals_shows_none() -> None:
    assert written("en", exponent=0).money(1234) == "1,234"
    assert written("en", exponent=3).money(1234) == "1.234"


def test_a_note_has_no_decimals_and_an_odd_amount_has() -> None:
    assert written("en").note(10_000) == "100"
    assert written("en").note(12_151) == "121.51"


def test_fuel_keeps_its_tenth_of_a_cent() -> None:
    assert written("en").unit_price(Decimal("219.9")) == "2.199"
    assert written("en").unit_price(Decimal(849)) == "8.49"


def test_weighed_goods_show_their_weight() -> None:
    assert written("en").quantity(Decimal("1.264")) == "1.264"
    assert written("ro").quantity(Decimal("1.264")) == "1,264"
    assert written("en").quantity(Decimal(2)) == "2"


def test_the_bar_shows_the_stores_day_and_time() -> None:
    assert written("en").time(AT_MS) == "14:02"
    assert written("en").day(AT_MS) == "Sun 22 Nov"
    assert written("zh_Hans").date(datetime.date(2026, 11, 22)) == "11月22日"


@pytest.mark.parametrize(
    ("text", "minor"),
    [("150", 15_000), ("12.5", 1250), ("12,50", 1250), (" 7 ", 700), ("0.01", 1), (".5", 50)],
)
def test_an_amount_may_be_typed_with_a_point_or_a_comma(text: str, minor: int) -> None:
    assert written("en").typed_minor(text) == minor


@pytest.mark.parametrize(
    "text", ["", "0", "1.005", "1.2.3", "-5", "abc", "5941234567890", "1e3", "١٢", ".", "NaN"]
)
def test_what_is_no_amount_is_not_taken_for_one(text: str) -> None:
    assert written("en").typed_minor(text) is None


@given(minor=st.integers(min_value=1, max_value=999_999_999), comma=st.booleans())
def test_a_typed_amount_is_taken_to_the_cent(minor: int, comma: bool) -> None:
    text = f"{minor // 100}.{minor % 100:02}"

    assert written("en").typed_minor(text.replace(".", ",") if comma else text) == minor


@given(minor=st.integers(min_value=0, max_value=10**12))
def test_money_shows_every_cent(minor: int) -> None:
    digits = [c for c in written("ro").money(minor) if c.isdigit()]

    assert int("".join(digits)) == minor
