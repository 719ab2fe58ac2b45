"""Experience vouchers at HQ: issued and used like coupons, and their points come back only with them."""

from __future__ import annotations

import pytest
from django.contrib.auth import get_user_model
from django.test import Client

from agent.domain.ledger import coupon_unit
from agent.domain.sold_units import all_units
from hq.batches.making import make_batch
from hq.batches.models import BatchCoupon
from hq.devices.models import Store
from hq.ingest.models import Sale
from hq.programs import publishing
from sync.wire.feed import CouponRow
from tests import builders
from tests.hq.books import available, balance, quarantined, require_sound_books
from tests.hq.brought_back import EARLY, Sold, ioana
from tests.hq.shop import IOANA
from tests.hq.test_coupons import release

PROGRAMS = (builders.points_per_money(), builders.course_voucher(), builders.a_course())
PROGRAM_SET = builders.a_program_set(*PROGRAMS, version=2)
BREAD, CHEESE = builders.a_line("bread", 4_00), builders.a_line("cheese", 26_00)
EARNED = 30


@pytest.fixture(autouse=True)
def _course(hq):
    data = builders.program_set_bytes(*PROGRAMS, version=2)
    publishing.publish(publishing.upload(data, "andrei", builders.NOW_MS), "andrei", builders.NOW_MS)
    yield
    require_sound_books()


def books_a_course(lane) -> Sold:
    (grant,) = lane.ask(IOANA, builders.POINTS, 1000)
    return Sold(
        lane,
        BREAD,
        CHEESE,
        program_set=PROGRAM_SET,
        member=ioana(spendable=1000),
        claims=["book-course"],
        spends=[grant],
    )


def claim_of(sold: Sold):
    (issued,) = sold.sale.coupons_issued
    return builders.a_coupon_claim(
        coupon_id=issued.coupon_id,
        program_id="course",
        valid_until=issued.valid_until,
        valid_from=issued.valid_from,
    )


def uses(lane, sold: Sold, **facts) -> Sold:
    return Sold(lane, BREAD, program_set=PROGRAM_SET, coupons=[claim_of(sold)], **facts)


def states(lane) -> list[str]:
    return [row.state for row in lane.pull() if isinstance(row, CouponRow)]


def page_of(sold: Sold) -> str:
    client = Client()
    client.force_login(get_user_model().objects.create_superuser("andrei", password="x" * 20))
    pk = Sale.objects.get(sale_id=sold.sale.sale_id).sale_id
    return client.get(f"/console/ingest/consolesale/{pk}/change/").content.decode()


def test_a_voucher_is_posted_and_every_lane_hears_of_it(lane, other_lane):
    sold = books_a_course(lane)
    lane.sync()

    assert quarantined() == []
    assert available(IOANA) == EARLY - 1000 + EARNED
    (row,) = [row for row in other_lane.pull() if isinstance(row, CouponRow)]
    assert (row.program_id, row.state, row.chain_id) == ("course", "held", lane.chain_id)
    said = page_of(sold)
    assert "Barista course" in said
    assert "1,000 points spent, a voucher on the receipt" in said


def test_a_used_voucher_is_spent_and_the_sales_page_says_so(lane):
    sold = books_a_course(lane)
    used = uses(lane, sold)
    lane.sync()

    assert quarantined() == []
    assert states(lane) == ["redeemed"]
    said = page_of(used)
    assert "Voucher used" in said
    assert "its voucher is used" in said


def test_another_lane_leases_a_voucher_and_uses_it(lane, other_lane):
    sold = books_a_course(lane)
    (issued,) = sold.sale.coupons_issued
    release(lane, issued)
    lane.sync()
    (grant,) = other_lane.ask(issued.coupon_id, coupon_unit(issued.coupon_id), 1)

    uses(other_lane, sold, coupon_grants={issued.coupon_id: grant.grant_id})
    other_lane.sync()

    assert quarantined() == []
    assert states(lane) == ["redeemed"]


@pytest.mark.parametrize("void", [False, True])
def test_the_points_come_back_with_an_unused_voucher(lane, void):
    sold = books_a_course(lane)
    if void:
        sold.is_voided()
    else:
        sold.comes_back()
    lane.sync()

    assert quarantined() == []
    assert available(IOANA) == EARLY
    assert states(lane) == ["void"]
    (issued,) = sold.sale.coupons_issued
    assert balance(issued.coupon_id, coupon_unit(issued.coupon_id)) == {}


def test_a_part_of_the_goods_leaves_voucher_and_points_as_they_are(lane):
    sold = books_a_course(lane)
    sold.comes_back({1: frozenset({0})})
    lane.sync()

    assert quarantined() == []
    assert available(IOANA) == EARLY - 1000 + EARNED - 4
    assert states(lane) == ["held"]


def test_points_of_a_voucher_that_another_lane_took_wait_for_a_person(lane, other_lane):
    """The lane that issued it was away, asked HQ to make it void, and gave the points back."""
    sold = books_a_course(lane)
    (issued,) = sold.sale.coupons_issued
    release(lane, issued)
    lane.sync()
    (grant,) = other_lane.ask(issued.coupon_id, coupon_unit(issued.coupon_id), 1)
    uses(other_lane, sold, coupon_grants={issued.coupon_id: grant.grant_id})
    other_lane.sync()

    away = sold.facts(all_units(sold.sale.quote_input.basket), lane, reprice=False, held=False)
    assert [one.state for one in away["coupons_taken"]] == ["asked"]
    sold.comes_back(coupons_taken=away["coupons_taken"], postings=away["postings"])
    lane.sync()

    assert [code for _seq, code, _state in quarantined()] == ["voucher_used"]
    assert available(IOANA) == EARLY - 1000 + EARNED


def test_a_used_voucher_comes_back_with_the_sale_that_used_it(lane):
    sold = books_a_course(lane)
    used = uses(lane, sold)
    used.comes_back()
    lane.sync()

    assert quarantined() == []
    assert states(lane) == ["held"]
    assert len(uses(lane, sold).sale.coupons_redeemed) == 1
    lane.sync()
    assert quarantined() == []


def test_a_batch_of_vouchers_is_made_and_one_of_them_used(lane):
    batch = make_batch(
        publishing.active(),
        program_id="course",
        stores=[Store.objects.get()],
        serials=2,
        valid_from=builders.TODAY,
        valid_until=builders.TODAY,
        title="Sold at the fair",
        by="ana",
        now_ms=builders.NOW_MS,
    )
    first, _second = BatchCoupon.objects.filter(batch_id=batch.pk)
    (grant,) = lane.ask(first.coupon_id, coupon_unit(first.coupon_id), 1)
    shown = builders.a_coupon_claim(coupon_id=first.coupon_id, program_id="course")

    lane.sell(
        BREAD,
        program_set=PROGRAM_SET,
        coupons=[shown],
        coupon_grants={first.coupon_id: grant.grant_id},
    )
    lane.sync()

    assert quarantined() == []
    assert sorted(states(lane)) == ["free", "redeemed"]
