"""Real baskets through the real checkout, at registers without HQ."""

from __future__ import annotations

from collections import Counter

import pytest

from agent.domain.errors import LoyaltyError
from agent.store.journal import read_all
from agent.store.sales import count_sales
from demo.complete_journey.households import phone_number
from demo.complete_journey.journals import read_sales
from demo.complete_journey.plan import Plan, demo_baskets, household_to_enrol, households_at_every_lane
from demo.complete_journey.replay import Played, Replay, ReplayLane
from demo.complete_journey.source import Source
from demo.complete_journey.summary import agrees, summarise
from sync.wire.entries import KIND_MEMBER, SaleEntry
from tests.demo.conftest import FirstColumn, OpenLanes


def sales_of(lanes: list[ReplayLane]) -> list[list[SaleEntry]]:
    return [list(read_sales(each.lane.store.reader())) for each in lanes]


def references(lanes: list[ReplayLane]) -> Counter[str]:
    """How often each basket of the data was paid."""
    paid: Counter[str] = Counter()
    for sale in (sale for of_lane in sales_of(lanes) for sale in of_lane):
        paid.update({tender.reference for tender in sale.tenders})
    return paid


def test_baskets_alternate_between_two_registers_and_agree_with_the_data_to_the_cent(
    source: Source, open_lanes: OpenLanes
) -> None:
    plan = demo_baskets(source, 60)
    lanes, clock = open_lanes(plan)

    Replay(plan, lanes, clock).play()

    summary = summarise(plan, [each.lane.store.reader() for each in lanes])
    assert [count_sales(each.lane.store.reader()) for each in lanes] == [30, 30]
    assert (summary.baskets, summary.differences) == (60, 0)
    assert summary.goods_minor == sum(basket.sales_minor for _place, basket in plan.baskets())
    assert summary.override_share <= 0.02
    assert summary.points_earned > 0
    assert summary.rewards_minor > 0
    assert summary.coupons_redeemed > 0


def test_each_sale_is_made_at_its_baskets_own_time_by_its_household(
    source: Source, open_lanes: OpenLanes
) -> None:
    plan = Plan(source, source.busiest_store(), 20)
    lanes, clock = open_lanes(plan)

    Replay(plan, lanes, clock).play()

    (sales,) = sales_of(lanes)
    baskets = [basket for _place, basket in plan.baskets()]
    assert [sale.stamp.at_ms for sale in sales] == [basket.at_ms for basket in baskets]
    assert {sale.stamp.clock for sale in sales} == {"ok"}
    accounts = {
        basket.household_id: sale.quote_input.member for sale, basket in zip(sales, baskets, strict=True)
    }
    assert all(member is not None and not member.provisional for member in accounts.values())


def test_a_replay_that_is_stopped_goes_on_where_it_was(source: Source, open_lanes: OpenLanes) -> None:
    plan = demo_baskets(source, 40)
    lanes, clock = open_lanes(plan)
    stops = iter([False] * 13 + [True])
    assert Replay(plan, lanes, clock).play(stopped=lambda: next(stops)) == 13

    lanes, clock = open_lanes(plan)
    again = Replay(plan, lanes, clock)
    assert again.position == 13
    assert again.play() == 27

    assert summarise(plan, [each.lane.store.reader() for each in lanes]).differences == 0
    assert set(references(lanes).values()) == {1}


def test_a_replay_that_dies_right_after_a_commit_plays_no_basket_twice(
    source: Source, open_lanes: OpenLanes
) -> None:
    plan = demo_baskets(source, 12)

    def die(_played: Played) -> None:
        raise RuntimeError("the power is gone")

    for _attempt in range(12):
        lanes, clock = open_lanes(plan)
        with pytest.raises(RuntimeError, match="power"):
            Replay(plan, lanes, clock).play(after=die)

    lanes, clock = open_lanes(plan)
    assert Replay(plan, lanes, clock).play() == 0
    assert [len(sales) for sales in sales_of(lanes)] == [6, 6]
    assert summarise(plan, [each.lane.store.reader() for each in lanes]).differences == 0


def test_a_register_that_sold_something_else_is_not_taken_for_a_replay(
    source: Source, open_lanes: OpenLanes
) -> None:
    lanes, clock = open_lanes(Plan(source, source.busiest_store(), 3))
    Replay(Plan(source, source.busiest_store(), 3), lanes, clock).play()

    with pytest.raises(LoyaltyError, match="other sales than this replay's"):
        Replay(Plan(source, source.stores()[1], 5), lanes, clock)


ODD = (
    "select basket_id from line where quantity = 0 and sales_minor > 0 limit 5",
    "select basket_id from line where quantity = 0 and sales_minor = 0 limit 5",
    "select basket_id from line where quantity > 10000 limit 5",
    "select basket_id from line where product_id not in (select product_id from product) limit 5",
    "select basket_id from line group by 1 having sum(sales_minor + coupon_minor) = 0 limit 5",
)


def test_no_odd_basket_stops_the_checkout(
    source: Source, open_lanes: OpenLanes, first_column: FirstColumn
) -> None:
    plan = Plan(source, None, 1)
    lanes, clock = open_lanes(plan)
    replay = Replay(plan, lanes, clock)
    found = dict.fromkeys(basket_id for sql in ODD for basket_id in first_column(sql))
    odd = [source.basket(basket_id) for basket_id in (*source.with_coupon_excess(), *found)]

    sales = [replay.play_basket(0, basket).entry for basket in odd]

    assert len(odd) >= 19 + 15
    assert all(agrees(basket, sale) for basket, sale in zip(odd, sales, strict=True))
    assert all(sale.tender_excess_minor > 0 for sale in sales[:19])
    lines = [line for sale in sales for line in sale.quote_input.basket.lines]
    assert any(line.quantity == 0 for line in lines)
    assert any(line.uom == "gal" for line in lines)
    assert any(line.name == f"Item {line.item_code}" for line in lines)
    assert any(sale.total_minor == 0 and not sale.tenders for sale in sales)


def test_a_household_without_a_card_joins_at_its_first_visit_and_is_known_at_the_next(
    source: Source, open_lanes: OpenLanes
) -> None:
    plan = Plan(source, source.busiest_store(), 90)
    place, household = household_to_enrol(plan)
    lanes, clock = open_lanes(plan, frozenset({household}))

    Replay(plan, lanes, clock, joining=[household]).play()

    reader = lanes[0].lane.store.reader()
    visits = [
        sale.quote_input.member
        for sale, (_place, basket) in zip(read_sales(reader), plan.baskets(), strict=True)
        if basket.household_id == household
    ]
    assert 30 <= place <= 60
    assert phone_number(household).startswith("+1")
    assert len(visits) >= 2
    assert len({member.account_id for member in visits if member is not None and not member.provisional}) == 1
    assert sum(row.kind == KIND_MEMBER for row in read_all(reader)) == 1


def test_the_demo_has_a_household_that_shops_at_both_registers(source: Source) -> None:
    plan = demo_baskets(source, 500)
    household = households_at_every_lane(plan)[0]
    lanes = {plan.lane_of(place) for place, basket in plan.baskets() if basket.household_id == household}

    assert plan.store_id == source.busiest_store()
    assert lanes == {0, 1}
