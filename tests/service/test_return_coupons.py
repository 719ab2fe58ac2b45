"""What becomes of coupons when goods come back: void, deducted, or good again."""

from __future__ import annotations

import pytest

from agent.domain.errors import LoyaltyError
from agent.domain.ledger import coupon_unit
from agent.service.coupons import release_for_any_lane
from agent.service.returns import ReturnDesk
from agent.store import coupons
from tests.service.shop import Shop
from tests.service.taking_back import (
    a_sale_that_prints_a_coupon,
    code_of,
    give_back,
    returns,
)


def test_a_coupon_of_a_returned_sale_is_void(shop: Shop, desk: ReturnDesk) -> None:
    sale = a_sale_that_prints_a_coupon(shop)
    (issued,) = sale.coupons_issued
    desk.find(sale.receipt_number)
    state = desk.choose(1, 1)
    assert state.refund is not None
    assert [(one.title, one.fate) for one in state.refund.coupons] == [("Next visit 10", "void")]

    give_back(desk, sale, (1, 1))

    known = coupons.read_coupon(shop.store.reader(), issued.coupon_id)
    assert known is not None
    assert known.state == "void"
    legs = [(leg.bucket, leg.amount) for leg in returns(shop)[0].postings]
    assert (f"lease:{shop.chain_id}", -1) in legs


def test_a_coupon_that_hq_has_already_is_hqs_to_void(shop: Shop, desk: ReturnDesk) -> None:
    sale = a_sale_that_prints_a_coupon(shop)
    release_for_any_lane(shop.store, shop.clock.now_ms())

    give_back(desk, sale)

    (taken,) = returns(shop)[0].coupons_taken
    assert taken.state == "asked"
    assert not [leg for leg in returns(shop)[0].postings if leg.unit == coupon_unit(taken.coupon_id)]


def test_a_used_coupon_of_a_returned_sale_is_deducted(shop: Shop, desk: ReturnDesk) -> None:
    sale = a_sale_that_prints_a_coupon(shop)
    (issued,) = sale.coupons_issued
    shop.clock.move(days=1)
    shop.checkout.enter("102")
    shop.checkout.enter(code_of(shop, sale))
    assert shop.sell().coupons_redeemed[0].discount_minor == 129

    give_back(desk, sale)

    (back,) = returns(shop)
    assert (back.goods_minor, back.deducted_minor) == (sale.total_minor, 129)
    assert back.refund_minor == sale.total_minor - 129
    known = coupons.read_coupon(shop.store.reader(), issued.coupon_id)
    assert known is not None
    assert known.state == "redeemed"


def test_a_coupon_that_the_returned_sale_used_can_be_used_again_offline(shop: Shop, desk: ReturnDesk) -> None:
    first = a_sale_that_prints_a_coupon(shop)
    code = code_of(shop, first)
    shop.clock.move(days=1)
    shop.checkout.enter("102")
    shop.checkout.enter(code)
    second = shop.sell()

    give_back(desk, second)

    assert returns(shop)[0].coupons_back == (first.coupons_issued[0].coupon_id,)
    shop.checkout.enter("102")
    assert shop.checkout.enter(code).saved_minor == 129


def test_a_coupon_used_while_the_return_was_open_stops_it(shop: Shop, desk: ReturnDesk) -> None:
    sale = a_sale_that_prints_a_coupon(shop)
    shop.clock.move(days=1)
    desk.find(sale.receipt_number)
    desk.choose_all()
    desk.give_reason("faulty")
    desk.refund_to("cash")
    shop.checkout.enter("102")
    shop.checkout.enter(code_of(shop, sale))
    shop.sell()

    with pytest.raises(LoyaltyError, match="changed meanwhile"):
        desk.commit()
    assert returns(shop) == []
