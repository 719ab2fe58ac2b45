"""Experience vouchers: chosen for points, issued by the sale, and used for nothing but what they are for."""

from __future__ import annotations

import datetime
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.domain.errors import LoyaltyError
from agent.domain.evaluate import evaluate
from agent.domain.explain import explain
from agent.domain.quote import Applied, Claimable, CouponGrant, Quote, Refusal
from agent.domain.quote_input import Claim, Share
from agent.domain.uses import limited_uses
from tests.builders import (
    TODAY,
    a_basket,
    a_coupon_claim,
    a_course,
    a_line,
    a_member,
    a_program,
    a_program_set,
    a_quote,
    a_quote_input,
    amount_off,
    an_id,
    course_voucher,
    percent_off,
    points_per_money,
    points_reward,
)
from tests.domain.any_shop import shops
from tests.domain.sold import sold
from tests.oracle.shops import Shop, shop_of

BASKET = a_basket(a_line("bread", 4_00), a_line("cheese", 26_00))
COURSE = (points_per_money(), course_voucher(), a_course())
VOUCHER = a_coupon_claim(5, "course")


def priced(*more: dict[str, Any], **inputs: Any) -> Quote:
    return a_quote(BASKET, *COURSE, *more, **inputs)


def codes(quote: Quote) -> list[tuple[str, str]]:
    return [(each.program_id, each.refusal.code) for each in quote.refused]


def test_a_chosen_voucher_costs_its_points_and_changes_no_price() -> None:
    quote = priced(member=a_member(points=1500), claims=["book-course"])

    assert quote.coupons_issued == (
        CouponGrant(
            program_id="book-course",
            redeems_program_id="course",
            valid_from=TODAY,
            valid_until=TODAY + datetime.timedelta(days=89),
        ),
    )
    assert [(one.program_id, one.points) for one in quote.spent] == [("book-course", 1000)]
    assert (quote.goods_minor, quote.discount_minor, quote.total_minor) == (30_00, 0, 30_00)
    assert quote.applied == (
        Applied(program_id="book-course", points_cost=1000, unit="points:points", vouchers_issued=1),
    )


def test_nobody_gets_a_voucher_unasked() -> None:
    quote = priced(member=a_member(points=1500))

    assert quote.coupons_issued == () == quote.spent
    assert quote.claimable == (
        Claimable(
            program_id="book-course",
            discount_minor=0,
            points_cost=1000,
            unit="points:points",
            leased=True,
            vouchers_issued=1,
        ),
    )


@pytest.mark.parametrize("trigger", ["automatic", "code"])
def test_a_voucher_that_nobody_chooses_cannot_be_authored(trigger: str) -> None:
    reward = {"type": "voucher", "redeems": "course", "valid_days": 9}
    given = a_program("given", "promotion", trigger=trigger, rewards=[reward])
    if trigger == "code":
        given["code"] = "COFFEE"

    with pytest.raises(LoyaltyError, match="never given unasked"):
        a_program_set(a_course(), given)


def test_a_voucher_can_be_chosen_for_nothing() -> None:
    reward = {"type": "voucher", "redeems": "course", "valid_days": 9, "starts_after_days": 7}
    tasting = a_program("tasting", "promotion", trigger="choice", rewards=[reward])

    (issued,) = priced(tasting, claims=["tasting"]).coupons_issued

    assert issued.valid_from == TODAY + datetime.timedelta(days=7)
    assert issued.valid_until == TODAY + datetime.timedelta(days=15)


def test_one_voucher_is_issued_however_often_it_was_tapped() -> None:
    quote = priced(member=a_member(points=9000), claims=[Claim("book-course", 5)])

    assert len(quote.coupons_issued) == 1
    assert [one.points for one in quote.spent] == [1000]


def test_points_pay_once_for_a_voucher_or_for_something_else() -> None:
    off = points_reward("off", cost_points=1000, amount_minor=5_00)

    both = priced(off, member=a_member(points=1500), claims=["book-course", "off"])
    chosen = priced(off, member=a_member(points=1500), claims=["book-course"])

    assert both.discount_minor == 5_00
    assert both.coupons_issued == ()
    assert codes(both) == [("book-course", "not_enough_points")]
    assert chosen.claimable == ()


def test_a_voucher_waits_for_its_conditions() -> None:
    program = course_voucher(conditions=[{"type": "min_spend", "amount_minor": 40_00}])
    basket, member = BASKET, a_member(points=1500)
    programs = (points_per_money(), program, a_course())

    untapped = a_quote(basket, *programs, member=member)
    tapped = a_quote(basket, *programs, member=member, claims=["book-course"])

    assert [(one.program_id, one.refusal.gap_minor) for one in untapped.near_misses] == [
        ("book-course", 10_00)
    ]
    assert codes(tapped) == [("book-course", "below_minimum_spend")]
    assert tapped.spent == ()


def test_a_presented_voucher_is_used_and_takes_nothing_off() -> None:
    quote = priced(coupons=[VOUCHER])

    assert quote.applied == (Applied(program_id="course", coupon_id=an_id(5)),)
    assert quote.discounts == ()
    assert quote.total_minor == 30_00


@pytest.mark.parametrize(
    ("facts", "code"),
    [
        ({"valid_from": TODAY + datetime.timedelta(days=1)}, "coupon_not_yet_valid"),
        ({"valid_until": TODAY - datetime.timedelta(days=1)}, "coupon_expired"),
        ({"held": False}, "coupon_held_elsewhere"),
    ],
)
def test_a_voucher_is_refused_like_any_coupon(facts: dict[str, Any], code: str) -> None:
    quote = priced(coupons=[a_coupon_claim(5, "course", **facts)])

    assert codes(quote) == [("course", code)]
    assert quote.applied == ()


def test_one_voucher_for_a_course_is_used_in_a_sale_and_those_of_others_beside_it() -> None:
    tasting = a_course("tasting")

    quote = priced(tasting, coupons=[VOUCHER, a_coupon_claim(6, "course"), a_coupon_claim(7, "tasting")])

    assert [one.coupon_id for one in quote.applied] == [an_id(5), an_id(7)]
    assert codes(quote) == [("course", "one_coupon_per_sale")]


def test_a_course_keeps_its_hours() -> None:
    course = a_course(hours=[{"days": ["mon"]}])

    quote = a_quote(BASKET, course, coupons=[VOUCHER])

    assert codes(quote) == [("course", "outside_hours")]


def test_a_course_without_its_voucher_waits_for_one_and_is_explained() -> None:
    program_set = a_program_set(*COURSE)
    member = a_member(points=1500)

    def why(program_id: str, **inputs: Any) -> Applied | Refusal:
        return explain(a_quote_input(BASKET, program_set, member=member, **inputs), program_set, program_id)

    assert why("course") == Refusal("needs_coupon")
    assert why("course", coupons=[VOUCHER]) == Applied(program_id="course", coupon_id=an_id(5))
    assert why("book-course") == Refusal("waits_for_tap")
    assert why("book-course", claims=["book-course"]) == Applied(
        program_id="book-course", points_cost=1000, unit="points:points", vouchers_issued=1
    )


def test_what_a_voucher_is_for_counts_against_its_limits() -> None:
    program_set = a_program_set(points_per_money(), course_voucher(), a_course(limits={"total_uses": 8}))
    places = {"course": Share(uses=1)}

    used = sold(a_quote_input(BASKET, program_set, coupons=[VOUCHER], shares=places), program_set)
    full = evaluate(a_quote_input(BASKET, program_set, coupons=[VOUCHER], shares={}), program_set)

    assert limited_uses(program_set, used.quote_input, used.settled) == {"course": 0}
    assert codes(full) == [("course", "limit_reached")]


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"trigger": "automatic"}, 'must be "coupon"'),
        ({"rewards": [{"type": "percent_off", "rate": "0.1"}]}, "must be empty"),
        ({"earning": [{"type": "per_visit", "points": "1"}]}, "must be empty"),
        ({"not_with": ["other"]}, "must be left out"),
        ({"group": "some"}, "must be left out"),
    ],
)
def test_a_course_takes_nothing_off_and_stands_beside_everything(fields: dict[str, Any], says: str) -> None:
    course = {**a_course(), **fields}

    with pytest.raises(LoyaltyError, match=says):
        a_program_set(course, percent_off("other", "0.1"))


def test_a_voucher_is_for_an_experience_and_a_next_visit_coupon_for_a_coupon() -> None:
    with pytest.raises(LoyaltyError, match='of the kind "experience"'):
        a_program_set(
            points_per_money(), course_voucher(redeems="ten"), percent_off("ten", "0.1", kind="coupon")
        )
    reward = {"type": "next_visit_coupon", "redeems": "course", "valid_days": 9}
    with pytest.raises(LoyaltyError, match='of the kind "coupon"'):
        a_program_set(a_course(), a_program("again", "next_visit_coupon", rewards=[reward]))


@settings(max_examples=120, deadline=None)
@given(shops(), st.sampled_from([{}, {"conditions": [{"type": "min_spend", "amount_minor": 500}]}]))
def test_nothing_else_changes_where_a_voucher_is_presented(shop: Shop, fields: dict[str, Any]) -> None:
    """The deal, the points, the coupons, what is nearly reached: all but the one line of the voucher."""
    document = {**shop.document, "programs": [*shop.document["programs"], a_course("booked", **fields)]}
    without = shop_of(document, shop.quote_input)
    shown = (*shop.quote_input.coupons, a_coupon_claim(9, "booked"))
    beside = shop_of(document, msgspec.structs.replace(shop.quote_input, coupons=shown))

    before = evaluate(without.quote_input, without.program_set)
    after = evaluate(beside.quote_input, beside.program_set)

    line = Applied(program_id="booked", coupon_id=an_id(9))
    told = [one for one in (*after.applied, *after.refused) if one.program_id == "booked"]
    assert len(told) == 1
    assert told[0] == line or not isinstance(told[0], Applied)
    assert before == msgspec.structs.replace(
        after,
        applied=tuple(one for one in after.applied if one != line),
        refused=tuple(one for one in after.refused if one.program_id != "booked"),
    )


@settings(max_examples=120, deadline=None)
@given(shops())
def test_a_voucher_that_is_not_chosen_changes_nothing_but_what_can_be_chosen(shop: Shop) -> None:
    """The member's discounts come first: a voucher never takes their points."""
    program = course_voucher(cost_points=1, program_id="zz", redeems="booked")
    document = {**shop.document, "programs": [*shop.document["programs"], a_course("booked"), program]}
    chosen = msgspec.structs.replace(shop.quote_input, claims=(*shop.quote_input.claims, Claim("zz")))
    asking = shop_of(document, chosen)

    before = evaluate(shop.quote_input, shop.program_set)
    after = evaluate(asking.quote_input, asking.program_set)

    assert after.discounts == before.discounts
    assert after.earned == before.earned
    assert after.gifts == before.gifts
    assert [one for one in after.spent if one.program_id != "zz"] == list(before.spent)
    assert len(after.coupons_issued) - len(before.coupons_issued) == sum(
        one.program_id == "zz" for one in after.spent
    )


def test_amounts_off_are_taken_whether_or_not_a_voucher_is_shown() -> None:
    off = amount_off("five", 5_00)

    assert priced(off, coupons=[VOUCHER]).total_minor == priced(off).total_minor == 25_00
