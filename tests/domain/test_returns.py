"""Goods that come back: money, points and coupons by the shares that the sale stored."""

from __future__ import annotations

from collections import defaultdict

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from agent.domain.ledger import PENDING, issued_bucket, lease_bucket, redeemed_bucket
from agent.domain.returns import CouponStanding, Refund, refund_for, rest_of, return_postings, returned_units
from agent.domain.sold_units import (
    all_units,
    basket_without,
    first_to_return,
    paid_of,
    prices_of,
    spans_of,
    units_of,
)
from tests.builders import (
    ACCOUNT,
    CHAIN,
    STORE,
    a_basket,
    a_coupon_claim,
    a_line,
    a_member,
    a_program_set,
    a_quote_input,
    amount_off,
    milk,
    next_visit,
    next_visit_10,
    percent_off,
    points_per_money,
    points_reward,
)
from tests.domain.sold import Sold, sold
from tests.domain.strategies import sales

# The sale of the mockup: 191.20 of goods, the second coffee at half price, 1,000 points for 10.00.
PAN, COFFEE, OIL, SOAP = 1, 2, 3, 4


def the_mockups_sale() -> Sold:
    programs = a_program_set(
        points_per_money(points="2"),
        points_reward("reward-10", cost_points=1000, amount_minor=10_00),
        amount_off("second-coffee", 12_45, goods={"items": ["coffee"]}),
        next_visit(over_minor=120_00),
        next_visit_10(),
    )
    basket = a_basket(
        a_line("pan", 89_00),
        a_line("coffee", 49_80, quantity=2),
        a_line("oil", 42_50),
        a_line("soap", 9_90),
    )
    return sold(a_quote_input(basket, programs, member=a_member(2340), claims=["reward-10"]), programs)


def one(sale: Sold, line_id: int, units: set[int] | None = None) -> dict[int, frozenset[int]]:
    whole = all_units(sale.quote_input.basket)[line_id]
    return {line_id: whole if units is None else frozenset(units)}


def full(sale: Sold, **facts: object) -> Refund:
    return refund_for(sale, all_units(sale.quote_input.basket), **facts)  # type: ignore[arg-type]


def test_the_mockups_pan_brings_back_its_price_less_its_share_of_the_points():
    sale = the_mockups_sale()
    assert sale.total_minor == 168_75

    refund = refund_for(sale, one(sale, PAN))

    assert (refund.paid_minor, refund.refund_minor) == (84_02, 84_02)
    assert [(each.unit, each.points) for each in refund.given_back] == [("points:points", 498)]
    assert [(each.unit, each.points) for each in refund.taken_back] == [("points:points", 168)]


def test_the_mockups_coupon_is_void_since_the_rest_does_not_reach_its_threshold():
    sale = the_mockups_sale()
    chosen = one(sale, PAN)
    rest = sale.priced_without(rest_of(sale, chosen))
    (printed,) = sale.coupons_issued

    refund = refund_for(sale, chosen, rest=rest, coupons={printed.coupon_id: CouponStanding(held=True)})

    assert [(each.coupon_id, each.state) for each in refund.coupons_taken] == [(printed.coupon_id, "void")]
    small = refund_for(sale, one(sale, SOAP), rest=sale.priced_without(rest_of(sale, one(sale, SOAP))))
    assert small.coupons_taken == ()


def test_of_two_coffees_the_cheaper_one_comes_back_first():
    programs = a_program_set(points_per_money())
    sale = sold(a_quote_input(a_basket(a_line("coffee", 10_01, quantity=2)), programs), programs)
    (line,) = sale.quote_input.basket.lines
    assert prices_of(line) == [5_01, 5_00]

    first = first_to_return(line, sale.discounts, frozenset(), 1)

    assert first == {1}
    assert first_to_return(line, sale.discounts, first, 1) == {0}


def test_weighed_goods_come_back_whole():
    programs = a_program_set(points_per_money())
    sale = sold(
        a_quote_input(a_basket(a_line("bananas", 3_48, quantity="0.435", uom="kg")), programs), programs
    )

    assert all_units(sale.quote_input.basket) == {1: frozenset({0})}
    assert full(sale).refund_minor == 3_48


def test_a_unit_that_came_back_does_not_come_back_again():
    sale = the_mockups_sale()
    before = refund_for(sale, one(sale, COFFEE, {1}))

    with pytest.raises(ValueError, match="came back already"):
        refund_for(sale, one(sale, COFFEE), [before])


def test_units_that_were_never_sold_are_refused():
    sale = the_mockups_sale()
    for wrong in ({9: frozenset({0})}, {COFFEE: frozenset({2})}, {}, {PAN: frozenset()}):
        with pytest.raises(ValueError, match=r"no such units|nothing was chosen"):
            refund_for(sale, wrong)


def test_a_coupon_comes_back_with_the_last_unit_that_it_made_cheaper():
    programs = a_program_set(
        points_per_money(), next_visit(), next_visit_10(), percent_off("x", "0.5", kind="coupon")
    )
    basket = a_basket(milk(10_00), a_line("bread", 5_00))
    sale = sold(a_quote_input(basket, programs, coupons=[a_coupon_claim()]), programs)
    (used,) = sale.coupons_redeemed

    first = refund_for(sale, one(sale, 1))
    second = refund_for(sale, one(sale, 2), [first])

    assert (first.coupons_back, second.coupons_back) == ((), (used.coupon_id,))
    assert full(sale).coupons_back == (used.coupon_id,)


def test_a_used_coupon_of_a_returned_sale_is_deducted_by_its_value_and_never_below_zero():
    sale = the_mockups_sale()
    (printed,) = sale.coupons_issued
    used = {printed.coupon_id: CouponStanding(used=True, value_minor=100_00)}
    chosen = one(sale, PAN)
    rest = sale.priced_without(rest_of(sale, chosen))

    first = refund_for(sale, chosen, rest=rest, coupons=used)
    later = one(sale, COFFEE)
    second = refund_for(
        sale, later, [first], rest=sale.priced_without(rest_of(sale, {**chosen, **later})), coupons=used
    )

    assert (first.deducted_minor, first.refund_minor) == (84_02, 0)
    assert second.deducted_minor == 100_00 - 84_02
    assert second.refund_minor == second.goods_minor - (100_00 - 84_02)


def test_a_shop_may_leave_used_coupons_to_the_member():
    sale = the_mockups_sale()
    (printed,) = sale.coupons_issued
    used = {printed.coupon_id: CouponStanding(used=True, value_minor=10_00)}

    refund = full(sale, coupons=used, deduct_used=False)

    assert (refund.refund_minor, refund.coupons_taken) == (168_75, ())


def test_a_shop_may_keep_spent_points():
    refund = full(the_mockups_sale(), spent_points_back=False)

    assert (refund.given_back, refund.refund_minor) == ((), 168_75)


def a_sale_over_a_threshold() -> Sold:
    programs = a_program_set(points_per_money(), amount_off("ten", 10_00, over_minor=100_00))
    return sold(
        a_quote_input(a_basket(a_line("a", 60_00), a_line("b", 50_00)), programs, member=a_member()), programs
    )


def test_a_threshold_that_a_return_breaks_is_kept_by_default():
    sale = a_sale_over_a_threshold()

    refund = refund_for(sale, one(sale, 1))

    assert refund.refund_minor == 60_00 - 5_45


def test_a_threshold_that_a_return_breaks_can_be_priced_again():
    sale = a_sale_over_a_threshold()
    chosen = one(sale, 1)

    refund = refund_for(sale, chosen, rest=sale.priced_without(rest_of(sale, chosen)), reprice=True)
    last = refund_for(sale, one(sale, 2), [refund], rest=None, reprice=True)

    assert refund.refund_minor == 100_00 - 50_00
    assert [each.points for each in refund.taken_back] == [50]
    assert last.refund_minor == 50_00
    assert [each.points for each in last.taken_back] == [50]


@given(st.sets(st.integers(0, 60)))
def test_spans_hold_exactly_the_units_that_were_put_in(units):
    assert units_of(spans_of(units)) == units


@st.composite
def sales_in_parts(draw: st.DrawFn) -> tuple[Sold, list[dict[int, frozenset[int]]]]:
    """A sale, and all of its units in some order, in some returns."""
    sale = sold(*draw(sales(max_minor=30_00).filter(lambda one: bool(one[0].basket.lines))))
    every = [
        (line_id, unit)
        for line_id, units in all_units(sale.quote_input.basket).items()
        for unit in sorted(units)
    ]
    assume(len(every) < 60)
    order = draw(st.permutations(every))
    cuts = sorted(draw(st.sets(st.integers(1, len(order)), max_size=4)) | {len(order)})
    parts: list[dict[int, frozenset[int]]] = []
    for begin, end in zip([0, *cuts], cuts, strict=False):
        if begin == end:
            continue
        part: dict[int, set[int]] = defaultdict(set)
        for line_id, unit in order[begin:end]:
            part[line_id].add(unit)
        parts.append({line_id: frozenset(units) for line_id, units in part.items()})
    return sale, parts


def in_turn(sale: Sold, parts: list[dict[int, frozenset[int]]], *, reprice: bool) -> list[Refund]:
    done: list[Refund] = []
    for part in parts:
        gone = {**returned_units(done)}
        for line_id, units in part.items():
            gone[line_id] = gone.get(line_id, frozenset()) | units
        rest = sale.priced_without(rest_of(sale, gone))
        done.append(refund_for(sale, part, done, rest=rest, reprice=reprice))
    return done


def points_of(refunds: list[Refund], which: str) -> dict[str, int]:
    found: dict[str, int] = defaultdict(int)
    for refund in refunds:
        for each in getattr(refund, which):
            found[each.program_id] += each.points
    return dict(found)


@settings(deadline=None)
@given(sales_in_parts(), st.booleans())
def test_any_partial_returns_add_up_to_one_full_return(sale_in_parts, reprice):
    sale, parts = sale_in_parts

    done = in_turn(sale, parts, reprice=reprice)

    assert sum(each.refund_minor for each in done) == full(sale).refund_minor == sale.total_minor
    for which in ("taken_back", "given_back"):
        assert points_of(done, which) == points_of([full(sale)], which)
    assert sorted(c for each in done for c in each.coupons_back) == sorted(full(sale).coupons_back)
    assert sorted(c.coupon_id for each in done for c in each.coupons_taken) == sorted(
        c.coupon_id for c in full(sale).coupons_taken
    )


@settings(deadline=None)
@given(sales_in_parts(), st.booleans())
def test_nothing_of_a_return_is_below_zero(sale_in_parts, reprice):
    sale, parts = sale_in_parts

    for refund in in_turn(sale, parts, reprice=reprice):
        assert min(refund.refund_minor, refund.goods_minor, refund.deducted_minor) >= 0
        assert all(line.amount_minor >= 0 for line in refund.lines)
        assert all(each.points > 0 for each in (*refund.taken_back, *refund.given_back))


@settings(deadline=None)
@given(sales_in_parts())
def test_what_was_paid_for_the_units_adds_up_to_the_total(sale_in_parts):
    sale, _parts = sale_in_parts

    assert (
        sum(sum(paid_of(line, sale.discounts)) for line in sale.quote_input.basket.lines) == sale.total_minor
    )


@settings(deadline=None)
@given(sales_in_parts(), st.booleans())
def test_a_sale_and_its_return_cancel_in_every_bucket_that_the_register_posts(sale_in_parts, reprice):
    sale, parts = sale_in_parts
    member = sale.quote_input.member
    sums: dict[tuple[object, str, str], int] = defaultdict(int)
    standing = {coupon.coupon_id: CouponStanding(held=True) for coupon in sale.coupons_issued}
    for posting in sale.settled.postings:
        sums[posting.account_id, posting.unit, posting.bucket] += posting.amount
    done: list[Refund] = []
    for part in parts:
        gone = {**returned_units(done)}
        for line_id, units in part.items():
            gone[line_id] = gone.get(line_id, frozenset()) | units
        rest = sale.priced_without(rest_of(sale, gone))
        done.append(refund_for(sale, part, done, rest=rest, reprice=reprice, coupons=standing))
        for posting in return_postings(done[-1], member.account_id if member else None, STORE, CHAIN):
            sums[posting.account_id, posting.unit, posting.bucket] += posting.amount
    spent = sum(each.points for each in sale.spent)
    left = {key: amount for key, amount in sums.items() if amount}
    # Spent points come back as pending, and HQ puts them where they belong.
    assert set(left) <= {(ACCOUNT, "points:points", PENDING), (ACCOUNT, "points:points", lease_bucket(CHAIN))}
    assert left.get((ACCOUNT, "points:points", PENDING), 0) == spent
    assert not any(bucket in (issued_bucket(STORE), redeemed_bucket(STORE)) for _, _, bucket in left)


@settings(deadline=None)
@given(sales_in_parts())
def test_the_basket_of_the_rest_costs_what_its_units_cost(sale_in_parts):
    sale, parts = sale_in_parts
    basket = sale.quote_input.basket
    gone = parts[0]

    rest = basket_without(basket, gone)

    away = sum(prices_of(line)[unit] for line in basket.lines for unit in gone.get(line.line_id, ()))
    assert rest.total_minor == basket.total_minor - away
    assert sum(line.units for line in rest.lines) == sum(line.units for line in basket.lines) - sum(
        len(units) for units in gone.values()
    )
