"""A gift card of a typed amount at real registers and the real HQ: sold, topped up, used elsewhere, and brought back."""

from __future__ import annotations

import uuid

import pytest

from agent.domain.gift_cards import card_account
from agent.service.returns import ReturnDesk
from agent.store.balances import read_balances
from tests.sync.lanes import eventually
from tests.sync.real_hq import OPERATOR, RealLane

ANY_CARD, MONEY = "1291", "money:RON"


@pytest.fixture
def lanes(real_hq, tmp_path):
    made = []
    for number in (1, 2):
        real_hq.enrol(tmp_path / f"r{number}", f"Casa {number}")
        made.append(RealLane(real_hq, tmp_path / f"r{number}").ready())
    yield made
    for lane in made:
        lane.stop()


def sells(lane: RealLane, number: str, typed: str) -> str:
    for text in (ANY_CARD, typed, number):
        lane.checkout.enter(text)
    lane.checkout.begin_tender()
    lane.checkout.tender("cash")
    return lane.checkout.finish().receipt_number


def on_card(lane: RealLane, card: uuid.UUID) -> int:
    held = read_balances(lane.store.reader(), card).get(MONEY)
    return held.points if held is not None else 0


def test_typed_amounts_add_up_on_the_card_at_every_register_and_come_back(real_hq, lanes):
    waiting = real_hq.quarantined()
    lane, other = lanes
    number = f"63{uuid.uuid4().int % 10**14:014}"
    card = card_account(lane.agent.lane.store_key, number)

    sells(lane, number, "75,50")
    eventually(lambda: on_card(other, card) == 75_50)
    receipt = sells(other, number, "20")
    eventually(lambda: on_card(lane, card) == 95_50)

    desk = ReturnDesk(other.agent.lane, OPERATOR)
    desk.find(receipt)
    desk.choose(1, 1)
    desk.give_reason("unwanted")
    desk.commit()

    eventually(lambda: on_card(lane, card) == 75_50)
    eventually(lambda: real_hq.bucket(card, MONEY, "available") == 75_50)
    assert real_hq.quarantined() == waiting
