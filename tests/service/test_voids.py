"""A sale of today is cancelled whole, and everything stands as if it had never been."""

from __future__ import annotations

import pytest

from agent.domain.errors import LoyaltyError
from agent.service.returns import ReturnDesk
from agent.store import coupons
from sync.wire.entries import VoidEntry
from tests.service.shop import ELENA, Shop
from tests.service.taking_back import (
    CARD,
    a_member,
    give_back,
    shown,
    the_disk_says_nothing,
)


def test_a_void_on_the_same_day_restores_everything(shop: Shop, desk: ReturnDesk) -> None:
    account = a_member(shop, 500)
    shop.give_lease(account, 500)
    for code in (CARD, "2*105"):
        shop.checkout.enter(code)
    shop.checkout.claim("reward-5")
    shop.checkout.tender("card", 5_000)
    shop.checkout.tender("cash", 20_000)
    shop.checkout.finish()
    sale = shop.last_sale()
    assert desk.find(sale.receipt_number).can_void

    done = desk.void("mistake")

    assert (done.void, done.refund_minor) == (True, sale.total_minor)
    assert done.tenders == (("cash", sale.total_minor - 5_000), ("card", 5_000))
    assert shown(shop, account) == 500
    (void,) = [entry for entry in shop.entries() if isinstance(entry, VoidEntry)]
    assert (void.reason, void.operator) == ("mistake", ELENA)
    known = coupons.read_coupon(shop.store.reader(), sale.coupons_issued[0].coupon_id)
    assert known is not None
    assert known.state == "void"
    with pytest.raises(LoyaltyError, match="was voided"):
        desk.find(sale.receipt_number)


def test_a_void_needs_a_reason(shop: Shop, desk: ReturnDesk) -> None:
    sale = shop.sell("102")
    desk.find(sale.receipt_number)

    with pytest.raises(LoyaltyError, match="reason is missing"):
        desk.void("  ")


def test_a_sale_of_yesterday_is_not_voided(shop: Shop, desk: ReturnDesk) -> None:
    sale = shop.sell("102")
    shop.clock.move(days=1)
    assert not desk.find(sale.receipt_number).can_void

    with pytest.raises(LoyaltyError, match="Only a sale of today"):
        desk.void("mistake")


def test_a_sale_that_came_back_in_part_is_not_voided(shop: Shop, desk: ReturnDesk) -> None:
    sale = shop.sell("2*102")
    give_back(desk, sale, (1, 1))
    desk.find(sale.receipt_number)

    with pytest.raises(LoyaltyError, match="came back already, so it cannot be voided"):
        desk.void("mistake")


def test_a_void_that_may_be_saved_is_asked_for_again_and_is_one_void(
    shop: Shop, desk: ReturnDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    sale = shop.sell("102")
    desk.find(sale.receipt_number)
    with (
        the_disk_says_nothing(shop, monkeypatch, saved=True),
        pytest.raises(LoyaltyError, match="not known yet"),
    ):
        desk.void("mistake")

    done = desk.void("mistake")

    (void,) = [entry for entry in shop.entries() if isinstance(entry, VoidEntry)]
    assert (done.receipt_number, done.void) == (void.receipt_number, True)


def test_a_void_is_shown_before_it_is_made(shop: Shop, desk: ReturnDesk) -> None:
    shop.checkout.enter("105")
    shop.checkout.tender("card", 4_000)
    shop.checkout.tender("cash")
    shop.checkout.finish()
    sale = shop.last_sale()
    desk.find(sale.receipt_number)

    state = desk.begin_void()

    assert state.refund is not None
    assert (state.voids, state.ready, state.refund_kinds) == (True, False, ())
    assert state.tenders == (("cash", sale.total_minor - 4_000), ("card", 4_000))
    assert not [entry for entry in shop.entries() if isinstance(entry, VoidEntry)]
    with pytest.raises(LoyaltyError, match="reason is missing"):
        desk.commit()
    assert desk.give_reason("mistake").ready
    assert desk.commit().void


def test_a_void_that_was_begun_can_still_become_a_return(shop: Shop, desk: ReturnDesk) -> None:
    sale = shop.sell("2*102")
    desk.find(sale.receipt_number)
    desk.begin_void()
    desk.give_reason("mistake")

    state = desk.choose(1, 1)

    assert (state.voids, state.reason, state.refund_to) == (False, "", "cash")


def test_a_void_that_was_begun_before_midnight_is_refused_after_it(shop: Shop, desk: ReturnDesk) -> None:
    sale = shop.sell("102")
    desk.find(sale.receipt_number)
    desk.begin_void()
    desk.give_reason("mistake")
    shop.clock.move(days=1)

    with pytest.raises(LoyaltyError, match="Only a sale of today"):
        desk.commit()
