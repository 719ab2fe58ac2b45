"""The periods of limits, by the shop's business dates."""

from __future__ import annotations

import datetime

import pytest

from agent.domain.limit_period import first_day

# A Sunday, the last day of its week.
SUNDAY = datetime.date(2026, 11, 22)


@pytest.mark.parametrize(
    ("period", "first"),
    [
        ("day", datetime.date(2026, 11, 22)),
        ("week", datetime.date(2026, 11, 16)),
        ("month", datetime.date(2026, 11, 1)),
        ("year", datetime.date(2026, 1, 1)),
        ("always", datetime.date.min),
    ],
)
def test_a_period_begins_on_its_first_business_date(period, first):
    assert first_day(period, SUNDAY) == first


def test_a_week_begins_on_monday():
    monday = SUNDAY + datetime.timedelta(days=1)

    assert first_day("week", monday) == monday


@pytest.mark.parametrize("period", ["day", "week", "month", "year", "always"])
def test_the_first_day_of_the_calendar_is_in_every_period(period):
    assert first_day(period, datetime.date.min) == datetime.date.min
