"""Automatic promotions: what they take off, in which order, and what they never touch."""

from __future__ import annotations

from decimal import Decimal

import pytest

from agent.domain.basket import Tax
from agent.domain.quote import Discount, UnitRun
from agent.domain.quote_input import Claim
from tests.builders import (
    a_basket,
    a_context,
    a_deposit,
    a_line,
    a_member,
    a_program,
    a_quote,
    amount_off,
    dairy_20,
    milk,
    percent_off,
)


def test_twenty_percent_off_dairy_leaves_the_bread_alone() -> None:
    quote = a_quote(a_basket(milk(12_00), a_line("bread", 5_00)), dairy_20())

    assert quote.discounts == (Discount("dairy-20", 1, 2_40, (UnitRun(1, 2_40),)),)
    assert quote.total_minor == 14_60


def test_a_discount_is_rounded_once_for_the_program_and_half_up() -> None:
    # 10 % of 0.05 is half a ban on each line; together it is 1, not 2.
    quote = a_quote(a_basket(milk(5), a_line("yoghurt", 5)), percent_off("p", "0.1"))

    assert quote.discount_minor == 1


def test_ten_times_ten_percent_off_a_hundred_leaves_34_89() -> None:
    tens = [percent_off(f"p{number}", "0.1") for number in range(10)]

    quote = a_quote(a_basket(a_line("table", 100_00)), *tens)

    assert quote.total_minor == 34_89
    assert [each.discount_minor for each in quote.applied] == [
        10_00,
        9_00,
        8_10,
        7_29,
        6_56,
        5_90,
        5_31,
        4_78,
        4_30,
        3_87,
    ]


def test_a_hundred_percent_ends_at_zero_after_any_other_discount() -> None:
    quote = a_quote(
        a_basket(a_line("i", 99, quantity=7)),
        percent_off("third", "0.333333"),
        percent_off("all", "1", priority=-1),
    )

    assert quote.total_minor == 0
    assert sum(each.amount_minor for each in quote.discounts) == 99


def test_an_amount_is_never_more_than_the_goods_are_worth() -> None:
    quote = a_quote(
        a_basket(milk(3_00), a_line("bread", 5_00)), amount_off("p", 10_00, goods={"items": ["milk"]})
    )

    assert quote.discount_minor == 3_00
    assert quote.total_minor == 5_00


def test_an_amount_over_the_basket_is_spread_by_value_to_the_minor_unit() -> None:
    quote = a_quote(
        a_basket(a_line("a", 20_00), a_line("b", 30_00), a_line("c", 100_00)), amount_off("p", 15_00)
    )

    assert [(each.line_id, each.amount_minor) for each in quote.discounts] == [
        (1, 2_00),
        (2, 3_00),
        (3, 10_00),
    ]


def test_eleven_equal_lines_share_ten_without_losing_a_ban() -> None:
    quote = a_quote(a_basket(*[a_line(f"i{n}", 10_00) for n in range(11)]), amount_off("p", 10_00))

    assert sum(each.amount_minor for each in quote.discounts) == 10_00
    assert {each.amount_minor for each in quote.discounts} == {90, 91}


def test_the_threshold_counts_what_line_promotions_have_left() -> None:
    basket = a_basket(milk(50_00), a_line("bread", 55_00))
    over_100 = amount_off("ten", 10_00, over_minor=100_00)

    assert a_quote(basket, over_100).discount_minor == 10_00
    assert [
        each.program_id
        for each in a_quote(basket, over_100, percent_off("dairy", "0.5", {"items": ["milk"]})).applied
    ] == ["dairy"]


def test_a_threshold_never_counts_after_its_own_discount() -> None:
    quote = a_quote(
        a_basket(a_line("i", 100_00)),
        amount_off("ten", 10_00, over_minor=100_00),
        amount_off("five", 5_00, over_minor=100_00),
    )

    assert quote.discount_minor == 15_00


def test_a_threshold_counts_only_its_own_goods() -> None:
    own = {"type": "min_spend", "amount_minor": 40_00, "goods": {"items": ["a"]}}
    program = percent_off("p", "0.1", {"items": ["a"]}, conditions=[own])

    assert a_quote(a_basket(a_line("a", 20_00), a_line("b", 30_00)), program).discount_minor == 0
    assert a_quote(a_basket(a_line("a", 40_00), a_line("b", 30_00)), program).discount_minor == 4_00


def test_percentages_come_before_amounts_and_priority_before_both() -> None:
    basket = a_basket(a_line("i", 100_00))
    percent, amount = percent_off("percent", "0.1"), amount_off("amount", 10_00)
    urgent = amount_off("amount", 10_00, priority=1)

    assert a_quote(basket, percent, amount).total_minor == 80_00
    assert a_quote(basket, percent, urgent).total_minor == 81_00


def test_goods_without_discount_and_deposits_are_never_discounted_and_count_for_no_threshold() -> None:
    tobacco = a_line("tobacco", 60_00, category=("tobacco",), discountable=False, earns=False)
    basket = a_basket(a_line("bread", 50_00), tobacco, a_deposit(50))

    quote = a_quote(basket, percent_off("half", "0.5"), amount_off("ten", 10_00, over_minor=100_00))

    assert quote.discounts == (Discount("half", 1, 25_00, (UnitRun(1, 25_00),)),)
    assert quote.total_minor == 25_00 + 60_00 + 50


def test_each_unit_of_a_line_carries_its_own_share() -> None:
    quote = a_quote(a_basket(a_line("i", 10_00, quantity=3)), percent_off("p", "0.1"))

    (discount,) = quote.discounts
    assert discount.runs == (UnitRun(1, 34), UnitRun(2, 33))


@pytest.mark.parametrize("quantity", ["0", "0.435", "50000", "1000", "12.5"])
def test_any_line_that_is_not_whole_pieces_up_to_999_is_one_unit(quantity: str) -> None:
    quote = a_quote(a_basket(a_line("fuel", 350_00, quantity=quantity, uom="gal")), percent_off("p", "0.1"))

    assert quote.discounts == (Discount("p", 1, 35_00, (UnitRun(1, 35_00),)),)


def test_lines_of_no_value_get_no_discount() -> None:
    quote = a_quote(a_basket(a_line("gift", 0, quantity=2), a_line("i", 10_00)), amount_off("p", 1_00))

    assert [each.line_id for each in quote.discounts] == [2]


def test_an_offer_for_members_needs_one_who_is_known_here() -> None:
    for_members = dairy_20(audience={"who": "members"})

    assert a_quote(a_basket(milk()), for_members).discount_minor == 0
    assert a_quote(a_basket(milk()), for_members, member=a_member(provisional=True)).discount_minor == 0
    assert a_quote(a_basket(milk()), for_members, member=a_member()).discount_minor == 2_00


def test_an_offer_for_a_tier_is_for_that_tier() -> None:
    for_gold = dairy_20(audience={"who": "tiers", "tiers": ["gold"]})

    assert a_quote(a_basket(milk()), for_gold, member=a_member(tier="silver")).discount_minor == 0
    assert a_quote(a_basket(milk()), for_gold, member=a_member(tier="gold")).discount_minor == 2_00


def test_an_offer_runs_in_its_stores_only() -> None:
    here, elsewhere = dairy_20(stores=["brasov-1"]), dairy_20(stores=["cluj-1"])

    assert a_quote(a_basket(milk()), here).discount_minor == 2_00
    assert a_quote(a_basket(milk()), elsewhere).discount_minor == 0


@pytest.mark.parametrize(
    ("active", "discount_minor"),
    [
        ({"from": "2026-11-22"}, 2_00),
        ({"from": "2026-11-23"}, 0),
        ({"until": "2026-11-22"}, 2_00),
        ({"until": "2026-11-21"}, 0),
        ({"from": "2026-11-22T14:30"}, 2_00),
        ({"from": "2026-11-22T14:31"}, 0),
        ({"until": "2026-11-22T14:31"}, 2_00),
        ({"until": "2026-11-22T14:30"}, 0),
        ({"from": "2026-11-01", "until": "2026-11-22T18:00"}, 2_00),
    ],
)
def test_an_offer_runs_within_its_dates(active: dict[str, str], discount_minor: int) -> None:
    assert a_quote(a_basket(milk()), dairy_20(active=active)).discount_minor == discount_minor


def test_an_offer_with_dates_waits_while_the_clock_is_suspect_until_somebody_confirms() -> None:
    dated = dairy_20(active={"from": "2026-11-01"})
    suspect = a_context(clock="suspect")

    waiting = a_quote(a_basket(milk()), dated, context=suspect)
    confirmed = a_quote(a_basket(milk()), dated, context=suspect, confirmed_time_offers=True)

    assert waiting.discount_minor == 0
    assert [each.refusal.code for each in waiting.refused] == ["clock_suspect"]
    assert confirmed.discount_minor == 2_00
    assert a_quote(a_basket(milk()), dairy_20(), context=suspect).discount_minor == 2_00


def test_an_offer_that_was_taken_off_stays_off() -> None:
    quote = a_quote(a_basket(milk()), dairy_20(), removals=["dairy-20"])

    assert quote.discount_minor == 0
    assert [(each.program_id, each.refusal.code) for each in quote.refused] == [("dairy-20", "taken_off")]


def test_enough_units_of_the_goods_are_needed() -> None:
    three = [{"type": "has_goods", "goods": {"items": ["milk"]}, "units": 3}]
    program = percent_off("p", "0.1", {"items": ["milk"]}, conditions=three)

    assert a_quote(a_basket(milk(quantity=2)), program).discount_minor == 0
    assert a_quote(a_basket(milk(quantity=2), milk(quantity=1)), program).discount_minor == 2_00


def test_a_basket_of_two_thousand_lines_of_999_units_is_priced() -> None:
    basket = a_basket(*[a_line(f"i{n}", 999 * 7 + n, quantity=999) for n in range(2_000)])

    quote = a_quote(basket, percent_off("p", "0.333333"), amount_off("a", 1_00_00), dairy_20())

    assert quote.total_minor == quote.goods_minor - quote.discount_minor
    assert sum(run.count * run.share for each in quote.discounts for run in each.runs) == quote.discount_minor
    assert all(sum(run.count for run in each.runs) == 999 for each in quote.discounts)


def test_a_rate_of_many_decimals_on_a_weighed_line_is_exact() -> None:
    quote = a_quote(
        a_basket(a_line("telemea", 19_97, quantity=Decimal("0.435"), uom="kg")), percent_off("p", "0.123457")
    )

    assert quote.discount_minor == 2_47


def test_a_threshold_may_count_without_the_tax_that_prices_contain() -> None:
    offer = percent_off(
        "ten", "0.1", conditions=[{"type": "min_spend", "amount_minor": 100_00, "tax": "excluded"}]
    )
    taxed = [Tax("A", Decimal("0.15"))]

    assert a_quote(a_basket(a_line("x", 114_99, taxes=taxed)), offer).discount_minor == 0
    assert a_quote(a_basket(a_line("x", 115_00, taxes=taxed)), offer).discount_minor == 11_50
    assert a_quote(a_basket(a_line("x", 100_00, taxes=[])), offer).discount_minor == 10_00


def test_what_costs_no_points_is_given_once_however_often_it_is_tapped() -> None:
    off = a_program(
        "off", "promotion", trigger="choice", rewards=[{"type": "amount_off", "amount_minor": 5_00}]
    )
    gift = a_program("gift", "promotion", trigger="choice", rewards=[{"type": "gift", "item": "mug"}])
    claims = [Claim("off", 3), Claim("gift", 50)]

    quote = a_quote(a_basket(a_line("x", 50_00)), off, gift, claims=claims)

    assert quote.discount_minor == 5_00
    assert [(each.item_code, each.units) for each in quote.gifts] == [("mug", 1)]
