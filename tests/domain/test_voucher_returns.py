"""Vouchers of a sale that comes back: the points come back with an unused voucher, and a used one keeps them."""

from __future__ import annotations

import uuid
from typing import Any

import pytest

from agent.domain.ledger import coupon_unit
from agent.domain.returns import CouponStanding, Refund, refund_for, rest_of, return_postings
from agent.domain.sold_units import Units, all_units, together
from tests.builders import (
    ACCOUNT,
    CHAIN,
    STORE,
    a_basket,
    a_coupon_claim,
    a_course,
    a_line,
    a_member,
    a_program,
    a_program_set,
    a_quote_input,
    an_id,
    course_voucher,
    points_per_money,
)
from tests.domain.sold import Sold, sold

BREAD, CHEESE = 1, 2
BASKET = a_basket(a_line("bread", 4_00), a_line("cheese", 26_00))
ONE_BREAD: Units = {BREAD: frozenset({0})}
THE_REST: Units = {CHEESE: frozenset({0})}
HELD, USED, ELSEWHERE = CouponStanding(held=True), CouponStanding(used=True), CouponStanding()


def with_a_voucher(**fields: Any) -> Sold:
    programs = a_program_set(points_per_money(), course_voucher(**fields), a_course())
    asked = a_quote_input(BASKET, programs, member=a_member(points=1500), claims=["book-course"])
    return sold(asked, programs)


def back(sale: Sold, units: Units, standing: CouponStanding = HELD, earlier: Any = (), **how: Any) -> Refund:
    gone = together(*({one.line_id: frozenset({0})} for each in earlier for one in each.lines), units)
    (voucher,) = sale.coupons_issued
    rest = sale.priced_without(rest_of(sale, gone))
    return refund_for(sale, units, earlier, rest=rest, coupons={voucher.coupon_id: standing}, **how)


def points_of(refund: Refund) -> list[int]:
    return [one.points for one in refund.given_back]


@pytest.mark.parametrize(("standing", "state"), [(HELD, "void"), (ELSEWHERE, "asked")])
def test_the_points_come_back_with_the_voucher(standing: CouponStanding, state: str) -> None:
    refund = back(with_a_voucher(), all_units(BASKET), standing)

    assert [(one.program_id, one.state) for one in refund.coupons_taken] == [("course", state)]
    assert points_of(refund) == [1000]
    assert refund.refund_minor == 30_00


def test_a_used_voucher_keeps_its_points_and_the_goods_are_paid_back() -> None:
    refund = back(with_a_voucher(), all_units(BASKET), USED)

    assert [(one.state, one.deducted_minor) for one in refund.coupons_taken] == [("used", 0)]
    assert points_of(refund) == []
    assert refund.refund_minor == 30_00


@pytest.mark.parametrize("reprice", [False, True])
def test_a_part_of_the_sale_leaves_the_voucher_and_its_points_alone(reprice: bool) -> None:
    sale = with_a_voucher()

    part = back(sale, ONE_BREAD, reprice=reprice)
    last = back(sale, THE_REST, earlier=[part], reprice=reprice)

    assert (part.coupons_taken, points_of(part)) == ((), [])
    assert [one.state for one in last.coupons_taken] == ["void"]
    assert points_of(last) == [1000]


def test_a_part_that_breaks_the_vouchers_condition_takes_it_back_with_all_its_points() -> None:
    sale = with_a_voucher(conditions=[{"type": "min_spend", "amount_minor": 28_00}])

    part = back(sale, ONE_BREAD)
    last = back(sale, THE_REST, earlier=[part])

    assert [one.state for one in part.coupons_taken] == ["void"]
    assert points_of(part) == [1000]
    assert (last.coupons_taken, points_of(last)) == ((), [])


def test_a_voucher_that_came_back_itself_is_taken_with_the_next_return() -> None:
    sale = with_a_voucher(conditions=[{"type": "min_spend", "amount_minor": 28_00}])

    part = back(sale, ONE_BREAD, USED)
    last = back(sale, THE_REST, HELD, earlier=[part])

    assert points_of(part) == []
    assert points_of(last) == [1000]


def test_the_store_may_keep_spent_points() -> None:
    refund = back(with_a_voucher(), all_units(BASKET), spent_points_back=False)

    assert points_of(refund) == []


def test_who_cannot_know_the_voucher_takes_the_registers_word_for_it() -> None:
    sale = with_a_voucher()
    told = [back(sale, all_units(BASKET), standing).coupons_taken for standing in (HELD, USED)]

    checked = [refund_for(sale, all_units(BASKET), taken_as_told=taken) for taken in told]

    assert [points_of(one) for one in checked] == [[1000], []]


def test_what_a_return_with_a_voucher_posts() -> None:
    sale = with_a_voucher()
    (voucher,) = sale.coupons_issued

    postings = return_postings(back(sale, all_units(BASKET)), ACCOUNT, STORE, CHAIN)

    unit = coupon_unit(voucher.coupon_id)
    assert [(one.bucket, one.amount) for one in postings if one.unit == unit] == [
        (f"lease:{CHAIN}", -1),
        (f"issued:{STORE}", 1),
    ]
    assert (ACCOUNT, "pending", 1000) in [(one.account_id, one.bucket, one.amount) for one in postings]


@pytest.mark.parametrize("reprice", [False, True])
def test_a_used_voucher_comes_back_with_the_last_of_its_sale(reprice: bool) -> None:
    programs = a_program_set(a_course())
    sale = sold(a_quote_input(BASKET, programs, coupons=[a_coupon_claim(5, "course")]), programs)

    def returned(units: Units) -> tuple[uuid.UUID, ...]:
        rest = sale.priced_without(rest_of(sale, units))
        return refund_for(sale, units, rest=rest, reprice=reprice).coupons_back

    assert returned(ONE_BREAD) == ()
    assert returned(all_units(BASKET)) == (an_id(5),)


def test_a_coupon_for_a_gift_stays_used_while_the_gift_stays() -> None:
    reward = {"type": "gift", "item": "mug"}
    mug = a_program("mug", "coupon", trigger="coupon", rewards=[reward])
    programs = a_program_set(mug)
    sale = sold(a_quote_input(BASKET, programs, coupons=[a_coupon_claim(5, "mug")]), programs)

    part = refund_for(sale, ONE_BREAD, rest=sale.priced_without(rest_of(sale, ONE_BREAD)))

    assert part.coupons_back == ()
    assert refund_for(sale, THE_REST, [part]).coupons_back == (an_id(5),)
