"""An offer gives way where it would keep a larger one from being given."""

from __future__ import annotations

from agent.domain.basket import Basket
from agent.domain.evaluate import evaluate
from agent.domain.quote import Quote
from agent.domain.quote_input import Share
from tests.builders import (
    JsonObject,
    a_basket,
    a_line,
    a_program,
    a_program_set,
    a_quote,
    a_quote_input,
)


def a_promotion(program_id: str, reward: JsonObject, **fields: object) -> JsonObject:
    return a_program(program_id, "promotion", rewards=[reward], **fields)


def in_list_order(basket: Basket, *programs: JsonObject) -> Quote:
    """The quote where the group "list" applies in list order."""
    program_set = a_program_set(*programs, groups=[{"id": "list", "choose": "in_order"}])
    return evaluate(a_quote_input(basket, program_set), program_set)


def dairy(rate: str) -> JsonObject:
    return a_promotion("dairy", {"type": "percent_off", "rate": rate, "goods": {"items": ["cheese"]}})


def a_ladder(*steps: JsonObject, **fields: object) -> JsonObject:
    return a_promotion("ladder", {"type": "ladder", "steps": list(steps)}, **fields)


def test_a_small_offer_gives_way_to_the_step_of_a_list_that_it_would_break() -> None:
    listed = a_ladder({"from_minor": 200, "rate": "0.2"}, group="list")
    basket = a_basket(a_line("cheese", 199), a_line("water", 3))

    quote = in_list_order(basket, listed, dairy("0.05"))

    assert [each.program_id for each in quote.applied] == ["ladder"]
    assert quote.discount_minor == quote.proven_bound_minor == 40


def test_a_percentage_of_the_basket_gives_way_to_a_code_that_needs_more_left() -> None:
    half = a_promotion("half", {"type": "percent_off", "rate": "0.5"})
    code = a_ladder({"from_minor": 100, "amount_minor": 99}, trigger="code", code="NINETY")

    quote = a_quote(a_basket(a_line("cheese", 150)), half, code, codes=["NINETY"])

    assert [each.program_id for each in quote.applied] == ["ladder"]
    assert quote.discount_minor == quote.proven_bound_minor == 99


def test_a_step_that_gives_less_higher_up_is_reached_from_below_where_that_is_more() -> None:
    """Who spends 100.00 gets less than who spends 60.00: taking something off first brings the better step."""
    ladder = a_ladder(
        {"from_minor": 60_00, "rate": "0.5"},
        {"from_minor": 100_00, "rate": "0.1"},
        trigger="code",
        code="ODD",
    )
    cheese = a_promotion(
        "dairy", {"type": "amount_off", "amount_minor": 1_00, "goods": {"items": ["cheese"]}}
    )

    quote = a_quote(a_basket(a_line("cheese", 100_00)), ladder, cheese, codes=["ODD"])

    assert quote.discount_minor == quote.proven_bound_minor == 1_00 + 49_50


def test_what_applies_in_list_order_is_left_out_only_for_what_excludes_it() -> None:
    listed = a_promotion("listed", {"type": "percent_off", "rate": "0.1"}, group="list", not_with=["other"])
    other = a_promotion("other", {"type": "percent_off", "rate": "0.3"})

    quote = in_list_order(a_basket(a_line("cheese", 10_00)), listed, other)

    assert [each.program_id for each in quote.applied] == ["other"]


def test_in_list_order_a_ladder_looks_at_what_is_left_at_its_own_turn() -> None:
    first = a_promotion("first", {"type": "amount_off", "amount_minor": 10_00}, group="list", priority=5)
    ladder = a_ladder(
        {"from_minor": 50_00, "rate": "0.1"}, {"from_minor": 95_00, "rate": "0.2"}, group="list"
    )

    quote = in_list_order(a_basket(a_line("cheese", 100_00)), first, ladder)

    assert [(each.program_id, each.discount_minor) for each in quote.applied] == [
        ("first", 10_00),
        ("ladder", 9_00),
    ]


def test_sets_beyond_their_budget_leave_the_units_to_others() -> None:
    pair = [{"goods": {"items": ["milk"]}}, {"goods": {"items": ["juice"]}}]
    bundle = a_promotion(
        "bundle", {"type": "bundle", "price_minor": 1_00, "parts": pair}, limits={"budget_minor": 100_00}
    )
    second = a_promotion("second", {"type": "cheapest_of", "of": 2, "rate": "0.5"})
    basket = a_basket(a_line("milk", 5_00), a_line("juice", 5_00))

    quote = a_quote(basket, bundle, second, shares={"bundle": Share(budget_minor=10)})

    assert [each.program_id for each in quote.applied] == ["second"]
    assert quote.discount_minor == 2_50
