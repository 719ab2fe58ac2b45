"""The set of programs that applies has the largest discount; a second, plain pricer tries every set."""

from __future__ import annotations

from itertools import combinations

from hypothesis import given, settings

from agent.domain.basis import basis_of
from agent.domain.evaluate import evaluate
from agent.domain.pricing import price
from agent.domain.program_set import ProgramSet
from agent.domain.quote_input import QuoteInput
from tests.builders import (
    a_basket,
    a_coupon_claim,
    a_line,
    a_member,
    a_quote,
    amount_off,
    milk,
    next_visit_10,
    percent_off,
    points_per_money,
    points_reward,
)
from tests.domain.strategies import sales


def test_a_small_discount_is_given_up_where_it_breaks_the_threshold_of_a_large_one() -> None:
    basket = a_basket(milk(10_00), a_line("bread", 140_00))

    quote = a_quote(
        basket,
        percent_off("dairy", "0.1", {"items": ["milk"]}),
        amount_off("twenty", 20_00, over_minor=150_00),
    )

    assert [each.program_id for each in quote.applied] == ["twenty"]
    assert quote.discount_minor == quote.proven_bound_minor == 20_00
    assert [
        (each.program_id, each.refusal.code, each.refusal.other_program_id) for each in quote.refused
    ] == [("dairy", "better_offer", "twenty")]


def test_a_large_discount_stays_where_the_threshold_behind_it_is_worth_less() -> None:
    basket = a_basket(milk(100_00), a_line("bread", 50_00))

    quote = a_quote(
        basket,
        percent_off("dairy", "0.5", {"items": ["milk"]}),
        amount_off("twenty", 20_00, over_minor=150_00),
    )

    assert [each.program_id for each in quote.applied] == ["dairy"]
    assert quote.discount_minor == 50_00


def test_of_several_discounts_only_those_in_the_way_are_given_up() -> None:
    basket = a_basket(a_line("a", 50_00), a_line("b", 50_00), a_line("c", 60_00))
    programs = [
        percent_off("a", "0.1", {"items": ["a"]}),
        percent_off("b", "0.1", {"items": ["b"]}),
        percent_off("c", "0.1", {"items": ["c"]}),
        amount_off("thirty", 30_00, over_minor=150_00),
    ]

    quote = a_quote(basket, *programs)

    assert {each.program_id for each in quote.applied} == {"a", "b", "thirty"}
    assert quote.discount_minor == 40_00


def test_a_coupon_is_kept_for_later_where_the_sale_is_better_without_it() -> None:
    reward_over = points_reward(
        amount_minor=30_00, cost_points=100, conditions=[{"type": "min_spend", "amount_minor": 100_00}]
    )

    quote = a_quote(
        a_basket(a_line("i", 100_00)),
        points_per_money(),
        reward_over,
        next_visit_10(),
        member=a_member(100),
        claims=["reward-5"],
        coupons=[a_coupon_claim()],
    )

    assert [each.program_id for each in quote.applied] == ["reward-5"]
    assert [(each.program_id, each.refusal.code) for each in quote.refused] == [
        ("next-visit-10", "better_offer")
    ]


def test_of_two_equal_deals_the_one_that_spends_no_points_applies() -> None:
    # The reward would take the whole price, and so does the free milk.
    quote = a_quote(
        a_basket(milk(5_00)),
        points_per_money(),
        points_reward(),
        percent_off("free", "1"),
        member=a_member(500),
        claims=["reward-5"],
    )

    assert [each.program_id for each in quote.applied] == ["free"]
    assert quote.spent == ()


def test_where_the_search_is_cut_short_the_quote_says_what_could_still_be_saved() -> None:
    basket = a_basket(*[a_line(f"i{n}", 10_00) for n in range(20)])
    small = [percent_off(f"small-{n:02}", "0.1", {"items": [f"i{n}"]}) for n in range(20)]
    over = [[{"type": "min_spend", "amount_minor": 185_00 + n * 50}] for n in range(25)]
    large = [percent_off(f"large-{n:02}", "0.01", conditions=over[n]) for n in range(25)]

    quote = a_quote(basket, *small, *large)

    assert quote.discount_minor < quote.proven_bound_minor <= quote.goods_minor
    assert quote == a_quote(basket, *small, *large)


@settings(max_examples=100, deadline=None)
@given(sales(max_promotions=4))
def test_no_other_set_of_programs_saves_more(sale: tuple[QuoteInput, ProgramSet]) -> None:
    _compare_with_every_set(*sale)


@settings(max_examples=100, deadline=None)
@given(sales(max_promotions=5, max_minor=12))
def test_no_other_set_of_programs_saves_more_where_every_ban_counts(
    sale: tuple[QuoteInput, ProgramSet],
) -> None:
    _compare_with_every_set(*sale)


def _compare_with_every_set(quote_input: QuoteInput, program_set: ProgramSet) -> None:
    basis = basis_of(quote_input, program_set)
    every = [
        price(basis, some).discount_minor
        for size in range(len(basis.candidates) + 1)
        for some in combinations(basis.candidates, size)
    ]

    quote = evaluate(quote_input, program_set)

    assert quote.proven_bound_minor >= max(every) >= quote.discount_minor
    if quote.proven_bound_minor == quote.discount_minor:
        assert quote.discount_minor == max(every)
