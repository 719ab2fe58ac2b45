"""The oracle itself, on deals that were worked out by hand."""

from __future__ import annotations

from typing import Any

from agent.domain.quote_input import Claim, Share
from tests.builders import (
    a_basket,
    a_deposit,
    a_line,
    a_member,
    a_program,
    a_quote_input,
    amount_off,
    milk,
    percent_off,
    points_per_money,
    points_reward,
)
from tests.oracle.pricer import Oracle, Result
from tests.oracle.shops import shop_of

DAIRY = {"categories": [["food", "dairy"]]}
BAKERY = {"categories": [["food", "bakery"]]}


def best(*lines: Any, programs: list[dict[str, Any]], groups: Any = (), **asked: Any) -> Result:
    document = {
        "format": 1,
        "set_id": "by-hand",
        "version": 1,
        "currency": "RON",
        "groups": list(groups),
        "programs": programs,
    }
    shop = shop_of(document, a_quote_input(a_basket(*lines), **asked))
    return Oracle(shop.quote_input, shop.program_set).best()


def test_ten_times_ten_percent_off_a_hundred_leaves_34_89():
    programs = [percent_off(f"ten-{number}", "0.1") for number in range(10)]

    assert best(a_line("bread", 100_00), programs=programs).discount_minor == 100_00 - 34_89


def test_fifteen_off_twenty_thirty_and_a_hundred_is_two_three_and_ten():
    lines = [a_line("a", 20_00), a_line("b", 30_00), a_line("c", 100_00)]

    found = best(*lines, programs=[amount_off("fifteen", 15_00)])

    assert found.parts == {"fifteen": {1: 2_00, 2: 3_00, 3: 10_00}}


def test_three_for_two_gives_the_cheapest_of_each_three_and_the_sets_are_made_to_save_most():
    reward = {"type": "cheapest_of", "of": 3}
    lines = [a_line(f"i{price}", price) for price in (1_00, 2_00, 3_00, 4_00, 5_00, 6_00)]

    found = best(*lines, programs=[a_program("three", "promotion", rewards=[reward])])

    # 6, 5, 4 give 4 and 3, 2, 1 give 1: no other way of making two sets gives more.
    assert found.parts == {"three": {1: 1_00, 4: 4_00}}


def test_a_small_offer_that_spoils_a_larger_one_is_given_up():
    free = percent_off("free-milk", "1", DAIRY)
    get = {"type": "buy_get", "buy_units": 2, "rate": "0.5"}

    found = best(
        milk(2),
        a_line("bread", 1_00),
        a_line("roll", 1),
        programs=[free, a_program("half", "promotion", rewards=[get])],
    )

    assert found.parts == {"half": {2: 50}}


def test_a_threshold_that_another_discount_breaks_is_weighed_against_it():
    lines = [milk(60_00), a_line("bread", 50_00)]
    fifteen = amount_off("fifteen-over-100", 15_00, over_minor=100_00)

    # 20 % of 60.00 is 12.00 and leaves 98.00; 16 % is 9.60 and leaves enough.
    assert best(*lines, programs=[percent_off("dairy", "0.2", DAIRY), fifteen]).discount_minor == 15_00
    assert best(*lines, programs=[percent_off("dairy", "0.16", DAIRY), fifteen]).discount_minor == 24_60


def test_a_group_that_chooses_one_gives_the_one_that_saves_more_and_original_is_of_the_list_price():
    one, other = percent_off("a", "0.1", group="g"), percent_off("b", "0.2", BAKERY, group="g")
    line = a_line("bread", 10_00)

    assert best(line, programs=[one, other], groups=[{"id": "g", "choose": "one"}]).parts == {"b": {1: 2_00}}
    both = best(line, programs=[one, other], groups=[{"id": "g", "percent_of": "original"}])
    assert both.parts == {"b": {1: 2_00}, "a": {1: 1_00}}


def test_programs_that_apply_in_order_are_not_given_up_for_a_better_deal_unless_another_excludes_them():
    groups = [{"id": "g", "choose": "in_order"}]
    first = amount_off("first", 1_00, group="g")
    second = amount_off("second", 5_00, over_minor=10_00, group="g")
    line = a_line("bread", 10_00)

    assert best(line, programs=[first, second], groups=groups).parts == {"first": {1: 1_00}}
    other = percent_off("third", "0.6", not_with=["first"])
    assert best(line, programs=[first, second, other], groups=groups).parts == {
        "second": {1: 5_00},
        "third": {1: 3_00},
    }


def test_a_bundle_that_would_cost_more_is_never_made_and_a_unit_is_in_one_set_only():
    def bundle(name: str, price_minor: int) -> dict[str, Any]:
        parts = [{"goods": DAIRY}, {"goods": BAKERY}]
        return a_program(
            name, "promotion", rewards=[{"type": "bundle", "parts": parts, "price_minor": price_minor}]
        )

    lines = [milk(3_00), milk(2_00), a_line("bread", 4_00, quantity=2)]
    found = best(*lines, programs=[bundle("four", 4_00), bundle("dear", 5_00)])

    # 3.00 and 2.00 save 1.00 together; 2.00 and 2.00 save nothing.
    assert found.parts == {"four": {1: 60, 3: 40}}


def test_points_pay_for_no_more_blocks_than_the_goods_absorb_or_the_member_holds():
    claims = [Claim("reward-5", 4)]
    found = best(
        a_line("bread", 12_00),
        programs=[points_per_money(), points_reward()],
        member=a_member(2_000),
        claims=claims,
    )
    assert (found.discount_minor, found.spent, found.earned) == (
        10_00,
        {"points:points": 1_000},
        {"points": 2},
    )

    poor = a_member(2_000, spendable=900)
    found = best(
        a_line("bread", 12_00), programs=[points_per_money(), points_reward()], member=poor, claims=claims
    )
    assert (found.discount_minor, found.spent) == (5_00, {"points:points": 500})


def test_a_discount_that_is_more_than_the_budget_gives_nothing():
    program = percent_off("dairy", "0.5", DAIRY, limits={"budget_minor": 100_00})
    for share, discount in ((2_99, 0), (3_00, 3_00)):
        shares = {"dairy": Share(budget_minor=share)}
        assert best(milk(6_00), programs=[program], shares=shares).discount_minor == discount


def test_of_two_deals_that_save_the_same_the_one_that_keeps_more_points_wins():
    goods = [milk(5_00, line_id=1, earns=False), a_line("bread", 5_00, line_id=2)]
    programs = [
        points_per_money(),
        percent_off("a-bread", "1", BAKERY, not_with=["b-milk"]),
        percent_off("b-milk", "1", DAIRY),
    ]

    assert best(*goods, programs=programs, member=a_member()).rank.ids == ("b-milk",)
    assert best(*goods, programs=programs).rank.ids == ("a-bread",)


def test_deposits_are_no_goods_of_anything():
    found = best(
        a_line("water", 2_00, category=("drinks",)), a_deposit(), programs=[percent_off("half", "0.5")]
    )

    assert found.parts == {"half": {1: 1_00}}
