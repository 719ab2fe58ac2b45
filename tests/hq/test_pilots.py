"""A pilot in some stores: beside the others, with as many days before, and without a claim that nobody could prove."""

from __future__ import annotations

import datetime
from decimal import Decimal

import pytest

from agent.domain.program_document import decode_program_set
from hq import clock
from hq.devices.models import Store
from hq.experiments.runs import pilots
from hq.experiments.shops import Trade, compare
from hq.ingest.models import Sale
from tests import builders
from tests.hq.at_console import page
from tests.hq.books import quarantined
from tests.hq.brought_back import Sold, one
from tests.hq.lane import Lane, new_code
from tests.hq.test_experiments import DAY_MS, PUBLISHED_MS, a_set, publish

PILOT = builders.a_program(
    "wine-10", "promotion", stores=[builders.STORE], rewards=[{"type": "percent_off", "rate": "0.1"}]
)
PROGRAMS = decode_program_set(a_set(PILOT, experiments=[]))
YESTERDAY = builders.TODAY - datetime.timedelta(days=1)


@pytest.fixture
def both(lane, hq, monkeypatch):
    """A lane of the pilot's store and one of another, the day after the pilot's first."""
    monkeypatch.setattr(clock, "now_ms", lambda: builders.NOW_MS + DAY_MS)
    store = Store.objects.get(pk=builders.STORE)
    store.store_id, store.name, store.store_key = "cluj-1", "Cluj", bytes(range(32))
    store.save(force_insert=True)
    publish(a_set(PILOT, experiments=[]))
    with Lane.enrolled(hq, new_code("cluj-1")) as other:
        yield lane, other


def trade(lanes, amounts):
    """Ten sales of each lane's amount."""
    for lane, amount in zip(lanes, amounts, strict=True):
        for _sale in range(10):
            lane.sell(builders.a_line("party", amount))
        lane.sync()


def test_the_pilots_stores_and_the_others_are_told_with_the_days_before(both, console):
    trade(both, (40_00, 30_00))
    Sale.objects.update(business_date=YESTERDAY)
    trade(both, (50_00, 33_00))
    assert quarantined() == []

    found = compare([builders.STORE], builders.CURRENCY, builders.TODAY, builders.TODAY)

    assert found is not None
    assert (found.pilot.stores, found.others.stores, found.days) == (1, 1, 1)
    assert found.pilot.before.sold_minor == 400_00
    assert (found.pilot.change, found.others.change, found.apart) == (
        Decimal("0.25"),
        Decimal("0.1"),
        Decimal("0.15"),
    )
    text = page(console, "/console/experiments/")
    assert "Pilot: Wine 10" in text
    assert "Sales in the pilot&#x27;s stores changed by 15.0 points more than in the others" in text
    assert "Stores are not drawn by lot" in text


def test_a_voided_sale_and_a_store_that_is_new_do_not_count(both):
    lane, _other = both
    trade([lane], [40_00])
    Sale.objects.update(business_date=YESTERDAY)
    trade(both, (40_00, 40_00))
    Sold(lane, builders.a_line("party", 70_00)).is_voided()
    lane.sync()

    found = compare([builders.STORE], builders.CURRENCY, builders.TODAY, builders.TODAY)

    assert found is not None
    assert found.pilot.since == Trade(10, 400_00, 0, 0)
    assert (found.others.stores, found.others.change, found.apart) == (0, None, None)


def test_goods_that_came_back_are_taken_off_what_was_sold_and_what_was_given(both):
    lane, _other = both
    trade([lane], [40_00])
    Sale.objects.update(business_date=YESTERDAY)
    trade(both, (40_00, 40_00))
    wine = Sold(lane, builders.a_line("wine", 60_00, quantity=2), program_set=PROGRAMS)
    wine.comes_back(one(1, 0))
    lane.sync()
    assert quarantined() == []

    found = compare([builders.STORE], builders.CURRENCY, builders.TODAY, builders.TODAY)

    assert found is not None
    assert found.pilot.since == Trade(11, 400_00 + 27_00, 3_00, 0)


def test_a_pilot_with_too_few_sales_is_not_compared(both, console):
    text = page(console, "/console/experiments/")

    assert "There is nothing to compare: both groups need stores that sold before and since" in text


def test_a_pilot_counts_from_the_set_that_first_named_its_stores(both):
    publish(a_set(PILOT, version=3, experiments=[]), PUBLISHED_MS + DAY_MS)
    wider = {**PILOT, "stores": [builders.STORE, "cluj-1"]}
    assert [pilot.started_ms for pilot in pilots()] == [PUBLISHED_MS]

    publish(a_set(wider, version=4, experiments=[]), PUBLISHED_MS + 2 * DAY_MS)

    assert [pilot.started_ms for pilot in pilots()] == [PUBLISHED_MS + 2 * DAY_MS]
