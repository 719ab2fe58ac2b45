"""The words of the cases, one by one and together: each is understood as its conventions say."""

from __future__ import annotations

import datetime
from typing import Any

import pytest

from tests.conformance.runner import Outcome, run_case

TODAY = datetime.date(2026, 11, 22)


def line(sku: str, price: str, qty: str = "1", **words: Any) -> dict[str, Any]:
    return {"sku": sku, "qty": qty, "unit_price": price, "tax_rate_pct": "0", "tax_included": False, **words}


def reward(**words: Any) -> dict[str, Any]:
    return {"id": "r", "scope": "order", **words}


def program(*rewards: dict[str, Any], **words: Any) -> dict[str, Any]:
    return {
        "id": "p",
        "kind": "automatic_promotion",
        "when": {"trigger": "auto", "products": "any"},
        "earn": {"per": "none"},
        "rewards": list(rewards),
        **words,
    }


def points(*rewards: dict[str, Any], **words: Any) -> dict[str, Any]:
    return program(
        *rewards, **{"id": "pts", "kind": "points", "earn": {"per": "money", "points": "1"}, **words}
    )


def step(*lines: dict[str, Any], do: tuple[str, ...] = (), **expect: Any) -> dict[str, Any]:
    return {"basket": list(lines), "actions": list(do), "expect": expect}


def then(*do: str, **expect: Any) -> dict[str, Any]:
    return {"actions": list(do), "expect": expect}


def case(programs: list[dict[str, Any]], *steps: dict[str, Any], **words: Any) -> Outcome:
    return run_case({"id": "X", "policy": {}, "programs": programs, "steps": list(steps), **words}, TODAY)


def passed(outcome: Outcome) -> bool:
    assert outcome.verdict == "passed", outcome.line
    return True


A, B, C = line("A", "10"), line("B", "20"), line("C", "30")

PERCENT = reward(type="percent_off", value="10")


@pytest.mark.parametrize(
    ("words", "discounts"),
    [
        ({"type": "percent_off", "value": "10"}, {"A": "1", "B": "2", "C": "3"}),
        ({"type": "percent_off", "value": "10", "scope": "products", "products": ["B"]}, {"B": "2"}),
        ({"type": "percent_off", "value": "10", "scope": "products", "category": "food"}, {"C": "3"}),
        ({"type": "percent_off", "value": "10", "scope": "products", "tag": "red"}, {"A": "1"}),
        ({"type": "percent_off", "value": "50", "scope": "cheapest_unit"}, {"A": "5"}),
        ({"type": "percent_off", "value": "100", "scope": "cheapest_units_first", "max_units": "2"}, {"A": "10", "B": "20"}),
        ({"type": "percent_off", "value": "100", "scope": "each_unit", "max_units": "1"}, {"C": "30"}),
        ({"type": "percent_off", "value": "100", "max_discount": "6"}, {"A": "1", "B": "2", "C": "3"}),
        ({"type": "amount_off", "value": "6"}, {"A": "1", "B": "2", "C": "3"}),
        ({"type": "amount_off", "value": "6", "scope": "spread_over_lines", "max_discount": "3"}, {"A": "0.5", "B": "1", "C": "1.5"}),
        ({"type": "amount_off", "value": "15", "scope": "each_line"}, {"A": "10", "B": "15", "C": "15"}),
        ({"type": "amount_off", "value": "15", "scope": "each_unit", "products": ["A", "B"]}, {"A": "10", "B": "15"}),
        ({"type": "tiered_percent", "base": "5", "tiers": {"60": "10", "70": "50"}}, {"A": "1", "B": "2", "C": "3"}),
        ({"type": "tiered_percent", "tiers_basis": "qty", "tiers": {"3": "10", "4": "50"}}, {"A": "1", "B": "2", "C": "3"}),
        ({"type": "tiered_amount", "tiers": {"50": "6", "70": "7"}}, {"A": "1", "B": "2", "C": "3"}),
    ],
)  # fmt: skip
def test_rewards_and_scopes(words, discounts):
    basket = [line("A", "10", tags=["red"]), B, line("C", "30", category="food")]
    expected = [{"sku": sku, "amount": amount} for sku, amount in discounts.items()]

    assert passed(case([program(reward(**words))], step(*basket, line_discounts=expected)))


@pytest.mark.parametrize(
    ("when", "applies"),
    [
        ({"products": ["A"], "min_amount": "10"}, True),
        ({"products": ["A"], "min_amount": "10", "min_amount_strict": True}, False),
        ({"products": ["A"], "min_qty": "2"}, False),
        ({"category": "food", "min_qty": "1"}, True),
        ({"products": "any", "exclude_products": ["B"], "min_amount": "30"}, False),
        ({"products": "any", "price_list": "wholesale"}, False),
        ({"products": "any", "group": "VIP", "region": "north"}, True),
        ({"products": "any", "group": "VIP", "region": "south"}, False),
        ({"products": "any", "min_discounted_amount": "30"}, True),
    ],
)
def test_conditions(when, applies):
    total = "27" if applies else "30"
    basket = [line("A", "10", category="food/fruit"), B]
    member = {"group": "VIP", "region": "north"}
    words = program(PERCENT, when={"trigger": "auto", **when})

    assert passed(case([words], step(*basket, total=total), member=member))


def test_a_price_list_in_force():
    words = program(PERCENT, when={"trigger": "auto", "price_list": "wholesale"})

    assert passed(case([words], step(A, do=("set:price_list=wholesale",), total="9")))


def test_a_unit_of_the_basket_becomes_free_and_is_not_one_that_qualifies():
    free = reward(type="free_item", scope="basket_line", cost_points="2", products=["A"])
    words = program(
        free,
        kind="buy_get",
        when={"trigger": "auto", "products": ["A"]},
        earn={"per": "unit", "points": "1"},
    )
    given = [{"sku": "A", "qty": "1"}]

    assert passed(
        case(
            [words],
            step(line("A", "10", "2"), total="20", free_items=[]),
            step(line("A", "10", "3"), total="20", free_items=given),
            step(line("A", "10", "5"), total="40", free_items=given),
        )
    )


def test_the_get_side_of_buy_and_get_may_be_half_price():
    half = reward(type="percent_off", value="50", scope="get_units", products=["B"], get_qty="1")
    words = program(half, kind="buy_get", when={"trigger": "auto", "products": ["A"], "buy_qty": "2"})

    assert passed(case([words], step(line("A", "10", "5"), line("B", "20", "5"), total="130")))


def test_a_gift_for_every_so_many_units_where_they_are_no_whole_number():
    gift = reward(type="free_item", scope="added_line", cost_points="1", products=["PEN"])
    words = program(
        gift, claim="auto", kind="buy_get", when={"products": ["A"]}, earn={"per": "unit", "points": "0.4"}
    )

    assert passed(case([words], step(line("A", "10", "8"), free_items=[{"sku": "PEN", "qty": "3"}])))


def test_a_gift_may_be_chosen_among_items():
    gift = reward(type="free_item", scope="added_line", cost_points="10", products=["PEN", "CUP"])

    assert passed(
        case(
            [points(gift)],
            step(A, do=("claim:r=CUP",), free_items=[{"sku": "CUP", "qty": "1"}], claimable=[]),
            step(A, do=("claim:r",), free_items=[{"sku": "PEN", "qty": "1"}]),
            member={"points": {"pts": "15"}},
        )
    )


def test_points_that_count_one_by_one_are_all_spent_from_their_smallest_number_on():
    off = reward(type="amount_per_point", cost_points="10", value="0.50")
    words = [points(off, earn={"per": "none"})]

    assert passed(
        case(
            words,
            step(B, do=("claim:r", "commit"), total="14", points={"pts": {"spent": "12", "balance": "0"}}),
            member={"points": {"pts": "12"}},
        )
    )
    assert passed(
        case(words, step(B, do=("claim:r",), total="20", claimable=[]), member={"points": {"pts": "9"}})
    )


def test_a_code_in_other_letters_and_one_that_nobody_knows():
    words = program(PERCENT, kind="promo_code", when={"trigger": "code", "code": "s"})

    assert passed(
        case(
            [words],
            step(A, total="10"),
            step(A, do=("enter_code:S",), total="9"),
            step(A, do=("enter_code:T",), total="10", rejected="unknown_code"),
        )
    )


def test_a_code_of_a_program_with_several_rewards_opens_the_one_that_is_claimed():
    words = program(
        PERCENT,
        reward(id="five", type="amount_off", value="5"),
        kind="promo_code",
        when={"trigger": "code", "code": "PICK"},
    )

    assert passed(
        case(
            [words],
            step(A, do=("enter_code:PICK",), total="10"),
            step(A, do=("enter_code:PICK", "claim:five"), total="5"),
        )
    )


def test_a_coupon_is_used_once_and_comes_back_with_a_void():
    words = program(PERCENT, kind="coupon", when={"trigger": "code"})
    member = {
        "coupons": {"ONE": {"program": "p", "points": "1"}, "OLD": {"program": "p", "expires": "2026-11-21"}}
    }

    assert passed(
        case(
            [words],
            step(A, do=("enter_code:ONE", "commit"), total="9"),
            step(A, do=("enter_code:ONE",), total="10", rejected="coupon_used"),
            then("order:1", "void"),
            step(A, do=("enter_code:ONE",), total="9"),
            step(A, do=("enter_code:OLD",), total="10", rejected="coupon_expired"),
            member=member,
        )
    )


def test_limits_count_what_was_committed():
    words = program(PERCENT, kind="promo_code", when={"trigger": "code", "code": "X"}, max_uses_total=1)

    assert passed(
        case(
            [words],
            step(A, do=("enter_code:X",), total="9"),
            step(A, do=("enter_code:X", "commit"), total="9"),
            step(A, do=("enter_code:X",), total="10", rejected="usage_limit_reached"),
        )
    )


def test_a_budget_of_money():
    words = program(PERCENT, budget={"type": "spend", "limit": "2", "used": "0.50"})

    assert passed(
        case(
            [words],
            step(A, do=("commit",), total="9"),
            step(A, total="10"),
            step(line("A", "5"), total="4.50"),
        )
    )


def test_a_gift_card_and_a_wallet_pay_and_are_no_discount():
    programs = [
        program(kind="gift_card", id="gc", when={"trigger": "code"}),
        program(kind="ewallet", id="ew"),
        points(),
    ]
    member = {"gift_cards": {"CARD": "4"}, "wallets": {"ew": "3"}}

    assert passed(
        case(
            programs,
            step(
                A,
                do=("enter_code:CARD", "use_wallet", "commit"),
                total="3",
                discounts=[],
                gift_card={"used": "4", "CARD": "0"},
                wallet={"ew": "0", "used": "3"},
                points={"pts": {"earned": "10"}},
            ),
            member=member,
        )
    )


def test_a_gift_card_may_be_worth_more_than_the_sale():
    programs = [program(kind="gift_card", id="gc", when={"trigger": "code"})]

    assert passed(
        case(
            programs,
            step(
                A,
                do=("enter_code:CARD",),
                total="0",
                gift_card={"used": "10", "remaining": "15", "balance": "25"},
            ),
            step(A, do=("enter_code:CARD", "commit"), gift_cards={"CARD": {"balance": "15"}}),
            member={"gift_cards": {"CARD": "25"}},
        )
    )


def test_a_program_with_dates():
    assert passed(
        case(
            [
                program(PERCENT, valid_from="2026-11-01", valid_until="2026-11-22"),
                program(PERCENT, id="q", valid_until="2026-11-21"),
            ],
            step(A, total="9"),
        )
    )


def test_a_top_up_earns_nothing_and_is_taken_back_when_it_is_returned():
    programs = [
        program(kind="ewallet", id="ew", when={"products": ["TOPUP"]}, earn={"per": "money", "points": "1"}),
        points(),
    ]

    assert passed(
        case(
            programs,
            step(
                line("TOPUP", "25"), do=("commit",), wallet={"balance": "25"}, points={"pts": {"earned": "0"}}
            ),
            then("refund:TOPUP", "commit", wallet={"ew": "0"}, refund="25"),
            member={"wallets": {"ew": "0"}},
        )
    )


def test_partial_returns_add_up():
    words = [points(earn={"per": "money", "points": "1"}), program(reward(type="amount_off", value="1"))]

    assert passed(
        case(
            words,
            step(line("A", "10", "3"), do=("commit",), total="29", points={"pts": {"balance": "29"}}),
            then("refund:A qty=1", "commit", refund="9.66", points={"pts": {"earned_after_return": "19"}}),
            then("refund:A qty=1", "commit", refund="9.67"),
            then("refund:A qty=1", "commit", refund="9.67", points={"pts": {"balance": "0"}}),
            member={"points": {}},
        )
    )


def test_what_is_cancelled_books_nothing_and_what_is_parked_waits():
    words = [points(), program(PERCENT)]

    assert passed(
        case(
            words,
            step(A, do=("cancel",), total_before_cancel="9", points={"pts": {"balance": "0"}}),
            step(A, do=("park",)),
            then("reopen", "commit", total="9", points={"pts": {"balance": "9"}}),
            member={"points": {"pts": "0"}},
        )
    )


def test_order_wide_offers_exclude_one_another_where_the_policy_says_so():
    words = [program(PERCENT), program(reward(id="q", type="percent_off", value="20"), id="q")]

    assert passed(case(words, step(A, total="7.20")))
    assert passed(
        case(
            words,
            step(A, discounts=[{"reward": "q", "amount": "2"}]),
            policy={"order_wide_discounts": "one_only"},
        )
    )


def test_percentages_of_the_original_price():
    words = [program(PERCENT), program(reward(id="q", type="percent_off", value="20"), id="q")]

    assert passed(case(words, step(A, total="7"), policy={"percent_stacking": "parallel_on_original"}))


@pytest.mark.parametrize(("order", "total"), [("a,b", "94.50"), ("b,a", "75.60")])
def test_the_order_of_application(order, total):
    words = [
        program(reward(id="a10", type="percent_off", value="10"), id="a"),
        program(
            reward(id="b20", type="percent_off", value="20"),
            id="b",
            when={"min_discounted_amount": "100", "min_amount_strict": True},
        ),
    ]

    assert passed(case(words, step(line("I", "105"), do=(f"apply_order:{order}",), total=total)))


def test_an_offer_that_stands_alone_gives_way_to_better_ones():
    words = [
        program(PERCENT, exclusive=True),
        program(reward(id="q", type="percent_off", value="20"), id="q"),
    ]

    assert passed(case(words, step(A, discounts=[{"reward": "q", "amount": "2"}])))


def test_taxes_of_every_sort():
    basket = [
        line("A", "10", tax_rate_pct="20"),
        line("B", "12", tax_rate_pct="20", tax_included=True),
        line("C", "5", fixed_tax_per_unit="1"),
    ]

    assert passed(case([program(PERCENT)], step(*basket, total="27.10", untaxed="22.50", tax="4.60")))


def test_an_amount_without_tax_is_grossed_up():
    words = program(reward(type="amount_off", value="5"), amount_basis="tax_excluded")

    assert passed(case([words], step(line("A", "10", tax_rate_pct="20"), total="6")))


def test_discounts_counted_without_tax():
    assert passed(
        case(
            [program(PERCENT)],
            step(
                line("A", "10", tax_rate_pct="20"),
                discount_total="1",
                discount_basis="tax_excluded",
                total="10.80",
            ),
        )
    )


def test_a_code_may_wait_for_a_hand_too():
    words = program(PERCENT, kind="promo_code", when={"trigger": "code", "code": "LATER"}, claim="manual")

    assert passed(
        case(
            [words],
            step(A, do=("enter_code:LATER",), total="10"),
            step(A, do=("enter_code:LATER", "claim:r"), total="9"),
        )
    )


def test_two_returns_before_the_refund_are_different_units():
    assert passed(
        case(
            [points()],
            step(line("A", "10", "2"), do=("commit",), points={"pts": {"balance": "20"}}),
            then("refund:A qty=1", "refund:A qty=1", "commit", refund="20", points={"pts": {"balance": "0"}}),
            member={"points": {}},
        )
    )


def test_a_coupon_that_a_returned_order_had_printed_is_void():
    gift = reward(type="free_item", scope="added_line", products=["PEN"])
    words = program(
        gift, kind="next_order_coupon", when={"trigger": "auto", "products": ["A"], "min_qty": "1"}
    )

    assert passed(
        case(
            [words],
            step(A, do=("order:1", "commit"), pending_coupons="1"),
            then("refund:A qty=1", "commit", refund="10"),
            step(B, do=("enter_code:<coupon of order 1>",), free_items=[], rejected="coupon_not_active"),
        )
    )


def test_a_basket_that_is_voided_before_it_is_paid_books_nothing():
    assert passed(
        case(
            [points()],
            step(A, do=("commit",), points={"pts": {"balance": "10"}}),
            step(B, do=("void",), points={"pts": {"balance": "10"}}),
            then("order:1", "void", points={"pts": {"balance": "0"}}),
            member={"points": {}},
        )
    )
