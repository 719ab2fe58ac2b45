"""Experience vouchers at the register: chosen for points, printed, used once, and taken back with their sale."""

from __future__ import annotations

import datetime
import uuid
from decimal import Decimal

import msgspec
import pytest

from agent.domain.coupon import serial
from agent.domain.errors import LoyaltyError
from agent.domain.receipt import Receipt
from agent.service.checkout import LeaseNeeded
from agent.service.returns import ReturnDesk
from agent.service.views import LeaseAsk
from agent.store.coupons import read_coupon
from agent.store.print_jobs import jobs_of_sale
from sync.wire.entries import SaleEntry, VoidEntry
from sync.wire.feed import CouponRow, ItemRow
from tests import builders
from tests.service.shop import Shop
from tests.service.taking_back import give_back, returns

CARD = "2980000000016"
MILK = "102"


@pytest.fixture
def member(shop: Shop) -> uuid.UUID:
    """A member with 1,500 points, all of them held here, in a shop with a barista course for 1,000."""
    shop.publish(builders.points_per_money(), builders.course_voucher(), builders.a_course(), version=2)
    account_id = shop.know_member(card=CARD, points=1500).account_id
    shop.give_lease(account_id, 1500)
    return account_id


def books_a_course(shop: Shop) -> SaleEntry:
    shop.checkout.enter(CARD)
    shop.checkout.enter(MILK)
    shop.checkout.claim("book-course")
    return shop.sell()


def receipt_of(shop: Shop, sale: SaleEntry) -> Receipt:
    (job,) = jobs_of_sale(shop.store.reader(), sale.sale_id)
    return msgspec.json.decode(job.body, type=Receipt)


def code_of(shop: Shop, sale: SaleEntry) -> str:
    return receipt_of(shop, sale).coupons[0].qr_payload


def state_of(shop: Shop, sale: SaleEntry) -> str:
    known = read_coupon(shop.store.reader(), sale.coupons_issued[0].coupon_id)
    assert known is not None
    return known.state


def uses(shop: Shop, sale: SaleEntry) -> SaleEntry:
    shop.checkout.enter(MILK)
    shop.checkout.enter(code_of(shop, sale))
    return shop.sell()


def test_points_buy_a_voucher_that_the_receipt_prints(shop: Shop, member: uuid.UUID) -> None:
    sale = books_a_course(shop)

    assert (sale.discount_minor, sale.total_minor) == (0, sale.goods_minor)
    assert [one.points for one in sale.spent] == [1000]
    assert shop.held(member) == 500
    receipt = receipt_of(shop, sale)
    (printed,) = receipt.coupons
    assert (printed.title, printed.terms) == ("Barista course", ("Barista course for points",))
    assert (printed.valid_from, printed.valid_until) == (
        builders.TODAY,
        builders.TODAY + datetime.timedelta(days=89),
    )
    assert receipt.rewards == ()
    assert state_of(shop, sale) == "held"


def test_the_till_offers_it_and_says_what_a_tap_does(shop: Shop, member: uuid.UUID) -> None:
    shop.checkout.enter(CARD)
    (offered,) = shop.checkout.enter(MILK).offers
    assert (offered.state, offered.voucher, offered.points_cost) == ("available", "issued", 1000)

    (taken,) = shop.checkout.claim("book-course").offers
    assert (taken.state, taken.voucher, taken.claimed) == ("applied", "issued", True)

    assert shop.checkout.unclaim("book-course").offers[0].state == "available"
    assert shop.sell().coupons_issued == ()


def test_its_points_are_asked_of_hq_at_the_tap(shop: Shop) -> None:
    shop.publish(builders.points_per_money(), builders.course_voucher(), builders.a_course(), version=2)
    account_id = shop.know_member(card=CARD, points=1500).account_id
    shop.checkout.enter(CARD)
    (offered,) = shop.checkout.enter(MILK).offers
    assert offered.state == "refused", "no points are held here, and HQ is away"

    shop.hq.reachable = True
    with pytest.raises(LeaseNeeded) as needed:
        shop.checkout.claim("book-course")
    ask = needed.value.ask
    assert ask == LeaseAsk(account_id, builders.POINTS, 1000)
    shop.hq.ask_lease(ask.account_id, ask.unit, ask.target, 1.0)
    shop.checkout.claim("book-course")

    assert len(shop.sell().coupons_issued) == 1
    assert shop.held(account_id) == 0


def test_a_voucher_is_used_in_a_sale_for_nothing(shop: Shop, member: uuid.UUID) -> None:
    booked = books_a_course(shop)

    sale = uses(shop, booked)

    (used,) = sale.coupons_redeemed
    assert (used.program_id, used.discount_minor) == ("course", 0)
    assert sale.total_minor == sale.goods_minor
    assert receipt_of(shop, sale).vouchers_used == ("Barista course",)
    assert state_of(shop, booked) == "redeemed"


def test_a_voucher_is_used_once(shop: Shop, member: uuid.UUID) -> None:
    booked = books_a_course(shop)
    uses(shop, booked)
    shop.checkout.enter(MILK)

    with pytest.raises(LoyaltyError) as error:
        shop.checkout.enter(code_of(shop, booked))

    assert error.value.code == "coupon_redeemed"


def test_a_voucher_ends_like_any_coupon(shop: Shop, member: uuid.UUID) -> None:
    booked = books_a_course(shop)
    shop.clock.move(days=90)
    shop.checkout.enter(MILK)

    with pytest.raises(LoyaltyError) as error:
        shop.checkout.enter(code_of(shop, booked))

    assert error.value.code == "coupon_expired"


def test_a_members_own_voucher_is_used_by_nobody_else(shop: Shop, member: uuid.UUID) -> None:
    voucher = CouponRow(
        coupon_id=uuid.UUID(int=0x99),
        program_id="course",
        valid_from=builders.TODAY,
        valid_until=builders.TODAY,
        chain_id=shop.chain_id,
        state="held",
        owner=member,
    )
    shop.hears(voucher)
    shop.checkout.enter(MILK)

    with pytest.raises(LoyaltyError) as error:
        shop.checkout.redeem_coupon(serial(voucher.coupon_id))
    assert error.value.code == "coupon_needs_owner"

    shop.checkout.enter(CARD)
    shop.checkout.present_coupon(voucher.coupon_id)
    assert [one.coupon_id for one in shop.sell().coupons_redeemed] == [voucher.coupon_id]


def test_a_voucher_shown_before_any_goods_waits_for_a_line_and_the_till_says_so(
    shop: Shop, member: uuid.UUID
) -> None:
    booked = books_a_course(shop)

    state = shop.checkout.enter(code_of(shop, booked))
    assert state.notice is not None
    assert state.notice.title == "“Barista course” is in this sale."
    with pytest.raises(LoyaltyError, match="nothing to pay for"):
        shop.checkout.finish()

    assert shop.checkout.enter(MILK).notice is None
    assert len(shop.sell().coupons_redeemed) == 1


def test_what_was_booked_may_be_the_line_for_nothing(shop: Shop, member: uuid.UUID) -> None:
    """A visit without goods: the shop keeps an item at no price, and nothing is paid."""
    shop.hears(ItemRow(item_code="course", name="Barista course", price=Decimal(0)))
    booked = books_a_course(shop)
    shop.checkout.enter(code_of(shop, booked))

    sale = shop.sell("course")

    assert (sale.total_minor, len(sale.coupons_redeemed), sale.tenders) == (0, 1, ())
    give_back(ReturnDesk(shop.lane, shop.checkout.operator), sale)
    assert state_of(shop, booked) == "held"


def test_the_sale_that_issued_it_comes_back_with_its_points(
    shop: Shop, desk: ReturnDesk, member: uuid.UUID
) -> None:
    booked = books_a_course(shop)
    desk.find(booked.receipt_number)
    state = desk.choose_all()
    assert state.refund is not None
    assert [(one.title, one.fate) for one in state.refund.coupons] == [("Barista course", "void")]
    assert [one.given_back for one in state.refund.points] == [1000]

    give_back(desk, booked)

    assert state_of(shop, booked) == "void"
    assert [one.points for one in returns(shop)[0].given_back] == [1000]


def test_a_used_voucher_keeps_its_points_when_its_sale_comes_back(
    shop: Shop, desk: ReturnDesk, member: uuid.UUID
) -> None:
    booked = books_a_course(shop)
    uses(shop, booked)

    give_back(desk, booked)

    (back,) = returns(shop)
    assert (back.given_back, back.refund_minor) == ((), booked.total_minor)
    assert state_of(shop, booked) == "redeemed"


def test_a_sale_whose_voucher_was_used_cannot_be_voided(
    shop: Shop, desk: ReturnDesk, member: uuid.UUID
) -> None:
    booked = books_a_course(shop)
    uses(shop, booked)
    desk.find(booked.receipt_number)

    with pytest.raises(LoyaltyError) as error:
        desk.void("mistake")

    assert error.value.code == "coupon_used"


def test_a_void_of_the_sale_that_used_it_brings_it_back_and_one_of_the_other_makes_it_void(
    shop: Shop, desk: ReturnDesk, member: uuid.UUID
) -> None:
    booked = books_a_course(shop)
    used = uses(shop, booked)

    for sale, state in ((used, "held"), (booked, "void")):
        desk.find(sale.receipt_number)
        desk.begin_void()
        desk.void("mistake")
        assert state_of(shop, booked) == state
    (_first, last) = [entry for entry in shop.entries() if isinstance(entry, VoidEntry)]
    assert [one.points for one in last.given_back] == [1000]


def test_the_sale_that_used_it_brings_it_back_with_the_last_of_its_goods(
    shop: Shop, desk: ReturnDesk, member: uuid.UUID
) -> None:
    booked = books_a_course(shop)
    shop.checkout.enter("105")
    used = uses(shop, booked)

    give_back(desk, used, (1, 1))
    assert state_of(shop, booked) == "redeemed"
    give_back(desk, used)

    assert state_of(shop, booked) == "held"
    assert len(uses(shop, booked).coupons_redeemed) == 1


def test_a_voucher_leaves_the_sale_with_the_member_who_pays_for_it(shop: Shop, member: uuid.UUID) -> None:
    shop.checkout.enter(CARD)
    shop.checkout.enter(MILK)
    shop.checkout.claim("book-course")
    shop.checkout.forget_member()

    assert shop.sell().coupons_issued == ()
