"""Coupons: the next-visit coupon that a sale issues, and coupons that are presented."""

from __future__ import annotations

import datetime

from agent.domain.quote import CouponGrant
from tests.builders import (
    TODAY,
    a_basket,
    a_context,
    a_coupon_claim,
    a_line,
    a_member,
    a_quote,
    amount_off,
    an_id,
    dairy_20,
    milk,
    next_visit,
    next_visit_10,
)

BASKET = a_basket(a_line("i", 100_00))


def test_a_basket_over_the_threshold_gets_a_coupon_for_the_next_visit() -> None:
    quote = a_quote(a_basket(a_line("i", 150_00)), next_visit(), next_visit_10())

    assert quote.coupons_issued == (
        CouponGrant(
            program_id="next-visit",
            redeems_program_id="next-visit-10",
            valid_from=datetime.date(2026, 11, 23),
            valid_until=datetime.date(2026, 12, 22),
        ),
    )
    assert quote.discount_minor == 0


def test_the_coupons_threshold_counts_what_is_paid() -> None:
    programs = [next_visit(), next_visit_10(), amount_off("one", 1_00)]

    quote = a_quote(a_basket(a_line("i", 150_00)), *programs)

    assert quote.coupons_issued == ()
    assert [(each.program_id, each.refusal.gap_minor) for each in quote.near_misses] == [("next-visit", 1_00)]


def test_a_coupon_issued_by_a_dated_program_waits_while_the_clock_is_suspect() -> None:
    quote = a_quote(
        a_basket(a_line("i", 150_00)),
        next_visit(active={"from": "2026-11-01"}),
        next_visit_10(),
        context=a_context(clock="suspect"),
    )

    assert quote.coupons_issued == ()


def test_a_presented_coupon_applies_after_all_promotions() -> None:
    quote = a_quote(
        a_basket(milk(100_00)), dairy_20(), next_visit(), next_visit_10(), coupons=[a_coupon_claim()]
    )

    assert [(each.program_id, each.discount_minor) for each in quote.applied] == [
        ("dairy-20", 20_00),
        ("next-visit-10", 8_00),
    ]
    assert quote.applied[1].coupon_id == an_id(77)


def test_without_its_coupon_the_program_gives_nothing() -> None:
    assert a_quote(BASKET, next_visit_10()).discount_minor == 0


def test_a_coupon_is_good_on_its_first_and_its_last_day_and_no_other() -> None:
    day = datetime.timedelta(days=1)

    def code(valid_from: datetime.date, valid_until: datetime.date) -> str:
        coupon = a_coupon_claim(valid_from=valid_from, valid_until=valid_until)
        refused = a_quote(BASKET, next_visit_10(), coupons=[coupon]).refused
        return refused[0].refusal.code if refused else "used"

    assert code(TODAY, TODAY) == "used"
    assert code(TODAY + day, TODAY + day) == "coupon_not_yet_valid"
    assert code(TODAY - day, TODAY - day) == "coupon_expired"


def test_a_coupon_that_this_register_does_not_hold_is_refused() -> None:
    quote = a_quote(BASKET, next_visit_10(), coupons=[a_coupon_claim(held=False)])

    assert quote.discount_minor == 0
    (refused,) = quote.refused
    assert (refused.refusal.code, refused.coupon_id) == ("coupon_held_elsewhere", an_id(77))


def test_one_coupon_of_a_program_in_each_sale_and_the_one_that_ends_first() -> None:
    later = a_coupon_claim(1, valid_until=TODAY + datetime.timedelta(days=9))
    sooner = a_coupon_claim(2, valid_until=TODAY + datetime.timedelta(days=3))

    for coupons in ([later, sooner], [sooner, later]):
        quote = a_quote(BASKET, next_visit_10(), coupons=coupons)
        assert [each.coupon_id for each in quote.applied] == [an_id(2)]
        assert [(each.coupon_id, each.refusal.code) for each in quote.refused] == [
            (an_id(1), "one_coupon_per_sale")
        ]


def test_a_coupon_of_no_program_of_this_set_is_refused_by_name() -> None:
    quote = a_quote(
        BASKET,
        next_visit_10(),
        dairy_20(),
        coupons=[a_coupon_claim(1, "gone"), a_coupon_claim(2, "dairy-20")],
    )

    assert [(each.program_id, each.refusal.code) for each in quote.refused] == [
        ("dairy-20", "no_coupon_program"),
        ("gone", "unknown_program"),
    ]


def test_a_coupon_needs_goods_that_it_is_for() -> None:
    coupon_for_dairy = dairy_20(kind="coupon")

    quote = a_quote(BASKET, coupon_for_dairy, coupons=[a_coupon_claim(1, "dairy-20")])

    assert quote.refused[0].refusal.code == "no_goods"


def test_a_coupon_is_its_bearers_and_needs_no_member() -> None:
    provisional = a_member(provisional=True)

    assert (
        a_quote(BASKET, next_visit_10(), coupons=[a_coupon_claim()], member=provisional).discount_minor
        == 10_00
    )


def test_a_date_far_away_stops_no_sale() -> None:
    quote = a_quote(
        a_basket(a_line("i", 150_00)),
        next_visit(valid_days=3_650),
        next_visit_10(),
        context=a_context(business_date=datetime.date(9999, 12, 30)),
    )

    assert quote.coupons_issued[0].valid_until == datetime.date.max


def test_a_coupon_for_the_next_visit_may_wait_for_a_code() -> None:
    programs = [next_visit(over_minor=1_00, trigger="code", code="COMEBACK"), next_visit_10()]
    basket = a_basket(a_line("x", 50_00))

    assert a_quote(basket, *programs).coupons_issued == ()
    assert len(a_quote(basket, *programs, codes=["comeback"]).coupons_issued) == 1
