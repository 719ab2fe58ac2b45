"""A gift card sold in one store and used in another, at real registers and the real HQ: known there, and never overspent."""

from __future__ import annotations

import json
import shutil
import uuid
from pathlib import Path

import pytest

from agent.domain.errors import LoyaltyError
from agent.domain.gift_cards import card_account
from agent.service.checkout import LeaseNeeded
from agent.service.returns import ReturnDesk
from agent.store.balances import read_balances
from agent.store.feed_state import alias_of
from demo.local_shop import DEMO_SHOP
from sync.wire.entries import SaleEntry
from tests.patience import PATIENCE_S
from tests.sync.lanes import eventually
from tests.sync.real_hq import _MAKE_CODES, OPERATOR, RealHq, RealLane

ANY_CARD, MILK, MONEY = "1291", "1001", "money:RON"
ELSEWHERE = "str-lunga"


@pytest.fixture
def hq(real_hq: RealHq, tmp_path: Path) -> RealHq:
    """With a second store, which has the same goods, and members of its own: none."""
    shop = json.loads(DEMO_SHOP.read_text())
    shop["store"] = {**shop["store"], "store_id": ELSEWHERE, "name": "Strada Lungă"}
    shop["members"] = []
    shutil.copy(DEMO_SHOP.parent / shop["program_set"], tmp_path)
    path = tmp_path / "second.json"
    path.write_text(json.dumps(shop))
    real_hq.process.run("load-shop", str(path))
    return real_hq


@pytest.fixture
def lanes(hq, tmp_path):
    """A register in each store."""
    hq.enrol(tmp_path / "r1", "Casa 1")
    codes = hq._python(_MAKE_CODES.format(store=ELSEWHERE, count=1)).split()
    hq.enrol(tmp_path / "r2", "Casa 2", codes[0])
    made = [RealLane(hq, tmp_path / name).ready() for name in ("r1", "r2")]
    yield made
    for lane in made:
        lane.stop()


def a_number() -> str:
    return f"63{uuid.uuid4().int % 10**14:014}"


def sells_card(lane: RealLane, number: str, typed: str) -> None:
    for text in (ANY_CARD, typed, number):
        lane.checkout.enter(text)
    lane.checkout.begin_tender()
    lane.checkout.tender("cash")
    lane.checkout.finish()
    eventually(lane.all_sent)


def pays(lane: RealLane, number: str, *goods: str) -> SaleEntry:
    """As the till does it: HQ lends the amount first."""
    for code in goods:
        lane.checkout.enter(code)
    lane.checkout.begin_tender()
    try:
        lane.checkout.pay_with_card(number)
    except LeaseNeeded as needed:
        ask = needed.ask
        assert lane.agent.lane.link.ask_lease(ask.account_id, ask.unit, ask.target, PATIENCE_S) == "granted"
        lane.checkout.pay_with_card(number)
    if lane.checkout.state().left_to_pay_minor:
        lane.checkout.tender("cash")
    lane.checkout.finish()
    return [entry for entry in lane.entries() if isinstance(entry, SaleEntry)][-1]


def on_card(lane: RealLane, number: str) -> int | None:
    reader = lane.store.reader()
    account = alias_of(reader, card_account(lane.agent.lane.store_key, number))
    held = read_balances(reader, account).get(MONEY)
    return held.points if held is not None else None


def by_card(sale: SaleEntry) -> int:
    return sum(one.amount_minor for one in sale.tenders if one.kind == "gift_card")


def test_a_card_pays_in_another_store_what_is_on_it_and_both_know(hq, lanes):
    waiting = hq.quarantined()
    here, there = lanes
    number = a_number()
    sells_card(here, number, "20")
    card = card_account(here.agent.lane.store_key, number)
    assert on_card(there, number) is None

    first = pays(there, number, MILK)
    eventually(there.all_sent)
    left = 20_00 - by_card(first)

    assert by_card(first) == first.total_minor
    assert [one.account_id for one in first.tenders] == [card]
    for lane in lanes:
        eventually(lambda lane=lane: on_card(lane, number) == left)

    rest = pays(here, number, MILK, MILK, MILK)
    eventually(here.all_sent)
    assert by_card(rest) == left
    for lane in lanes:
        eventually(lambda lane=lane: on_card(lane, number) == 0)
    assert hq.bucket(card, MONEY, "available") == 0
    assert hq.quarantined() == waiting


def test_goods_that_a_card_of_another_store_paid_go_back_onto_it(hq, lanes):
    waiting = hq.quarantined()
    here, there = lanes
    number = a_number()
    sells_card(here, number, "20")
    sale = pays(there, number, MILK)

    desk = ReturnDesk(there.agent.lane, OPERATOR)
    desk.find(sale.receipt_number)
    desk.choose(1, 1)
    desk.give_reason("unwanted")
    desk.commit()

    for lane in lanes:
        eventually(lambda lane=lane: on_card(lane, number) == 20_00)
    assert hq.quarantined() == waiting


def test_a_card_is_topped_up_in_another_store(hq, lanes):
    waiting = hq.quarantined()
    here, there = lanes
    number = a_number()
    sells_card(here, number, "20")

    sells_card(there, number, "30")

    for lane in lanes:
        eventually(lambda lane=lane: on_card(lane, number) == 50_00)
    assert hq.bucket(card_account(here.agent.lane.store_key, number), MONEY, "available") == 50_00
    assert hq.quarantined() == waiting


def test_two_stores_never_spend_the_same_money(hq, lanes):
    waiting = hq.quarantined()
    here, there = lanes
    number = a_number()
    sells_card(here, number, "10")
    card = card_account(here.agent.lane.store_key, number)
    there.checkout.enter(MILK)
    there.checkout.begin_tender()
    with pytest.raises(LeaseNeeded) as needed:
        there.checkout.pay_with_card(number)
    ask = needed.value.ask
    assert there.agent.lane.link.ask_lease(ask.account_id, ask.unit, ask.target, PATIENCE_S) == "granted"

    # What one store holds the other is not lent.
    assert here.agent.lane.link.ask_lease(card, MONEY, 10_00, PATIENCE_S) == "refused"
    there.checkout.pay_with_card(number)
    there.checkout.finish()
    eventually(there.all_sent)
    assert hq.bucket(card, MONEY, "available") >= 0
    assert hq.quarantined() == waiting


def test_with_hq_away_a_card_of_another_store_is_refused_in_the_sentence_that_is_there(hq, lanes):
    here, there = lanes
    number = a_number()
    sells_card(here, number, "20")
    pays(there, number, MILK)
    eventually(there.all_sent)
    there.stop()
    there.reopen()

    there.checkout.enter(MILK)
    there.checkout.begin_tender()
    with pytest.raises(LoyaltyError, match="when the connection is back"):
        there.checkout.pay_with_card(number)
    with pytest.raises(LoyaltyError, match="No gift card ending"):
        there.checkout.pay_with_card(a_number())
    there.checkout.tender("cash")
    there.checkout.finish()


def test_a_number_that_nobody_sold_is_unknown_everywhere(lanes):
    _here, there = lanes
    there.checkout.enter(MILK)
    there.checkout.begin_tender()

    with pytest.raises(LoyaltyError, match="No gift card ending"):
        there.checkout.pay_with_card(a_number())
