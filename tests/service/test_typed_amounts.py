"""Gift cards whose amount is typed: asked for first, within what the shop sells, and then like any other card."""

from __future__ import annotations

from decimal import Decimal

import msgspec
import pytest

from agent.domain.errors import LoyaltyError
from agent.service.feed import BadFeedRow
from agent.service.returns import ReturnDesk
from agent.store import catalog, settings
from sync.wire.entries import ReturnEntry, VoidEntry
from sync.wire.feed import ItemRow, TypedAmountRow
from tests import builders
from tests.service.shop import STORE, Shop
from tests.service.test_gift_cards import CARD, GIFT_50, MONEY, NUMBER, OTHER, on_card, refused, sums

ANY = ItemRow(item_code="960", name="Gift card", price=Decimal(0), gift_card=True)
LIMITS = TypedAmountRow(item_code="960", lowest_minor=10_00, highest_minor=500_00)


@pytest.fixture(autouse=True)
def with_cards(shop: Shop) -> None:
    with shop.store.unit_of_work() as db:
        settings.put_store(db, msgspec.structs.replace(STORE, gift_cards=True))
        catalog.put_item(db, GIFT_50)
        catalog.put_item(db, ANY)
    shop.hears(LIMITS)


@pytest.mark.parametrize(
    ("typed", "minor"), [("75", 75_00), ("10", 10_00), ("500", 500_00), ("62,5", 62_50), ("12.34", 12_34)]
)
def test_the_amount_is_asked_for_before_the_card(shop: Shop, typed: str, minor: int) -> None:
    state = shop.checkout.enter("960")
    assert (state.lines[0].amount_wanted, state.total_minor) == (True, 0)
    assert state.notice is not None
    assert (state.notice.title, state.notice.advice) == (
        "Gift card needs its amount.",
        "Type 10.00 to 500.00, then Enter.",
    )

    state = shop.checkout.enter(typed)
    assert (state.lines[0].amount_wanted, state.lines[0].card_wanted, state.total_minor) == (
        False,
        True,
        minor,
    )
    shop.checkout.enter(NUMBER)
    sale = shop.sell()

    (load,) = sale.cards_loaded
    assert (load.account_id, load.amount_minor, sale.total_minor) == (CARD, minor, minor)
    assert sums(sale) == {(CARD, MONEY, "pending"): minor, (CARD, MONEY, f"issued:{STORE.store_id}"): -minor}


@pytest.mark.parametrize("typed", ["9.99", "500.01", "0", "999999", "12.345", "9,999"])
def test_an_amount_out_of_range_is_refused_in_one_sentence_and_asked_for_again(
    shop: Shop, typed: str
) -> None:
    shop.checkout.enter("960")

    with pytest.raises(LoyaltyError) as told:
        shop.checkout.enter(typed)

    assert (told.value.code, told.value.title) == ("amount_out_of_range", "Gift card takes 10.00 to 500.00.")
    assert shop.checkout.state().lines[0].amount_wanted
    assert shop.checkout.enter("20").total_minor == 20_00


def test_nothing_is_paid_and_no_card_taken_before_the_amount(shop: Shop) -> None:
    shop.checkout.enter("960")

    assert refused(shop.checkout.begin_tender) == "amount_wanted"
    assert refused(shop.checkout.tender, "cash") == "amount_wanted"
    assert refused(shop.checkout.enter, NUMBER) in ("unknown_code", "amount_wanted")
    assert shop.checkout.state().lines[0].card_last4 == ""
    assert refused(shop.checkout.enter, "960960") == "amount_out_of_range"


def test_a_line_that_waits_for_its_amount_is_removed_like_any_other(shop: Shop) -> None:
    line = shop.checkout.enter("960").lines[0]
    assert shop.checkout.remove_line(line.line_id).notice is None

    state = shop.checkout.enter("102")

    assert [one.item_code for one in state.lines] == ["102"], "a short number is an item again"


def test_two_cards_of_two_amounts_are_two_lines(shop: Shop) -> None:
    for typed, number in (("20", NUMBER), ("30", OTHER)):
        shop.checkout.enter("960")
        shop.checkout.enter(typed)
        shop.checkout.enter(number)

    assert [load.amount_minor for load in shop.sell().cards_loaded] == [20_00, 30_00]


def test_a_card_is_topped_up_by_selling_onto_it_again(shop: Shop) -> None:
    on_card(shop, 15_00)
    shop.checkout.enter("960")
    shop.checkout.enter("20")
    shop.checkout.enter(NUMBER)
    shop.sell()

    with pytest.raises(LoyaltyError, match=r"ending 4417 has 35\.00 left"):
        shop.checkout.enter(NUMBER)


def test_a_members_discounts_and_prices_leave_the_typed_amount_alone(shop: Shop) -> None:
    shop.publish(builders.percent_off("all", "0.5"), builders.points_per_money())
    shop.know_member(phone="0722123456")
    shop.checkout.enter("960")
    shop.checkout.enter("80")
    shop.checkout.enter("0722123456")
    shop.checkout.enter(NUMBER)

    sale = shop.sell()

    assert (sale.total_minor, sale.discount_minor, sale.earned) == (80_00, 0, ())


def test_it_comes_back_whole_and_is_voided_like_any_card(shop: Shop, desk: ReturnDesk) -> None:
    shop.checkout.enter("960")
    shop.checkout.enter("80")
    shop.checkout.enter(NUMBER)
    sale = shop.sell()
    desk.find(sale.receipt_number)
    desk.choose(1, 1)
    desk.give_reason("unwanted")
    desk.commit()

    (back,) = [one for one in shop.entries() if isinstance(one, ReturnEntry | VoidEntry)]
    assert [load.amount_minor for load in back.cards_emptied] == [80_00]
    assert sums(sale, back) == {}


def test_a_card_with_a_price_asks_for_nothing(shop: Shop) -> None:
    assert not shop.checkout.enter("950").lines[0].amount_wanted


def test_a_card_that_has_a_price_again_asks_for_nothing(shop: Shop) -> None:
    shop.hears(TypedAmountRow(item_code="960"))

    assert not shop.checkout.enter("960").lines[0].amount_wanted


def test_limits_that_make_no_sense_are_no_feed_of_ours(shop: Shop) -> None:
    with pytest.raises(BadFeedRow, match="highest_minor"):
        shop.hears(TypedAmountRow(item_code="960", lowest_minor=5, highest_minor=1))

    shop.checkout.enter("960")
    assert shop.checkout.enter("20").total_minor == 20_00


def test_an_item_that_is_no_gift_card_keeps_its_price(shop: Shop) -> None:
    shop.hears(TypedAmountRow(item_code="102", lowest_minor=1, highest_minor=100))

    assert shop.checkout.enter("102").total_minor == 1290
