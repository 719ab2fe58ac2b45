"""A real register's exchange at the real HQ: return and sale are posted together, and agree."""

from __future__ import annotations

import pytest

from agent.service.returns import ReturnDesk
from tests.sync.lanes import eventually
from tests.sync.real_hq import OPERATOR, RealLane


@pytest.fixture
def lane(real_hq, tmp_path):
    real_hq.enrol(tmp_path / "r1", "Casa 1")
    opened = RealLane(real_hq, tmp_path / "r1").ready()
    yield opened
    opened.stop()


@pytest.mark.parametrize(("back", "bought"), [("1001", ("1001", "1001")), ("1001", ("1001",))])
def test_goods_exchanged_at_a_register_are_posted_at_hq(real_hq, lane, back, bought):
    waiting = real_hq.quarantined()
    sold = lane.sell(back)
    desk = ReturnDesk(lane.agent.lane, OPERATOR)
    desk.find(sold.receipt_number)
    desk.choose(1, 1)
    desk.give_reason("wrong_item")
    desk.refund_to("exchange")
    checkout = lane.checkout
    checkout.exchange(desk.ready())
    for code in bought:
        checkout.enter(code)
    if checkout.begin_tender().left_to_pay_minor:
        checkout.tender("cash")
    checkout.finish()

    eventually(lane.all_sent)
    assert real_hq.quarantined() == waiting
