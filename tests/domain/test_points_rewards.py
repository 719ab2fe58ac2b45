"""A reward for points takes as many blocks as the basket can use, and no point is spent for nothing."""

from __future__ import annotations

from agent.domain.quote_input import Claim, Share
from tests.builders import (
    a_basket,
    a_line,
    a_member,
    a_program,
    a_quote,
    points_per_money,
    points_reward,
)

HALF_OF_EACH = {"type": "percent_off", "rate": "0.5", "units": 1, "units_per": "line"}


def test_a_second_block_that_finds_no_unit_on_any_line_costs_nothing():
    reward = points_reward(cost_points=100)
    reward["rewards"] = [HALF_OF_EACH]
    basket = a_basket(a_line("bread", 400), a_line("milk", 600))

    quote = a_quote(
        basket, points_per_money(), reward, member=a_member(points=500), claims=[Claim("reward-5", blocks=2)]
    )

    assert [(each.discount_minor, each.points_cost, each.blocks) for each in quote.applied] == [(500, 100, 1)]


def test_a_second_block_is_taken_where_one_line_has_a_unit_for_it():
    reward = points_reward(cost_points=100)
    reward["rewards"] = [HALF_OF_EACH]
    basket = a_basket(a_line("bread", 400), a_line("milk", 600, quantity=2))

    quote = a_quote(
        basket, points_per_money(), reward, member=a_member(points=500), claims=[Claim("reward-5", blocks=3)]
    )

    assert [(each.discount_minor, each.points_cost, each.blocks) for each in quote.applied] == [(500, 200, 2)]


def test_points_that_pay_for_a_gift_are_not_offered_for_another_reward():
    cup = points_reward("cup", cost_points=10)
    cup["rewards"] = [{"type": "gift", "item": "cup"}]
    pen = points_reward("pen", cost_points=10)
    pen["rewards"] = [{"type": "gift", "item": "pen"}]
    off = points_reward("off", cost_points=10, amount_minor=100)
    basket = a_basket(a_line("bread", 400))

    quote = a_quote(
        basket, points_per_money(), cup, pen, off, member=a_member(points=15), claims=[Claim("cup")]
    )

    assert [gift.item_code for gift in quote.gifts] == ["cup"]
    assert quote.claimable == ()


def test_a_budget_counts_a_free_reward_once_however_often_it_is_tapped():
    off = a_program(
        "off",
        "promotion",
        trigger="choice",
        rewards=[{"type": "amount_off", "amount_minor": 100}],
        limits={"budget_minor": 1_000},
    )
    basket = a_basket(a_line("bread", 2_000))

    quote = a_quote(basket, off, claims=[Claim("off", 50)], shares={"off": Share(budget_minor=500)})

    assert quote.discount_minor == 100
