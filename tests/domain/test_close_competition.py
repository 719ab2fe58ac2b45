"""Deals in which one offer makes room for another: found by the oracle on shops that nobody chose, and made small."""

from __future__ import annotations

from agent.domain.quote_input import Claim
from tests.builders import (
    JsonObject,
    a_basket,
    a_line,
    a_member,
    a_program,
    a_quote,
    points_per_money,
    points_reward,
)


def a_promotion(program_id: str, reward: JsonObject) -> JsonObject:
    return a_program(program_id, "promotion", rewards=[reward])


def test_free_cheap_pieces_make_room_for_the_cheapest_piece_to_be_a_dear_one() -> None:
    """Buy two, get the ball for a fifth less would save 0.40 and need the two beads that are left alone."""
    beads_free = a_promotion(
        "beads-free", {"type": "amount_off", "amount_minor": 10, "goods": {"items": ["bead"]}}
    )
    ball = {"type": "buy_get", "buy_units": 2, "goods": {"items": ["ball"]}, "rate": "0.2"}
    two_fifths = a_promotion(
        "two-fifths", {"type": "percent_off", "rate": "0.4", "units": 1, "pick": "cheapest"}
    )
    basket = a_basket(a_line("bead", 2, quantity=2), a_line("ball", 200))

    quote = a_quote(basket, beads_free, a_promotion("ball", ball), two_fifths)

    assert [(each.program_id, each.discount_minor) for each in quote.applied] == [
        ("beads-free", 2),
        ("two-fifths", 80),
    ]
    assert quote.discount_minor == quote.proven_bound_minor == 82


def test_an_offer_that_frees_the_bag_is_given_up_where_the_bag_makes_a_set_possible() -> None:
    """Buy two, get a third for a tenth less: a bag that is free already would be in no set."""
    bag_free = a_promotion("bag-free", {"type": "amount_off", "amount_minor": 5, "goods": {"items": ["bag"]}})
    pieces = a_promotion("pieces", {"type": "buy_get", "buy_units": 2, "rate": "0.1"})
    basket = a_basket(a_line("bag", 1), a_line("vase", 600), a_line("lamp", 600))

    quote = a_quote(basket, bag_free, pieces)

    assert [(each.program_id, each.discount_minor) for each in quote.applied] == [("pieces", 60)]
    assert quote.discount_minor == quote.proven_bound_minor == 60


def test_of_two_pieces_of_one_price_the_free_one_leaves_the_other_to_a_reward() -> None:
    """Bread or milk may be the free one of the pair; only milk is for the reward, so it is the bread."""
    pair = a_promotion("pair", {"type": "cheapest_of", "of": 2})
    reward = points_reward(cost_points=100)
    reward["rewards"] = [{"type": "percent_off", "rate": "1", "units": 1, "goods": {"items": ["milk"]}}]
    basket = a_basket(a_line("bread", 333), a_line("milk", 333))

    quote = a_quote(
        basket, pair, reward, points_per_money(), member=a_member(points=100), claims=["reward-5"]
    )

    assert quote.discount_minor == quote.proven_bound_minor == 666


def test_sets_leave_something_on_each_line_where_an_offer_takes_off_every_line() -> None:
    """Two of four equal mugs are free; one of each line stays, so that both lines give their 1.00."""
    pair = a_promotion("pair", {"type": "cheapest_of", "of": 4, "units": 2})
    a_line_each = a_promotion(
        "a-line-each",
        {"type": "amount_off", "amount_minor": 100, "off": "unit", "units": 1, "units_per": "line"},
    )
    basket = a_basket(a_line("mug-blue", 800, quantity=2), a_line("mug-red", 800, quantity=2))

    quote = a_quote(basket, pair, a_line_each)

    assert quote.discount_minor == quote.proven_bound_minor == 1000


def test_of_two_rewards_for_the_same_points_the_dearer_one_applies() -> None:
    """Where both price cuts applied, nothing would be left for the fifth off milk; with one of them it competes."""
    fifth = points_reward("a-fifth", cost_points=9)
    fifth["rewards"] = [{"type": "percent_off", "rate": "0.2", "goods": {"items": ["milk"]}}]
    each = points_reward("b-each", cost_points=9)
    each["rewards"] = [{"type": "amount_off", "amount_minor": 100, "off": "unit"}]
    milk_only = {"items": ["milk"]}
    large = a_promotion("large", {"type": "amount_off", "amount_minor": 300, "goods": milk_only})
    small = a_promotion("small", {"type": "amount_off", "amount_minor": 150, "goods": milk_only})
    small["not_with"] = ["large"]
    basket = a_basket(a_line("milk", 399), a_line("bread", 50))

    quote = a_quote(
        basket,
        points_per_money(),
        fifth,
        each,
        large,
        small,
        member=a_member(points=9),
        claims=[Claim("a-fifth"), Claim("b-each")],
    )

    assert [(each.program_id, each.discount_minor) for each in quote.applied] == [
        ("large", 300),
        ("b-each", 149),
    ]


def test_where_one_reward_takes_all_that_is_left_no_points_are_spent_on_another() -> None:
    half = points_reward("a-half", cost_points=100)
    half["rewards"] = [{"type": "percent_off", "rate": "0.5"}]
    each = points_reward("b-each", cost_points=100)
    each["rewards"] = [{"type": "amount_off", "amount_minor": 100, "off": "unit"}]

    quote = a_quote(
        a_basket(a_line("milk", 90)),
        points_per_money(),
        half,
        each,
        member=a_member(points=500),
        claims=[Claim("a-half"), Claim("b-each")],
    )

    assert [(each.program_id, each.points_cost) for each in quote.applied] == [("b-each", 100)]


def test_hundreds_of_pairs_of_one_line_are_a_few_runs_of_units() -> None:
    pairs = a_promotion("pairs", {"type": "buy_get", "buy_units": 1, "rate": "0.1"})

    quote = a_quote(a_basket(a_line("roll", 999 * 50, quantity=999)), pairs)

    assert quote.discount_minor == quote.proven_bound_minor == 499 * 5
    assert [len(each.runs) for each in quote.discounts] == [2]
