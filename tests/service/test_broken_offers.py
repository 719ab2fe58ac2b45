"""A return breaks an offer's threshold: it is kept, the rest is priced again, or the cashier is asked."""

from __future__ import annotations

import pytest

from agent.domain.errors import LoyaltyError
from agent.service.returns import ReturnDesk
from sync.wire.entries import SaleEntry
from tests import builders
from tests.service.shop import Shop
from tests.service.taking_back import (
    give_back,
    returns,
    rules,
)


def a_sale_over_a_hundred(shop: Shop) -> SaleEntry:
    sale = shop.sell("105", "102")
    assert sale.discount_minor == 10_00
    return sale


def test_a_broken_offer_is_kept_unless_the_shop_says_otherwise(shop: Shop, desk: ReturnDesk) -> None:
    sale = a_sale_over_a_hundred(shop)
    desk.find(sale.receipt_number)

    state = desk.choose(1, 1)

    assert state.refund is not None
    assert state.refund.repriced_minor == 0
    assert state.refund.kept_minor is None


def test_a_shop_may_price_the_rest_again(shop: Shop, desk: ReturnDesk) -> None:
    rules(shop, broken_offers="reprice")
    sale = a_sale_over_a_hundred(shop)
    desk.find(sale.receipt_number)

    state = desk.choose(1, 1)

    assert state.refund is not None
    assert state.refund.refund_minor == sale.total_minor - 1290
    assert state.refund.repriced_minor > 0
    give_back(desk, sale, (1, 1))
    give_back(desk, sale)
    assert [one.repriced for one in returns(shop)] == [True, False]
    assert sum(one.refund_minor for one in returns(shop)) == sale.total_minor


def test_a_shop_may_ask_each_time(shop: Shop, desk: ReturnDesk) -> None:
    rules(shop, broken_offers="ask")
    sale = a_sale_over_a_hundred(shop)
    desk.find(sale.receipt_number)
    desk.give_reason("faulty")
    state = desk.choose(1, 1)
    assert state.refund is not None
    assert state.refund.kept_minor != state.refund.repriced_refund_minor
    assert not state.ready
    with pytest.raises(LoyaltyError, match="no longer holds"):
        desk.commit()

    state = desk.answer_broken_offers("reprice")

    assert state.ready
    assert state.refund is not None
    assert state.refund.refund_minor == sale.total_minor - 1290
    state = desk.answer_broken_offers("keep")
    assert state.refund is not None
    assert state.refund.repriced_minor == 0


def test_the_rest_is_not_priced_by_programs_that_came_after_the_sale(shop: Shop, desk: ReturnDesk) -> None:
    rules(shop, broken_offers="reprice")
    sale = a_sale_over_a_hundred(shop)
    for version in (2, 3):
        shop.publish(builders.points_per_money(), version=version)
    desk.find(sale.receipt_number)

    state = desk.choose(1, 1)

    assert state.refund is not None
    assert state.refund.repriced_minor == 0
