"""Points: what a sale earns, and what a reward costs."""

from __future__ import annotations

from agent.domain.quote import Claimable, LineShare, UnitRun
from agent.domain.quote_input import Claim
from tests.builders import (
    POINTS,
    a_basket,
    a_deposit,
    a_line,
    a_member,
    a_program,
    a_quote,
    amount_off,
    dairy_20,
    milk,
    percent_off,
    points_per_money,
    points_reward,
)


def test_a_member_earns_a_point_for_each_leu_paid() -> None:
    (earned,) = a_quote(a_basket(a_line("i", 14_47)), points_per_money(), member=a_member()).earned

    assert (earned.points, earned.unit) == (14, POINTS)
    assert earned.lines == (LineShare(1, (UnitRun(1, 14_470),)),)


def test_nobody_earns_without_being_a_member_and_a_new_one_earns_before_hq_knows_them() -> None:
    basket = a_basket(a_line("i", 14_47))

    assert a_quote(basket, points_per_money()).earned == ()
    assert a_quote(basket, points_per_money(), member=a_member(provisional=True)).earned[0].points == 14


def test_fractions_of_a_point_are_floored_once_for_the_whole_sale() -> None:
    thirds = a_basket(a_line("a", 1_00), a_line("b", 1_00), a_line("c", 1_00))

    (earned,) = a_quote(thirds, points_per_money(per_minor=3_00), member=a_member()).earned

    assert earned.points == 1
    assert sum(run.share for line in earned.lines for run in line.runs) == 1_000


def test_points_come_from_what_is_paid_after_discounts_and_the_points_reward() -> None:
    quote = a_quote(
        a_basket(milk(20_00)),
        points_per_money(),
        points_reward(),
        dairy_20(),
        member=a_member(500),
        claims=["reward-5"],
    )

    assert quote.total_minor == 11_00
    assert quote.earned[0].points == 11


def test_gift_cards_tobacco_and_deposits_earn_nothing() -> None:
    basket = a_basket(
        a_line("gift card", 100_00, earns=False, discountable=False), a_deposit(), a_line("i", 3_00)
    )

    assert a_quote(basket, points_per_money(), member=a_member()).earned[0].points == 3


def test_a_program_may_give_more_points_for_some_goods() -> None:
    rules = [
        {"type": "per_money", "points": "1", "per_minor": 1_00},
        {
            "type": "per_money",
            "points": "0.5",
            "per_minor": 1_00,
            "goods": {"categories": [["food", "dairy"]]},
        },
    ]
    program = points_per_money()
    program["earning"] = rules

    assert (
        a_quote(a_basket(milk(10_00), a_line("i", 10_00)), program, member=a_member()).earned[0].points == 25
    )


def test_a_sale_that_comes_to_less_than_a_point_earns_none() -> None:
    assert a_quote(a_basket(a_line("i", 99)), points_per_money(), member=a_member()).earned == ()


def test_a_points_reward_waits_for_a_tap() -> None:
    quote = a_quote(a_basket(a_line("i", 20_00)), points_per_money(), points_reward(), member=a_member(500))

    assert quote.discount_minor == 0
    assert quote.claimable == (
        Claimable(
            program_id="reward-5", discount_minor=5_00, points_cost=500, unit=POINTS, blocks=1, leased=True
        ),
    )


def test_a_tap_takes_one_block_unless_more_are_asked_for() -> None:
    basket, programs = a_basket(a_line("i", 20_00)), [points_per_money(), points_reward()]

    one = a_quote(basket, *programs, member=a_member(5_000), claims=["reward-5"])
    three = a_quote(basket, *programs, member=a_member(5_000), claims=[Claim("reward-5", 3)])

    assert (one.discount_minor, one.spent[0].points) == (5_00, 500)
    assert (three.discount_minor, three.spent[0].points) == (15_00, 1_500)


def test_never_more_points_than_the_basket_can_absorb() -> None:
    quote = a_quote(
        a_basket(a_line("i", 12_00)),
        points_per_money(),
        points_reward(),
        member=a_member(5_000),
        claims=[Claim("reward-5", 9)],
    )

    assert (quote.discount_minor, quote.spent[0].points, quote.applied[0].blocks) == (10_00, 1_000, 2)


def test_a_reward_that_is_worth_more_than_the_basket_is_refused_with_what_is_missing() -> None:
    quote = a_quote(
        a_basket(a_line("i", 3_20)),
        points_per_money(),
        points_reward(),
        member=a_member(500),
        claims=["reward-5"],
    )

    assert quote.discount_minor == 0
    (refused,) = quote.refused
    assert (refused.refusal.code, refused.refusal.gap_minor) == ("basket_too_small", 1_80)


def test_points_that_this_register_does_not_hold_cannot_be_spent_but_can_be_asked_for() -> None:
    basket, programs = a_basket(a_line("i", 20_00)), [points_per_money(), points_reward()]
    member = a_member(700, spendable=200)

    waiting = a_quote(basket, *programs, member=member)
    claimed = a_quote(basket, *programs, member=member, claims=["reward-5"])

    assert [(each.program_id, each.leased) for each in waiting.claimable] == [("reward-5", False)]
    assert claimed.discount_minor == 0
    assert (claimed.refused[0].refusal.code, claimed.refused[0].refusal.gap_points) == (
        "points_not_held",
        300,
    )


def test_a_member_with_too_few_points_sees_how_many_are_missing() -> None:
    quote = a_quote(a_basket(a_line("i", 20_00)), points_per_money(), points_reward(), member=a_member(400))

    assert quote.claimable == ()
    (near,) = quote.near_misses
    assert (near.program_id, near.refusal.code, near.refusal.gap_points, near.reached) == (
        "reward-5",
        "not_enough_points",
        100,
        800,
    )


def test_a_member_whom_this_register_does_not_know_yet_cannot_redeem() -> None:
    quote = a_quote(
        a_basket(a_line("i", 20_00)),
        points_per_money(),
        points_reward(),
        member=a_member(500, provisional=True),
        claims=["reward-5"],
    )

    assert quote.spent == ()
    assert quote.claimable == ()
    assert quote.refused[0].refusal.code == "provisional_member"


def test_two_rewards_never_spend_the_same_points() -> None:
    quote = a_quote(
        a_basket(a_line("i", 100_00)),
        points_per_money(),
        points_reward("five", 500, 5_00),
        points_reward("eight", 700, 8_00),
        member=a_member(1_000),
        claims=["five", "eight"],
    )

    assert [(each.program_id, each.points) for each in quote.spent] == [("eight", 700)]
    assert [(each.program_id, each.refusal.gap_points) for each in quote.refused] == [("five", 200)]


def test_points_from_this_sale_are_not_spendable_in_it() -> None:
    quote = a_quote(
        a_basket(a_line("i", 1_000_00)),
        points_per_money(),
        points_reward(),
        member=a_member(),
        claims=["reward-5"],
    )

    assert quote.spent == ()


def test_each_unit_remembers_the_points_that_paid_for_it() -> None:
    quote = a_quote(
        a_basket(a_line("a", 30_00, quantity=2), a_line("b", 20_00)),
        points_per_money(),
        points_reward(),
        member=a_member(500),
        claims=["reward-5"],
    )

    assert quote.spent[0].lines == (
        LineShare(1, (UnitRun(2, 150_000),)),
        LineShare(2, (UnitRun(1, 200_000),)),
    )


def test_an_unclaimed_reward_shows_what_the_tap_would_really_change() -> None:
    # 20 % off milk leaves 4.80, less than the reward; tapped, the reward replaces it.
    quote = a_quote(
        a_basket(milk(6_00)),
        points_per_money(),
        points_reward(),
        percent_off("dairy", "0.2"),
        member=a_member(500),
    )

    assert quote.discount_minor == 1_20
    assert [each.discount_minor for each in quote.claimable] == [3_80]


def test_offers_nearly_reached_come_nearest_first_and_only_from_half_of_the_way() -> None:
    quote = a_quote(
        a_basket(a_line("i", 96_80)),
        amount_off("over-200", 30_00, over_minor=200_00),
        amount_off("over-100", 10_00, over_minor=100_00),
        amount_off("over-150", 20_00, over_minor=150_00),
    )

    assert [(each.program_id, each.refusal.gap_minor, each.reached) for each in quote.near_misses] == [
        ("over-100", 3_20, 968),
        ("over-150", 53_20, 645),
    ]


def test_points_may_be_counted_as_if_the_whole_basket_had_no_offer() -> None:
    full = points_per_money(rule={"base": "before_order_offers"})
    basket = a_basket(a_line("x", 100_00, quantity=3), a_line("y", 50_00))
    offers = [percent_off("all", "0.1"), amount_off("some", 3_00, goods={"items": ["y"]})]

    quote = a_quote(basket, full, *offers, member=a_member())

    assert quote.earned[0].points == 147
    assert sum(run.count * run.share for line in quote.earned[0].lines for run in line.runs) == 147_000
    assert a_quote(basket, points_per_money(), *offers, member=a_member()).earned[0].points == 132


def test_points_may_be_counted_on_what_was_paid_with_points_too() -> None:
    gross = points_per_money(rule={"base": "before_points_rewards"})
    basket = a_basket(a_line("x", 30_00, quantity=3), a_line("y", 5_00))
    programs = [points_reward(), percent_off("tenth", "0.1")]
    claims = ["reward-5"]

    quote = a_quote(basket, gross, *programs, member=a_member(500), claims=claims)

    assert (quote.total_minor, quote.earned[0].points) == (26_50, 31)
    assert sum(run.count * run.share for line in quote.earned[0].lines for run in line.runs) == 31_500
    net = a_quote(basket, points_per_money(), *programs, member=a_member(500), claims=claims)
    assert (net.total_minor, net.earned[0].points) == (26_50, 26)


def test_two_bases_of_one_program_add_up() -> None:
    rules = [
        {"type": "per_money", "points": "1", "per_minor": 100, "base": base}
        for base in ("paid", "before_order_offers", "before_points_rewards")
    ]
    points = a_program("points", "points", earning=rules)
    basket = a_basket(a_line("x", 20_00, quantity=2), a_line("y", 15_00))
    offers = [points_reward(), percent_off("all", "0.1")]

    quote = a_quote(basket, points, *offers, member=a_member(500), claims=["reward-5"])

    # 35.00 less a tenth less 5.00: paid 26.50, before order offers 30.00, before points rewards 31.50.
    assert (quote.total_minor, quote.earned[0].points) == (26_50, 88)


def test_the_largest_multiplier_of_a_line_counts() -> None:
    def times(program_id: str, factor: str, **goods: object) -> dict[str, object]:
        rule = {
            "type": "multiply",
            "points_of": "points",
            "times": factor,
            **({"goods": goods} if goods else {}),
        }
        return a_program(program_id, "points_multiplier", earning=[rule])

    basket = a_basket(a_line("x", 10_00), a_line("y", 10_00))
    programs = [points_per_money(), times("all", "1.5"), times("on-x", "3", items=["x"])]

    assert a_quote(basket, *programs, member=a_member()).earned[0].points == 45


def test_a_stamp_is_given_for_each_unit_and_a_visit_counts_once() -> None:
    card = a_program(
        "card",
        "stamps",
        earning=[
            {"type": "per_unit", "points": "1", "goods": {"items": ["coffee"]}},
            {"type": "per_visit", "points": "2"},
        ],
    )
    basket = a_basket(a_line("coffee", 30_00, quantity=3), a_line("y", 7_77))

    (earned,) = a_quote(basket, card, member=a_member()).earned

    assert (earned.unit, earned.points) == ("stamp:card", 5)
    assert sum(run.count * run.share for line in earned.lines for run in line.runs) == 5_000
