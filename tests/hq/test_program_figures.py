"""What each program gave, at HQ: once for each entry however often it comes, and without the goods that came back."""

from __future__ import annotations

import datetime
import random

import pytest
from django.core.management import call_command
from django.db import connection

from hq.feed.state import identity
from hq.ingest.models import Quarantine
from hq.ingest.retry import try_again
from hq.membership import joining
from hq.occasions import giving, whom
from hq.occasions.office import open_office
from hq.program_figures.earlier import count_next_earlier, is_counting
from hq.program_figures.figures import Period, figures, uses_by_day
from hq.program_figures.given import Given
from hq.program_figures.models import EarlierEntries, ProgramDay, ProgramPart
from hq.programs import publishing
from tests import builders
from tests.hq.books import quarantined, rows
from tests.hq.brought_back import Sold, ioana, one
from tests.hq.lane import DEMO
from tests.hq.programs import coming_by, publish, welcome
from tests.hq.shop import IOANA, MEHMET

TODAY = builders.TODAY
PERIOD = Period(TODAY, TODAY)
PAN = builders.a_line("pan", 120_00)


def told(period=PERIOD):
    return {each.program_id: each for each in figures(period)}


def days_are_their_parts():
    """The sums by day are what the entries' rows add up to."""
    columns = (
        "SUM(uses), SUM(discount_minor), SUM(points_given), SUM(points_taken), SUM(coupons_issued),"
        " SUM(coupons_redeemed), SUM(gift_units), SUM(cashback_minor)"
    )
    by = "store_id, program_id, business_date, came_back"
    return [
        set(rows(f"SELECT {by}, {columns} FROM {table} GROUP BY {by}"))
        for table in ("program_part", "program_day")
    ]


@pytest.fixture(autouse=True)
def _sums_hold(hq):
    yield
    parts, days = days_are_their_parts()
    assert parts == days


def test_each_program_has_its_uses_its_discount_its_points_its_coupons_and_its_members(lane):
    lane.sell(PAN, member=ioana())
    lane.sell(builders.milk(20_00), member=ioana())
    lane.sell(builders.a_line("oven", 200_00))
    lane.sync()

    assert quarantined() == []
    found = told()
    assert found["ten-over-100"].given == Given(uses=2, discount_minor=20_00)
    assert found["dairy-20"].given == Given(uses=1, discount_minor=4_00)
    assert found["points"].given == Given(uses=2, points_given=110 + 16)
    assert found["next-visit"].given == Given(uses=1, coupons_issued=1)
    assert (found["points"].members, found["ten-over-100"].members, found["next-visit"].members) == (1, 1, 0)
    assert {each.currency for each in found.values()} == {builders.CURRENCY}
    assert uses_by_day(PERIOD)["points", builders.CURRENCY] == {TODAY: 2}


def test_what_comes_a_second_time_counts_once(lane):
    Sold(lane, PAN, member=ioana()).comes_back()
    Sold(lane, PAN, member=ioana()).is_voided()
    lane.sell(PAN, member=ioana())
    lane.sync()
    before = told()
    lane.push(since=0)
    lane.hq.settle()
    with connection.cursor() as cursor:
        # As after a crash between two of HQ's databases: everything is projected once more.
        cursor.execute("UPDATE chain SET projected_seq = 0")
    lane.hq.settle()

    assert told() == before
    assert before["points"].given.uses == 2


def test_goods_that_come_back_are_subtracted_unit_by_unit_on_their_own_day(lane):
    sold = Sold(lane, builders.milk(9_99, quantity=3), PAN, member=ioana())
    gave = {one_.program_id: 0 for one_ in sold.sale.discounts}
    for discount in sold.sale.discounts:
        gave[discount.program_id] += discount.amount_minor
    sold.comes_back(one(1, 1))
    lane.sync()
    part = told()["dairy-20"].back.discount_minor
    for units in (one(2), one(1, 0, 2)):
        sold.comes_back(units)
    lane.sync()

    assert quarantined() == []
    found = told()
    assert 0 < part < gave["dairy-20"]
    for program_id, amount in gave.items():
        assert found[program_id].given.discount_minor == amount
        assert found[program_id].net.discount_minor == 0
    assert found["points"].net.points_given == 0
    assert found["points"].net.uses == 1


def test_a_return_on_another_day_leaves_the_sales_day_as_it_was(lane):
    later = TODAY + datetime.timedelta(days=3)
    sold = Sold(lane, PAN, member=ioana())
    stamp = type(sold.sale.stamp)(sold.sale.stamp.at_ms + 3 * 86_400_000, sold.sale.stamp.offset_min, later)
    sold.comes_back(stamp=stamp)
    lane.sync()

    assert quarantined() == []
    assert not told()["ten-over-100"].back
    found = told(Period(later, later))["ten-over-100"]
    assert (found.given, found.back) == (Given(), Given(discount_minor=10_00))


def test_a_rest_that_was_priced_again_gives_back_what_its_programs_no_longer_take_off(lane):
    sold = Sold(lane, builders.a_line("cup", 60_00), builders.a_line("pot", 60_00), member=ioana())
    back = sold.comes_back(one(1), reprice=True)
    lane.sync()

    assert quarantined() == []
    assert back.goods_minor == 50_00
    assert told()["ten-over-100"].net == Given(uses=1)


def test_a_voided_sale_gave_nothing_and_reached_nobody(lane):
    Sold(lane, PAN, member=ioana()).is_voided()
    lane.sync()

    assert quarantined() == []
    assert told() == {}


def test_spent_points_and_printed_coupons_come_back(lane):
    (grant,) = lane.ask(IOANA, builders.POINTS, 500)
    sold = Sold(
        lane,
        builders.a_line("oven", 200_00),
        member=ioana(spendable=500),
        claims=["reward-5"],
        spends=[grant],
    )
    lane.sync()
    found = told()
    assert (found["reward-5"].given.points_taken, found["next-visit"].given.coupons_issued) == (500, 1)

    sold.comes_back()
    lane.sync()

    assert quarantined() == []
    found = told()
    assert (found["reward-5"].net.points_taken, found["next-visit"].net.coupons_issued) == (0, 0)
    assert found["reward-5"].net.discount_minor == 0


def test_a_sale_in_quarantine_counts_once_it_is_posted_and_not_before(lane):
    dear = builders.a_program_set(builders.amount_off("fifty", 50_00), version=2)
    lane.sell(PAN, program_set=dear)
    lane.sync()
    assert (len(quarantined()), told()) == (1, {})

    publishing.upload(
        builders.program_set_bytes(builders.amount_off("fifty", 50_00), version=2), "andrei", builders.NOW_MS
    )
    for _twice in range(2):
        try_again(Quarantine.objects.get(), builders.NOW_MS)

    assert told()["fifty"].given == Given(uses=1, discount_minor=50_00)


def test_two_accounts_of_one_person_are_one_member(lane):
    for member in (IOANA, MEHMET):
        lane.sell(PAN, member=builders.a_member(0, member_id=member, account_id=member))
    lane.sync()
    assert told()["ten-over-100"].members == 2

    joining.merge(MEHMET, IOANA, builders.NOW_MS)

    assert told()["ten-over-100"].members == 1


def test_other_days_and_other_stores_are_left_out(lane):
    lane.sell(PAN)
    lane.sync()
    yesterday = TODAY - datetime.timedelta(days=1)

    assert told(Period(yesterday, yesterday)) == {}
    assert told(Period(TODAY, TODAY, "cluj-1")) == {}
    assert "ten-over-100" in told(Period(yesterday, TODAY, builders.STORE))


def forget(*chain_ids):
    """As a database of an earlier release is: entries that are posted, and no figures."""
    ProgramDay.objects.all().delete()
    ProgramPart.objects.all().delete()
    for chain_id in chain_ids:
        (last_seq,) = rows("SELECT projected_seq FROM chain WHERE chain_id = %s", chain_id.hex)[0]
        EarlierEntries.objects.create(chain_id=chain_id, reached=0, last_seq=last_seq)


@pytest.mark.parametrize("seed", range(2))
def test_what_was_posted_before_hq_kept_figures_is_counted_the_same_in_pages(
    lane, other_lane, seed, monkeypatch
):
    monkeypatch.setattr("hq.program_figures.earlier.PAGE", 3)
    lots = random.Random(seed)
    for number in range(12):
        sold = Sold(lane, builders.milk(9_99, quantity=3), PAN, member=ioana())
        if number % 4 == 0:
            for units in lots.sample([one(1, 0), one(1, 1, 2), one(2)], k=lots.randrange(1, 4)):
                sold.comes_back(units)
        elif number % 4 == 1:
            sold.is_voided()
        other_lane.sell(builders.a_line("oven", 200_00))
    # One that waits for a person.
    lane.sell(PAN, program_set=builders.a_program_set(builders.amount_off("fifty", 50_00), version=9))
    lane.sync()
    other_lane.sync()
    before = told()
    assert len(quarantined()) == 1

    forget(lane.chain_id, other_lane.chain_id)
    lane.sell(PAN)
    lane.sync()
    assert is_counting()
    while count_next_earlier():
        pass

    found = told()
    assert not is_counting()
    assert found["points"] == before["points"]
    assert found["dairy-20"] == before["dairy-20"]
    assert found["ten-over-100"].given.uses == before["ten-over-100"].given.uses + 1
    assert found["ten-over-100"].back == before["ten-over-100"].back


def test_what_hq_gives_by_itself_is_a_use_and_its_points_and_is_taken_back_once(lane, monkeypatch):
    monkeypatch.setattr("hq.clock.now_ms", lambda: builders.NOW_MS)
    publish(welcome(100), coming_by(points=5))
    ana = lane.enrol_member(("phone", "+40721000900"))
    lane.enrol_member(("phone", "+40721000901"))
    lane.sync()

    assert told()["welcome"].given == Given(uses=2, points_given=200)
    assert told()["welcome"].members == 2

    (occasion,) = rows("SELECT occasion FROM occasion_grant WHERE member_id = %s", ana.hex)[0]
    for _twice in range(2):
        with open_office(builders.NOW_MS) as office:
            giving.take_back(office, ana, "welcome", occasion)

    found = told()["welcome"]
    assert found.net == Given(uses=2, points_given=100)

    forget()
    EarlierEntries.objects.create(chain_id=identity().origin, reached=0, last_seq=10**6)
    while count_next_earlier():
        pass

    assert told()["welcome"] == found


def test_a_badge_without_points_is_a_use(lane, monkeypatch):
    monkeypatch.setattr("hq.clock.now_ms", lambda: builders.NOW_MS)
    whom_ = whom.find(IOANA)
    assert whom_ is not None
    with open_office(builders.NOW_MS) as office:
        what = giving.Occasion(program_id="regular", occasion="once", unit=builders.POINTS, points=0)
        giving.give(office, whom_, what)

    assert told()["regular"].given == Given(uses=1)


def test_an_hq_that_is_upgraded_counts_what_it_had_posted_before(lane, monkeypatch):
    monkeypatch.setattr("hq.clock.now_ms", lambda: builders.NOW_MS)
    publish(welcome(100))
    lane.enrol_member(("phone", "+40721000900"))
    Sold(lane, builders.milk(9_99, quantity=3), PAN, member=ioana(), program_set=DEMO).comes_back(one(1, 1))
    lane.sync()
    before = told()
    assert {"welcome", "ten-over-100"} <= before.keys()

    call_command("migrate", "program_figures", "zero", verbosity=0)
    call_command("migrate", "program_figures", verbosity=0)
    assert (told(), is_counting()) == ({}, True)
    while count_next_earlier():
        pass

    assert told() == before
