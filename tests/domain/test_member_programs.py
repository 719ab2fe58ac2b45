"""Programs that HQ runs outside baskets: what a set may say of them, and that no sale has anything of them."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from agent.domain.errors import LoyaltyError
from agent.domain.explain import explain
from agent.domain.occasions.activity import Activity, clean_subject
from agent.domain.occasions.birthday import birthday_near
from agent.domain.occasions.periods import period_of
from agent.domain.occasions.referral import CODE_LENGTH, LETTERS, code_of, normal_code, shown_code
from agent.domain.occasions.segment import Segment
from agent.domain.program_document import decode_program_set
from agent.domain.quote import Refusal
from tests import builders
from tests.builders import (
    a_program,
    a_program_set,
    a_quote_input,
    dairy_20,
    points_per_money,
    program_set_bytes,
)

EVERY_KIND: dict[str, dict[str, Any]] = {
    "welcome": {"points_of": "points", "points": 100},
    "birthday": {"points_of": "points", "points": 50},
    "referral": {"points_of": "points", "referrer_points": 200, "friend_points": 100},
    "activity": {"activity": "visit", "points_of": "points", "points": 5, "once": "day", "at_till": True},
    "segment": {"away_days": 60},
    "badge": {"counts": "visits", "at_least": 10},
    "leaderboard": {"counts": "visits"},
}


def outside(kind: str, program_id: str = "", **changed: Any) -> dict[str, Any]:
    fields = {
        key: changed.pop(key)
        for key in tuple(changed)
        if key in ("audience", "hours", "limits", "trigger", "rewards")
    }
    return a_program(
        program_id or kind, kind, occasion={"type": kind, **EVERY_KIND[kind], **changed}, **fields
    )


@pytest.mark.parametrize("kind", EVERY_KIND)
def test_a_program_of_hqs_changes_nothing_in_a_quote(kind: str) -> None:
    basket = builders.a_basket(builders.milk(20_00), builders.a_line("bread", 6_50))
    member = builders.a_member(300)
    with_it = builders.a_quote(basket, points_per_money(), dairy_20(), outside(kind), member=member)
    without = builders.a_quote(basket, points_per_money(), dairy_20(), member=member)

    assert with_it == without


@pytest.mark.parametrize("kind", EVERY_KIND)
def test_why_such_a_program_gives_nothing_in_a_sale_has_a_code(kind: str) -> None:
    program_set = a_program_set(points_per_money(), outside(kind))

    assert explain(a_quote_input(program_set=program_set), program_set, kind) == Refusal("run_by_hq")


@pytest.mark.parametrize("kind", EVERY_KIND)
def test_a_tap_on_such_a_program_is_refused_and_not_a_crash(kind: str) -> None:
    program_set = a_program_set(points_per_money(), outside(kind))
    quote = builders.a_quote(builders.a_basket(), points_per_money(), outside(kind), claims=[kind])

    assert [each.program_id for each in quote.refused] == [kind]
    assert program_set.about([]) == [program_set.program("points")]


@pytest.mark.parametrize(
    ("program", "path"),
    [
        (a_program("w", "welcome"), "programs[1].occasion"),
        (outside("welcome", kind_of="x"), "programs[1].occasion"),
        (a_program("w", "welcome", occasion={"type": "birthday", "points_of": "points", "points": 5}), "programs[1].occasion"),
        (outside("welcome", points_of="gone"), "programs[1].occasion.points_of"),
        (outside("welcome", points=0), "programs[1].occasion.points"),
        (outside("welcome", trigger="choice"), "programs[1].trigger"),
        (outside("welcome", limits={"member_uses": 1}), "programs[1].limits"),
        (outside("welcome", audience={"who": "members", "birthday_week": True}), "programs[1].audience.birthday_week"),
        (outside("activity", activity="survey"), "programs[1].occasion.at_till"),
        (outside("activity", per_subject=True), "programs[1].occasion.per_subject"),
        (outside("referral", referrer_points=0, friend_points=0), "programs[1].occasion.referrer_points"),
        (outside("segment", away_days=0), "programs[1].occasion.away_days"),
        (outside("badge", points=10), "programs[1].occasion.points_of"),
        (outside("badge", counts="spend"), "programs[1].occasion.counts"),
        (outside("leaderboard", counts="total_minor"), "programs[1].occasion.counts"),
        (dairy_20(occasion={"type": "welcome", "points_of": "points", "points": 5}), "programs[1].occasion"),
    ],
)  # fmt: skip
def test_what_would_have_no_effect_is_refused_by_its_place(program: dict[str, Any], path: str) -> None:
    with pytest.raises(LoyaltyError) as caught:
        decode_program_set(program_set_bytes(points_per_money(), program))

    assert f"`{path}" in caught.value.title


def test_a_minimum_purchase_is_an_amount_of_money() -> None:
    program_set = a_program_set(
        points_per_money(), {**outside("referral", min_spend_minor=50_00), "currency": "EUR"}
    )

    assert [each.program_id for each in program_set.disabled] == ["referral"]


def test_periods_are_named_by_the_shops_dates() -> None:
    new_year = datetime.date(2027, 1, 1)

    assert [period_of(once, new_year) for once in ("ever", "year", "month", "week", "day")] == [
        "ever", "2027", "2027-01", "2026-W53", "2027-01-01",
    ]  # fmt: skip


def test_a_survey_counts_once_for_each_survey_however_it_is_typed() -> None:
    survey = Activity(activity="survey", points_of="points", points=5, per_subject=True)
    today = builders.TODAY

    assert survey.occasion("  Spring\t2026 ", today) == survey.occasion("spring 2026", today)
    assert survey.occasion("autumn 2026", today) != survey.occasion("spring 2026", today)


@example("0" * 61 + "ß\ud7a40", datetime.date(2000, 1, 1))
@example("İ\u0345α" * 20, datetime.date(2000, 1, 1))
@given(st.text(max_size=200), st.dates())
def test_an_occasion_fits_into_its_column(subject: str, on: datetime.date) -> None:
    activity = Activity(activity="review", points_of="points", points=5, per_subject=True, once="day")

    assert len(activity.occasion(subject, on)) <= 80
    assert clean_subject(clean_subject(subject)) == clean_subject(subject)


@given(st.binary(min_size=16, max_size=32))
def test_a_code_reads_back_as_people_write_it(digest: bytes) -> None:
    code = code_of(digest)

    assert len(code) == CODE_LENGTH and set(code) <= set(LETTERS)
    assert normal_code(code) == code
    assert normal_code(f" {shown_code(code).lower()} ") == code


@given(st.binary(min_size=16, max_size=16), st.integers(0, CODE_LENGTH - 2), st.sampled_from(LETTERS))
def test_one_wrong_letter_in_a_code_is_seen(digest: bytes, place: int, letter: str) -> None:
    code = code_of(digest)
    wrong = code[:place] + letter + code[place + 1 :]

    assert (normal_code(wrong) == wrong) == (wrong == code)


@given(st.binary(min_size=16, max_size=16), st.integers(0, CODE_LENGTH - 3))
def test_two_letters_swapped_are_seen(digest: bytes, place: int) -> None:
    code = code_of(digest)
    swapped = code[:place] + code[place + 1] + code[place] + code[place + 2 :]

    assert (normal_code(swapped) == swapped) == (swapped == code)


def test_the_birthday_of_a_leap_day_is_the_first_of_march_in_other_years() -> None:
    assert birthday_near(2, 29, datetime.date(2027, 3, 2)) == datetime.date(2027, 3, 1)
    assert birthday_near(2, 29, datetime.date(2028, 2, 27)) == datetime.date(2028, 2, 29)
    assert birthday_near(12, 31, datetime.date(2027, 1, 2)) == datetime.date(2026, 12, 31)
    assert birthday_near(6, 1, datetime.date(2027, 1, 2)) is None


@pytest.mark.parametrize(
    ("segment", "away", "joined", "visits", "belongs"),
    [
        (Segment(away_days=60), 60, 900, 3, True),
        (Segment(away_days=60), 59, 900, 3, False),
        (Segment(away_days=60), None, 900, 0, False),
        (Segment(joined_days=30), None, 30, 0, True),
        (Segment(joined_days=30), 1, 31, 9, False),
        (Segment(visits=4, visits_days=28), 1, 31, 4, True),
        (Segment(visits=4, away_days=7), 3, 31, 9, False),
    ],
)
def test_who_belongs_to_a_segment(
    segment: Segment, away: int | None, joined: int, visits: int, belongs: bool
) -> None:
    assert segment.has(away=away, joined=joined, visits=visits) is belongs
