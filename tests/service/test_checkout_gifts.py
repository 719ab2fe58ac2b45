"""What a sale gives away: said at the till, printed and journalled, and never charged."""

from __future__ import annotations

import msgspec
import pytest

from agent.domain.receipt import Receipt, ReceiptGift
from agent.domain.sale_check import check_sale
from agent.service.views import GiftView
from agent.store import balances, print_jobs
from sync.wire.feed import BalanceRow
from tests import builders
from tests.service.shop import Shop

PHONE = "0722123456"


def a_gift(program_id: str = "milk-on-us", item: str = "100", **fields: object) -> builders.JsonObject:
    reward = {"type": "gift", "item": item, "units": 2, "value_minor": 8_49}
    return builders.a_program(program_id, "promotion", rewards=[reward], **fields)


OVER_50 = {"conditions": [{"type": "min_spend", "amount_minor": 50_00}]}


def the_receipt(shop: Shop) -> Receipt:
    (job,) = print_jobs.jobs_of_sale(shop.store.reader(), shop.last_sale().sale_id)
    return msgspec.json.decode(job.body, type=Receipt)


def test_the_till_says_what_to_hand_over(shop: Shop) -> None:
    shop.publish(a_gift(**OVER_50))

    assert shop.checkout.enter("102").gifts == ()
    state = shop.checkout.enter("105")

    assert state.gifts == (
        GiftView(program_id="milk-on-us", title="Milk on us", item_name="Whole milk 1 l", units=2),
    )
    assert state.total_minor == 112_90
    shop.checkout.tender("cash")
    assert shop.checkout.finish().gifts == state.gifts
    assert shop.checkout.state().gifts == state.gifts


def test_a_gift_that_the_catalog_does_not_know_goes_by_its_code(shop: Shop) -> None:
    shop.publish(a_gift(item="tote-bag"))

    assert [gift.item_name for gift in shop.checkout.enter("102").gifts] == ["tote-bag"]


def test_a_gift_is_in_the_journal_and_nothing_is_charged_for_it(shop: Shop) -> None:
    shop.publish(a_gift(**OVER_50))

    sale = shop.sell("105")

    (gift,) = sale.gifts
    assert (gift.program_id, gift.item_code, gift.units, gift.value_minor) == ("milk-on-us", "100", 2, 16_98)
    assert (sale.goods_minor, sale.discount_minor, sale.total_minor) == (100_00, 0, 100_00)


def test_hq_misses_a_gift_that_the_sale_does_not_name(shop: Shop) -> None:
    program_set = builders.a_program_set(a_gift())
    shop.publish(a_gift())
    sale = shop.sell("105")
    assert check_sale(sale, program_set) == ()

    hidden = msgspec.structs.replace(sale, gifts=())

    assert [each.code for each in check_sale(hidden, program_set)] == ["gifts_differ_from_replay"]


def test_the_receipt_names_the_gift(shop: Shop) -> None:
    shop.publish(a_gift(receipt_text={"en": "Milk on the house"}))
    shop.sell("105")

    assert the_receipt(shop).gifts == (ReceiptGift("Whole milk 1 l", 2, "Milk on the house"),)


def test_a_gift_for_stamps_is_tapped_paid_from_the_lease_and_handed_over(shop: Shop) -> None:
    card = "stamp:bread-card"
    shop.publish(
        builders.a_program(
            "bread-card",
            "stamps",
            audience={"who": "members"},
            earning=[{"type": "per_visit", "points": "1"}],
        ),
        builders.a_program(
            "free-milk",
            "points_reward",
            trigger="choice",
            audience={"who": "members"},
            cost={"points_of": "bread-card", "points": 5},
            rewards=[{"type": "gift", "item": "100"}],
        ),
    )
    account_id = shop.know_member(phone=PHONE).account_id
    with shop.store.unit_of_work() as db:
        row = BalanceRow(account_id=account_id, unit=card, balance=6, available=6)
        balances.put_balance(db, row)
    shop.give_lease(account_id, 5, unit=card)
    shop.checkout.enter(PHONE)
    shop.checkout.enter("102")

    state = shop.checkout.claim("free-milk")

    assert [gift.item_name for gift in state.gifts] == ["Whole milk 1 l"]
    (offer,) = [one for one in state.offers if one.program_id == "free-milk"]
    assert (offer.state, offer.points_cost, offer.in_stamps, offer.claimed) == ("applied", 5, True, True)
    sale = shop.sell()
    assert [(one.unit, one.amount) for one in sale.lease_spends] == [(card, 5)]
    assert [gift.program_id for gift in sale.gifts] == ["free-milk"]


@pytest.mark.parametrize("removed", [True, False])
def test_a_gift_that_was_taken_off_is_not_handed_over(shop: Shop, removed: bool) -> None:
    shop.publish(a_gift())
    shop.checkout.enter("105")
    if removed:
        shop.checkout.take_off("milk-on-us")

    assert len(shop.sell().gifts) == (0 if removed else 1)
