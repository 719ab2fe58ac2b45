"""Nothing is used for nothing: an offer without which the discount is the same is left out of the deal."""

from __future__ import annotations

from agent.domain.quote import Quote
from agent.domain.quote_input import Claim
from tests.builders import (
    JsonObject,
    a_basket,
    a_coupon_claim,
    a_line,
    a_member,
    a_program,
    a_quote,
    points_per_money,
    points_reward,
)


def a_promotion(program_id: str, reward: JsonObject, **fields: object) -> JsonObject:
    return a_program(program_id, "promotion", rewards=[reward], **fields)


def breakfast(price_minor: int = 12_00) -> JsonObject:
    parts = [{"goods": {"items": ["coffee"]}}, {"goods": {"items": ["croissant"]}}]
    return a_promotion("breakfast", {"type": "bundle", "price_minor": price_minor, "parts": parts})


def applied(quote: Quote) -> list[str]:
    return [each.program_id for each in quote.applied]


def test_a_coupon_on_goods_that_are_free_anyway_is_kept_by_the_member() -> None:
    free_tea = a_promotion("free-tea", {"type": "percent_off", "rate": "1", "goods": {"items": ["tea"]}})
    coupon = a_program(
        "tea-coupon",
        "coupon",
        trigger="coupon",
        rewards=[{"type": "percent_off", "rate": "0.5", "goods": {"items": ["tea"]}}],
    )

    quote = a_quote(
        a_basket(a_line("tea", 8_00)), free_tea, coupon, coupons=[a_coupon_claim(7, "tea-coupon", held=True)]
    )

    assert applied(quote) == ["free-tea"]
    assert [each.program_id for each in quote.refused] == ["tea-coupon"]


def test_points_are_not_spent_on_what_a_bundle_sells_at_its_own_price() -> None:
    reward = points_reward(cost_points=100)
    reward["rewards"] = [{"type": "percent_off", "rate": "1", "goods": {"items": ["tea"]}}]
    free_tea = a_promotion("free-tea", {"type": "amount_off", "amount_minor": 8_00})

    quote = a_quote(
        a_basket(a_line("tea", 8_00)),
        points_per_money(),
        reward,
        free_tea,
        member=a_member(500),
        claims=[Claim(reward["id"])],
    )

    assert applied(quote) == ["free-tea"]
    assert quote.spent == ()


def test_a_percentage_on_the_goods_of_a_bundle_alone_is_no_part_of_the_deal() -> None:
    coffee_10 = a_promotion(
        "coffee-10", {"type": "percent_off", "rate": "0.1", "goods": {"items": ["coffee"]}}
    )

    quote = a_quote(a_basket(a_line("coffee", 10_00), a_line("croissant", 5_00)), coffee_10, breakfast())

    assert applied(quote) == ["breakfast"]
    assert quote.discount_minor == quote.proven_bound_minor == 3_00


def test_a_percentage_that_reaches_beyond_the_bundle_stays() -> None:
    bakery_10 = a_promotion(
        "ten-off", {"type": "percent_off", "rate": "0.1", "goods": {"items": ["coffee", "bread"]}}
    )
    basket = a_basket(a_line("coffee", 10_00), a_line("croissant", 5_00), a_line("bread", 4_00))

    quote = a_quote(basket, bakery_10, breakfast())

    assert sorted(applied(quote)) == ["breakfast", "ten-off"]
    assert quote.discount_minor == 3_40
