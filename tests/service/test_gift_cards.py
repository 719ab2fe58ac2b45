"""Gift cards at the till: sold with their card, used as a tender from a lease, never for more than is on them."""

from __future__ import annotations

import uuid
from collections import Counter
from decimal import Decimal
from typing import Any

import msgspec
import pytest

from agent.domain.errors import LoyaltyError
from agent.domain.gift_cards import card_account
from agent.service.checkout import LeaseNeeded
from agent.service.returns import ReturnDesk
from agent.store import catalog, settings
from sync.wire.entries import ReturnEntry, VoidEntry
from sync.wire.feed import BalanceRow, ItemRow
from tests import builders
from tests.service.shop import ELENA, STORE, STORE_KEY, Shop
from tests.service.test_reports import rows

MONEY = "money:RON"
NUMBER, OTHER = "6300 1234 5678 4417", "6300123456780018"
CARD = card_account(STORE_KEY, "6300123456784417")
GIFT_50 = ItemRow(item_code="950", name="Gift card 50", price=Decimal(5000), gift_card=True)
BREAD, HAM = "102", "105"


@pytest.fixture(autouse=True)
def with_cards(shop: Shop) -> None:
    with shop.store.unit_of_work() as db:
        settings.put_store(db, msgspec.structs.replace(STORE, gift_cards=True))
        catalog.put_item(db, GIFT_50)


def on_card(shop: Shop, minor: int, account_id: uuid.UUID = CARD) -> None:
    """HQ's books have so much on the card, and every register of the store knows."""
    shop.hears(BalanceRow(account_id=account_id, unit=MONEY, balance=minor, available=minor))
    shop.hq.available[account_id, MONEY] = minor


def pays(shop: Shop, number: str = NUMBER, amount_minor: int | None = None) -> None:
    """As the till does it: ask HQ where it must lend, then again."""
    try:
        shop.checkout.pay_with_card(number, amount_minor)
    except LeaseNeeded as needed:
        shop.hq.ask_lease(needed.ask.account_id, needed.ask.unit, needed.ask.target, 1)
        shop.checkout.pay_with_card(number, amount_minor)


def refused(work: Any, *arguments: Any) -> str:
    with pytest.raises(LoyaltyError) as error:
        work(*arguments)
    return error.value.code


def sums(*entries: Any) -> Counter[tuple[uuid.UUID, str, str]]:
    found: Counter[tuple[uuid.UUID, str, str]] = Counter()
    for entry in entries:
        for leg in entry.postings:
            found[leg.account_id, leg.unit, leg.bucket] += leg.amount
    return Counter({place: amount for place, amount in found.items() if amount})


def printed(shop: Shop) -> str:
    (body,) = shop.store.reader().execute("select body from print_job order by rowid desc limit 1").fetchone()
    return bytes(body).decode()


def test_a_card_that_is_sold_is_loaded_with_what_its_line_costs(shop: Shop) -> None:
    shop.checkout.enter("950")
    state = shop.checkout.enter(NUMBER)
    assert (state.lines[0].card_last4, state.lines[0].card_wanted, state.total_minor) == ("4417", False, 5000)

    sale = shop.sell()

    (load,) = sale.cards_loaded
    assert (load.account_id, load.amount_minor, load.last4) == (CARD, 5000, "4417")
    assert sums(sale) == {(CARD, MONEY, "pending"): 5000, (CARD, MONEY, f"issued:{STORE.store_id}"): -5000}
    assert sale.earned == ()


def test_the_number_is_nowhere_in_the_registers_database(shop: Shop, tmp_path: Any) -> None:
    on_card(shop, 2000)
    shop.hq.reachable = True
    shop.checkout.enter("950")
    shop.checkout.enter(OTHER)
    shop.sell()
    shop.checkout.enter(BREAD)
    pays(shop)
    shop.sell()
    shop.store.close()

    everything = b"".join(file.read_bytes() for file in tmp_path.rglob("*") if file.is_file())
    assert b"678441" not in everything and b"6300123456780018" not in everything
    assert b"4417" in everything


def test_a_gift_card_without_its_card_is_not_paid_for(shop: Shop) -> None:
    state = shop.checkout.enter("950")
    assert state.lines[0].card_wanted and state.notice is not None

    assert refused(shop.checkout.begin_tender) == "card_wanted"
    assert refused(shop.checkout.tender, "cash") == "card_wanted"


def test_two_cards_are_two_lines_and_one_card_is_sold_once(shop: Shop) -> None:
    shop.checkout.enter("950")
    shop.checkout.enter(NUMBER)
    state = shop.checkout.enter("950")
    assert len(state.lines) == 2
    assert refused(shop.checkout.enter, NUMBER) == "card_in_sale"
    shop.checkout.enter(OTHER)
    assert refused(shop.checkout.enter, "2*950") == "one_card_a_line"

    assert [load.last4 for load in shop.sell().cards_loaded] == ["4417", "0018"]


def test_a_line_that_is_removed_takes_its_card_along(shop: Shop) -> None:
    shop.checkout.enter("950")
    state = shop.checkout.enter(NUMBER)
    shop.checkout.remove_line(state.lines[0].line_id)

    assert shop.sell(BREAD).cards_loaded == ()


def test_a_gift_card_takes_no_discount_and_earns_nothing(shop: Shop) -> None:
    shop.publish(builders.percent_off("all", "0.5"), builders.points_per_money())
    shop.know_member(phone="0722123456")
    shop.checkout.enter("0722123456")
    shop.checkout.enter("950")
    shop.checkout.enter(NUMBER)

    sale = shop.sell()

    assert (sale.total_minor, sale.earned) == (5000, ())


def test_a_card_pays_what_it_can_and_cash_the_rest(shop: Shop) -> None:
    on_card(shop, 1000)
    shop.hq.reachable = True
    shop.checkout.enter(BREAD)
    pays(shop)
    assert shop.checkout.state().left_to_pay_minor == 290

    sale = shop.sell()

    assert [(one.kind, one.amount_minor, one.reference) for one in sale.tenders] == [
        ("gift_card", 1000, "4417"),
        ("cash", 290, ""),
    ]
    assert sale.tenders[0].account_id == CARD
    assert sums(sale) == {
        (CARD, MONEY, f"lease:{shop.chain_id}"): -1000,
        (CARD, MONEY, f"redeemed:{STORE.store_id}"): 1000,
    }
    assert refused(shop.checkout.enter, NUMBER) == "card_balance"
    assert '"last4":"4417","balance_minor":0' in printed(shop)


def test_points_are_earned_on_what_a_card_pays(shop: Shop) -> None:
    shop.publish(builders.points_per_money())
    shop.know_member(phone="0722123456")
    on_card(shop, 5000)
    shop.hq.reachable = True
    shop.checkout.enter("0722123456")
    shop.checkout.enter(BREAD)
    pays(shop)

    assert [one.points for one in shop.sell().earned] == [12]


def test_offline_a_card_pays_only_what_this_register_holds_of_it(shop: Shop) -> None:
    on_card(shop, 5000)
    shop.checkout.enter(BREAD)
    assert refused(shop.checkout.pay_with_card, NUMBER) == "card_offline"

    shop.give_lease(CARD, 1000, unit=MONEY)
    assert refused(shop.checkout.pay_with_card, NUMBER) == "card_offline"
    shop.checkout.pay_with_card(NUMBER, 1000)
    assert refused(shop.checkout.pay_with_card, NUMBER) == "card_offline"

    assert shop.sell().tenders[0].amount_minor == 1000


@pytest.mark.parametrize(
    ("number", "amount", "code"),
    [
        ("0722123456", None, "card_number"),
        ("abcdefghijklmnop", None, "card_number"),
        (OTHER, None, "unknown_gift_card"),
        (NUMBER, 1001, "card_too_small"),
        (NUMBER, 0, "card_over"),
        (NUMBER, -5, "card_over"),
    ],
)
def test_what_cannot_be_paid_is_refused_in_one_sentence(
    shop: Shop, number: str, amount: int | None, code: str
) -> None:
    on_card(shop, 1000)
    shop.hq.reachable = True
    shop.checkout.enter(BREAD)

    assert refused(shop.checkout.pay_with_card, number, amount) == code
    assert shop.checkout.state().tenders == ()


def test_an_empty_card_and_a_store_without_cards_refuse(shop: Shop) -> None:
    on_card(shop, 0)
    shop.checkout.enter(BREAD)
    assert refused(shop.checkout.pay_with_card, NUMBER) == "card_empty"
    with shop.store.unit_of_work() as db:
        settings.put_store(db, STORE)
    shop.checkout.abandon()
    shop.checkout.enter(BREAD)

    assert refused(shop.checkout.pay_with_card, NUMBER) == "no_gift_cards"


def test_a_card_pays_for_no_card(shop: Shop) -> None:
    on_card(shop, 9000)
    shop.hq.reachable = True
    shop.checkout.enter("950")
    shop.checkout.enter(OTHER)

    assert refused(shop.checkout.pay_with_card, NUMBER) == "card_for_card"
    assert refused(shop.checkout.pay_with_card, OTHER) == "card_in_sale"


def test_two_parts_of_one_card_never_come_to_more_than_is_on_it(shop: Shop) -> None:
    on_card(shop, 1200)
    shop.hq.reachable = True
    shop.checkout.enter(BREAD)
    pays(shop, amount_minor=700)
    assert refused(shop.checkout.pay_with_card, NUMBER, 501) == "card_too_small"
    pays(shop, amount_minor=500)

    sale = shop.sell()

    assert sum(one.amount for one in sale.lease_spends) == 1200
    assert sale.tenders[-1].amount_minor == 90


def test_what_hq_lent_for_a_card_that_was_taken_off_goes_back(shop: Shop) -> None:
    on_card(shop, 5000)
    shop.hq.reachable = True
    shop.checkout.enter(BREAD)
    pays(shop)
    shop.checkout.untender(0)
    shop.sell()

    assert shop.held(CARD, MONEY) == 0
    assert (
        sum(getattr(entry, "amount", 0) for entry in shop.entries() if type(entry).__name__ == "Release")
        == 1290
    )


def give_back(shop: Shop, *choices: tuple[int, int], to: str = "") -> ReturnEntry:
    desk = ReturnDesk(shop.lane, ELENA)
    desk.find(shop.last_sale().receipt_number)
    for line_id, count in choices:
        desk.choose(line_id, count)
    desk.give_reason("faulty")
    if to:
        desk.refund_to(to)
    desk.commit()
    return [entry for entry in shop.entries() if isinstance(entry, ReturnEntry)][-1]


def test_goods_that_a_card_paid_for_go_back_onto_it_first(shop: Shop) -> None:
    on_card(shop, 2000)
    shop.hq.reachable = True
    shop.checkout.enter("2*" + BREAD)
    pays(shop)
    sale = shop.sell()
    line = sale.quote_input.basket.lines[0].line_id

    first = give_back(shop, (line, 1))
    second = give_back(shop, (line, 1), to="cash")

    assert [(one.kind, one.amount_minor) for one in first.tenders] == [("gift_card", 1290)]
    assert [(one.kind, one.amount_minor) for one in second.tenders] == [("gift_card", 710), ("cash", 580)]
    assert sums(sale, first, second) == {
        (CARD, MONEY, f"lease:{shop.chain_id}"): -2000,
        (CARD, MONEY, "pending"): 2000,
    }
    assert refused(shop.checkout.enter, NUMBER) == "card_balance"


def test_what_a_card_paid_never_goes_into_an_exchange(shop: Shop) -> None:
    on_card(shop, 1000)
    shop.hq.reachable = True
    shop.checkout.enter(BREAD)
    pays(shop)
    shop.sell()
    desk = ReturnDesk(shop.lane, ELENA)
    state = desk.find(shop.last_sale().receipt_number)

    state = desk.choose(state.lines[0].line_id, 1)

    assert state.refund_kinds == ("cash",)


def test_a_card_that_was_sold_comes_back_with_all_that_is_on_it(shop: Shop) -> None:
    shop.checkout.enter("950")
    shop.checkout.enter(NUMBER)
    sale = shop.sell()

    back = give_back(shop, (sale.cards_loaded[0].line_id, 1))

    assert back.refund_minor == 5000
    assert back.cards_emptied == sale.cards_loaded
    assert sums(sale, back) == {}
    assert refused(shop.checkout.enter, NUMBER) == "card_balance"


def test_a_card_that_was_used_does_not_come_back(shop: Shop) -> None:
    shop.checkout.enter("950")
    shop.checkout.enter(NUMBER)
    sale = shop.sell()
    shop.hears(
        BalanceRow(
            account_id=CARD, unit=MONEY, balance=4000, available=4000, includes_seq={str(shop.chain_id): 99}
        )
    )
    desk = ReturnDesk(shop.lane, ELENA)
    desk.find(sale.receipt_number)

    assert refused(desk.choose, sale.cards_loaded[0].line_id, 1) == "card_used"


def test_a_void_makes_it_as_if_the_card_had_never_paid(shop: Shop) -> None:
    on_card(shop, 1000)
    shop.hq.reachable = True
    shop.checkout.enter(BREAD)
    pays(shop)
    sale = shop.sell()
    desk = ReturnDesk(shop.lane, ELENA)
    desk.find(sale.receipt_number)
    desk.void("mistake")

    (void,) = [entry for entry in shop.entries() if isinstance(entry, VoidEntry)]
    assert [(one.kind, one.amount_minor, one.account_id) for one in void.tenders] == [
        ("cash", 290, None),
        ("gift_card", 1000, CARD),
    ]
    assert sums(sale, void)[CARD, MONEY, "pending"] == 1000


def test_a_member_card_and_a_phone_are_no_gift_cards(shop: Shop) -> None:
    shop.know_member("Ioana Munteanu", card="2980000074417")
    shop.checkout.enter("950")

    state = shop.checkout.enter("2980000074417")

    assert state.member is not None and state.lines[0].card_wanted


def test_one_number_is_another_account_under_another_key() -> None:
    number = "6300123456784417"

    assert card_account(STORE_KEY, number) == card_account(STORE_KEY, number)
    assert card_account(STORE_KEY, number) != card_account(bytes(32), number)
    assert card_account(STORE_KEY, number).version == 8


def test_the_report_says_by_how_much_the_shop_owes_more(shop: Shop) -> None:
    on_card(shop, 1000, card_account(STORE_KEY, "6300123456780018"))
    shop.hq.reachable = True
    shop.checkout.enter("950")
    shop.checkout.enter(NUMBER)
    shop.sell()
    shop.checkout.enter(BREAD)
    pays(shop, OTHER)
    sale = shop.sell()
    give_back(shop, (sale.quote_input.basket.lines[0].line_id, 1))

    assert rows(shop, "gift-cards") == [
        {
            "date": builders.TODAY,
            "sold": 1,
            "loaded": 5000,
            "payments": 1,
            "paid": 1000,
            "put_back": 1000,
            "emptied": 0,
            "net": 5000,
        }
    ]


def test_a_card_that_another_store_sold_is_asked_of_hq_and_pays(shop: Shop) -> None:
    shop.hq.reachable = True
    account = builders.an_id(4711)
    shop.hq.cards_elsewhere["6300123456784417"] = BalanceRow(
        account_id=account, unit=MONEY, balance=2000, available=2000
    )
    shop.hq.available[account, MONEY] = 2000
    shop.checkout.enter(BREAD)
    shop.checkout.begin_tender()
    try:
        shop.checkout.enter(NUMBER)
    except LeaseNeeded as needed:
        shop.hq.ask_lease(needed.ask.account_id, needed.ask.unit, needed.ask.target, 1)
        shop.checkout.enter(NUMBER)

    sale = shop.sell()

    assert [(one.kind, one.amount_minor, one.account_id) for one in sale.tenders] == [
        ("gift_card", 1290, account)
    ]
    assert shop.hq.lookups == ["6300123456784417"], "HQ is asked once; from then on the card is known here"
    shop.hq.reachable = False
    assert refused(shop.checkout.enter, NUMBER) == "card_balance"


def test_hq_is_asked_about_no_number_that_is_something_else_here(shop: Shop) -> None:
    shop.hq.reachable = True
    with shop.store.unit_of_work() as db:
        catalog.put_item(
            db, ItemRow(item_code="970", name="Jam", price=Decimal(500), codes=("5940000090104",))
        )
    shop.know_member(card="2980000074417")
    shop.checkout.enter(BREAD)
    shop.checkout.begin_tender()

    shop.checkout.enter("5940000090104")
    shop.checkout.begin_tender()
    shop.checkout.enter("2980000074417")

    assert shop.hq.lookups == []


def test_a_card_of_another_currency_is_no_card_here(shop: Shop) -> None:
    shop.hq.reachable = True
    shop.hq.cards_elsewhere["6300123456784417"] = BalanceRow(
        account_id=builders.an_id(4711), unit="money:EUR", balance=2000, available=2000
    )
    shop.checkout.enter(BREAD)

    assert refused(shop.checkout.pay_with_card, NUMBER) == "unknown_gift_card"
