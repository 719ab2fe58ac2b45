"""Goods come back and others are sold in one visit: both are saved, or neither."""

from __future__ import annotations

import msgspec
import pytest

from agent.domain.errors import LoyaltyError
from agent.domain.receipt import Receipt
from agent.service.returns import ReturnDesk
from agent.store.print_jobs import jobs_of_sale
from sync.wire.entries import SaleEntry
from tests.service.shop import ELENA, Shop
from tests.service.taking_back import (
    CARD,
    a_member,
    give_back,
    returns,
    shown,
)


def goods_for_an_exchange(shop: Shop, desk: ReturnDesk, sale: SaleEntry, *lines: tuple[int, int]) -> None:
    desk.find(sale.receipt_number)
    for line_id, count in lines:
        desk.choose(line_id, count)
    desk.give_reason("wrong_item")
    desk.refund_to("exchange")
    shop.checkout.exchange(desk.ready())


def test_an_exchange_pays_the_difference_and_is_saved_with_its_sale(shop: Shop, desk: ReturnDesk) -> None:
    sold = shop.sell("102")
    goods_for_an_exchange(shop, desk, sold, (1, 1))
    assert returns(shop) == []
    assert shop.checkout.state().exchange_minor == 1290

    shop.checkout.enter("101")
    state = shop.checkout.begin_tender()
    assert state.left_to_pay_minor == 1850 - 1290
    shop.checkout.tender("cash")
    shop.checkout.finish()

    (back,) = returns(shop)
    sale = shop.last_sale()
    assert back.exchange_sale_id == sale.sale_id
    assert [(one.kind, one.amount_minor) for one in back.tenders] == [("exchange", 1290)]
    assert [(one.kind, one.amount_minor) for one in sale.tenders] == [("exchange", 1290), ("cash", 560)]
    assert (back.receipt_number, sale.receipt_number) == ("2-0002", "2-0003")


def test_a_dearer_exchange_pays_out_the_rest(shop: Shop, desk: ReturnDesk) -> None:
    sold = shop.sell("101")
    goods_for_an_exchange(shop, desk, sold, (1, 1))
    shop.checkout.enter("102")

    assert shop.checkout.begin_tender().change_minor == 1850 - 1290
    assert shop.checkout.finish().change_minor == 560


def test_the_goods_of_an_exchange_cannot_be_left_out_of_the_payment(shop: Shop, desk: ReturnDesk) -> None:
    sold = shop.sell("102")
    goods_for_an_exchange(shop, desk, sold, (1, 1))
    shop.checkout.enter("101")
    shop.checkout.tender("cash", 560)
    assert [one.kind for one in shop.checkout.state().tenders] == ["exchange", "cash"]

    state = shop.checkout.untender(0)

    assert (state.phase, state.tenders) == ("selling", ())
    assert state.exchange_minor == 1290


def test_an_exchange_that_is_left_pays_nothing_out(shop: Shop, desk: ReturnDesk) -> None:
    sold = shop.sell("102")
    goods_for_an_exchange(shop, desk, sold, (1, 1))
    shop.checkout.enter("101")

    assert shop.checkout.abandon().exchange_minor == 0

    assert returns(shop) == []
    give_back(desk, sold)
    assert len(returns(shop)) == 1


def test_an_exchange_is_not_paid_out_beside_its_sale(shop: Shop, desk: ReturnDesk) -> None:
    sold = shop.sell("102")
    goods_for_an_exchange(shop, desk, sold, (1, 1))

    with pytest.raises(LoyaltyError, match="goes into a sale"):
        desk.commit()


def test_a_members_exchange_says_the_points_after_both(shop: Shop, desk: ReturnDesk) -> None:
    account = a_member(shop, 100)
    sold = shop.sell(CARD, "105")
    goods_for_an_exchange(shop, desk, sold, (1, 1))
    shop.checkout.enter(CARD)
    shop.checkout.enter("102")
    shop.checkout.finish()

    sale = shop.last_sale()
    (job,) = jobs_of_sale(shop.store.reader(), sale.sale_id)
    receipt = msgspec.json.decode(job.body, type=Receipt)
    assert receipt.member is not None
    assert receipt.member.points[0].after == shown(shop, account) == 100 + sale.earned[0].points


def test_goods_that_came_back_elsewhere_stop_the_whole_exchange(shop: Shop, desk: ReturnDesk) -> None:
    sold = shop.sell("102")
    goods_for_an_exchange(shop, desk, sold, (1, 1))
    give_back(ReturnDesk(shop.lane, ELENA), sold)
    shop.checkout.enter("101")
    shop.checkout.tender("cash")

    with pytest.raises(LoyaltyError, match="changed meanwhile"):
        shop.checkout.finish()
    assert len(shop.sales()) == 1
    assert len(returns(shop)) == 1


def test_an_exchange_is_taken_out_of_its_sale_again(shop: Shop, desk: ReturnDesk) -> None:
    sold = shop.sell("102")
    goods_for_an_exchange(shop, desk, sold, (1, 1))
    shop.checkout.enter("101")

    state = shop.checkout.drop_exchange()

    assert (state.exchange_minor, state.exchange_receipt) == (0, "")
    assert [line.item_code for line in state.lines] == ["101"]
    shop.checkout.tender("cash")
    shop.checkout.finish()
    assert returns(shop) == []
