"""Words that other files may use: each in a small case of our own, right under one figure and wrong under another."""

from __future__ import annotations

import pytest

from tests.conformance.builders import (
    POINTS,
    TEN_PERCENT,
    TODAY,
    Json,
    agrees,
    line,
    outcome,
    program,
    reward,
    step,
)
from tests.conformance.runner import run_case


def test_a_figure_that_is_wrong_fails_the_case_and_says_both() -> None:
    found = outcome(step([line("A", "1", "100")], total="89.00"), programs=[TEN_PERCENT])

    assert (found.verdict, found.what) == ("failed", "total is 90 instead of 89")


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        ({"moon_phase": "full"}, "the word programs[0].moon_phase"),
        ({"kind": "raffle"}, 'programs[0].kind is "raffle"'),
        ({"when": {"trigger": "auto", "weather": "rain"}}, "the word p.when.weather"),
        ({"rewards": [reward("lottery", "order")]}, 'p.rewards[0].type is "lottery"'),
        ({"rewards": [reward("percent_off", "each_moon")]}, 'p.rewards[0].scope is "each_moon"'),
    ],
)
def test_a_word_that_is_not_known_skips_the_case_with_the_word(words: Json, reason: str) -> None:
    found = outcome(step([line("A", "1", "100")], total="90.00"), programs=[{**TEN_PERCENT, **words}])

    assert (found.verdict, found.what) == ("skipped", reason)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (step([line("A", "1", "9")], "dance", total="9"), 'the action "dance"'),
        (step([line("A", "1", "9")], mood="good"), "the expectation mood"),
        ({**step([line("A", "1", "9")], total="9"), "weather": "rain"}, "the word step 1.weather"),
        (step([line("A", "1", "9", colour="red")], total="9"), "the word basket[0].colour"),
    ],
)
def test_unknown_actions_expectations_and_words_of_a_step_skip_too(change: Json, reason: str) -> None:
    found = outcome(change, programs=[TEN_PERCENT])

    assert (found.verdict, found.what) == ("skipped", reason)


def test_a_policy_that_our_rules_do_not_have_is_named_where_the_figures_differ() -> None:
    found = outcome(step([line("A", "1", "9")], total="8"), programs=[POINTS], policy={"moon_counts": True})

    assert (found.verdict, found.what) == (
        "failed",
        "total is 9 instead of 8; our rules do not have the policy moon_counts True",
    )


def test_a_policy_that_our_rules_do_not_have_is_no_hindrance_where_the_figures_agree() -> None:
    agrees(step([line("A", "1", "9")], total="9"), programs=[POINTS], policy={"moon_counts": True})


@pytest.mark.parametrize(("reduces", "earned"), [(True, "90"), (False, "100")])
def test_points_rewards_reduce_what_earns_points_or_not(reduces: bool, earned: str) -> None:
    agrees(
        step([line("A", "1", "100")], "claim:r", "commit", points={"pts": {"earned": earned}}),
        programs=[POINTS],
        member={"points": {"pts": "100"}},
        policy={"own_reward_reduces_points": reduces},
    )


def test_the_cheapest_units_come_first() -> None:
    cheap = reward("percent_off", "cheapest_units_first", value="50", max_units="2")

    agrees(
        step([line("A", "1", "30"), line("B", "2", "10")], line_discounts=[{"sku": "B", "amount": "10.00"}]),
        programs=[program("automatic_promotion", cheap)],
    )


def test_an_amount_off_each_unit_stops_at_its_most_units() -> None:
    each = reward("amount_off", "each_unit", value="3", max_units="2", max_units_basis="per_line")

    agrees(
        step([line("A", "3", "10"), line("B", "1", "2")], total="24.00"),
        programs=[program("automatic_promotion", each)],
    )


def test_a_unit_of_the_basket_becomes_free_and_is_none_of_those_that_were_bought() -> None:
    free = reward("free_item", "basket_line", cost_points="2", products=["A"], reward_qty="1")
    two_get_one = program("buy_get", free, when={"products": ["A"]}, earn={"per": "unit", "points": "1"})

    agrees(
        step([line("A", "2", "10")], total="20.00"),
        step([line("A", "3", "10")], total="20.00", free_items=[{"sku": "A", "qty": "1"}]),
        programs=[two_get_one],
    )


def test_a_tag_a_category_and_an_exception_say_which_goods_are_meant() -> None:
    fresh = program(
        "automatic_promotion",
        reward("percent_off", "products", "fresh", value="10", tag="fresh"),
        program_id="a",
    )
    food = program(
        "automatic_promotion",
        reward("percent_off", "products", "food", value="50", category="food"),
        program_id="b",
    )
    others = program(
        "automatic_promotion",
        reward("percent_off", "products", "others", value="20", exclude_products=["A", "B"]),
        program_id="c",
    )
    basket = [
        line("A", "1", "10", tags=["fresh"]),
        line("B", "1", "20", category="food/bread"),
        line("C", "1", "30"),
    ]

    agrees(
        step(
            basket,
            discounts=[
                {"reward": "fresh", "amount": "1.00"},
                {"reward": "food", "amount": "10.00"},
                {"reward": "others", "amount": "6.00"},
            ],
        ),
        programs=[fresh, food, others],
    )


def test_members_are_aimed_at_by_name_group_and_region() -> None:
    group = program(
        "automatic_promotion", reward("percent_off", "order", value="10"), when={"member_group": "vip"}
    )

    agrees(
        step([line("A", "1", "100")], "member:ann", total="90.00"),
        step([line("A", "1", "100")], "member:bob", total="100.00"),
        programs=[group],
        member={"ann": {"group": "vip"}, "bob": {"group": "staff"}},
    )


def test_more_than_an_amount_is_not_the_amount() -> None:
    over = program(
        "automatic_promotion",
        reward("percent_off", "order", value="10"),
        when={"min_amount": "50", "min_amount_strict": True},
    )

    agrees(
        step([line("A", "1", "50")], total="50.00"),
        step([line("A", "1", "50.01")], total="45.01"),
        programs=[over],
    )


def test_a_threshold_may_count_without_tax() -> None:
    over = program(
        "automatic_promotion",
        reward("amount_off", "order", value="10"),
        when={"min_amount": "100", "min_amount_basis": "excl"},
    )

    agrees(
        step([line("A", "1", "110", tax_rate_pct="20", tax_included=True)], total="110.00"),
        step([line("A", "1", "120", tax_rate_pct="20", tax_included=True)], total="110.00"),
        programs=[over],
    )


def test_steps_by_amount_give_the_highest_that_is_reached() -> None:
    ladder = reward("tiered_amount", "order", tiers={"50": "5", "100": "15"})

    agrees(
        step([line("A", "1", "49")], total="49.00"),
        step([line("A", "1", "99")], total="94.00"),
        step([line("A", "1", "100")], total="85.00"),
        programs=[program("automatic_promotion", ladder)],
    )


def test_only_the_larger_of_two_order_wide_discounts_is_given_under_one_only() -> None:
    twenty = program("automatic_promotion", reward("percent_off", "order", "t", value="20"), program_id="t")

    agrees(
        step([line("A", "1", "100")], total="80.00", discounts=[{"reward": "t", "amount": "20.00"}]),
        programs=[TEN_PERCENT, twenty],
        policy={"order_wide_discounts": "one_only"},
    )


def test_an_offer_that_is_not_active_gives_nothing() -> None:
    agrees(step([line("A", "1", "100")], total="100.00"), programs=[{**TEN_PERCENT, "status": "draft"}])


def test_the_cheapest_unit_for_nothing() -> None:
    agrees(
        step([line("A", "1", "30"), line("B", "2", "10")], total="40.00"),
        programs=[program("automatic_promotion", reward("free_item", "cheapest_unit"))],
    )


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        ({"steps": "x"}, "case.steps is not a list of objects"),
        ({"programs": [5]}, "case.programs is not a list of objects"),
        ({"member": 5}, "case.member is not an object"),
        ({"steps": [{"basket": {"sku": "A"}}]}, "step 1.basket is not a list of objects"),
        ({"steps": [{"actions": "commit"}]}, "step 1.actions is not a list of texts"),
        ({"steps": [{"basket": [line("A", "0", "1")]}]}, "basket[0].qty is 0"),
        ({"steps": [step([line("A", "1", "1")])]}, "nothing is expected"),
    ],
)
def test_a_case_of_another_shape_is_skipped_and_says_where(words: Json, reason: str) -> None:
    found = run_case({"id": "X", "programs": [], "steps": [], **words}, TODAY)

    assert (found.verdict, found.what) == ("skipped", reason)
