"""A gift card is sold with its card, and pays at the next purchase: typed or scanned, with what it leaves in cash."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt

from agent.domain.gift_cards import card_account
from agent.service.leases import receive_grants
from agent.store.balances import put_balance
from agent.store.journal import read_all
from demo.local_till import LocalTill
from sync.wire.entries import LotPart, SaleEntry, decode_entry
from sync.wire.feed import BalanceRow
from sync.wire.messages import Grant
from tests.builders import an_id
from tests.journeys.cashier import Cashier, item
from tests.journeys.conftest import Open
from ui.widgets.button import TillButton

NUMBER, MONEY = "6300123456784417", "money:RON"
BREAD = "Sourdough"


def last_sale(shop: LocalTill) -> SaleEntry:
    entries = (decode_entry(row.kind, row.version, row.body) for row in read_all(shop.store.reader()))
    return [entry for entry in entries if isinstance(entry, SaleEntry)][-1]


def said(cashier: Cashier) -> str:
    return " ".join(cashier.reads_notice() or ())


@pytest.fixture
def cashier(open_lane: Open) -> Cashier:
    return open_lane()


@pytest.fixture
def leased(shop: LocalTill) -> None:
    """Fifty on the card, ten of which this register holds."""
    card = card_account(shop.lane.store_key, NUMBER)
    with shop.store.unit_of_work() as db:
        put_balance(db, BalanceRow(account_id=card, unit=MONEY, balance=5000, available=4000))
        grant = Grant(
            grant_id=an_id(77), account_id=card, unit=MONEY, amount=1000, lots=(LotPart("lot", 1000),)
        )
        receive_grants(db, [grant], shop.clock.now_ms())


def test_the_till_asks_for_the_card_that_is_sold_and_loads_it(cashier: Cashier, shop: LocalTill) -> None:
    cashier.types_and_enters(item("Gift card 50"))
    assert cashier.screen.session.state.lines[0].card_wanted
    assert "needs its card" in said(cashier)

    cashier.scans(NUMBER)
    assert cashier.screen.session.state.lines[0].card_last4 == "4417"
    cashier.presses(Qt.Key.Key_Return, Qt.Key.Key_Return, Qt.Key.Key_Return)

    assert [load.amount_minor for load in last_sale(shop).cards_loaded] == [5000]


@pytest.mark.usefixtures("leased")
def test_a_scanned_card_says_offline_what_it_can_pay_and_pays_it(cashier: Cashier, shop: LocalTill) -> None:
    cashier.types_and_enters(item(BREAD))
    cashier.presses(Qt.Key.Key_Return)

    cashier.scans(NUMBER)

    assert "when the connection is back" in said(cashier)
    assert cashier.screen.session.state.tenders == ()


def test_the_gift_card_key_says_what_it_waits_for(cashier: Cashier) -> None:
    cashier.types_and_enters(item(BREAD))
    cashier.presses(Qt.Key.Key_Return)
    key = cashier.screen.tender.gift_card_key
    assert key.isVisible()

    cashier.taps(key)

    assert "Scan the gift card" in said(cashier)


def test_the_balance_of_a_card_is_said_where_its_number_is_typed(cashier: Cashier, leased: None) -> None:
    cashier.types_and_enters(NUMBER)

    assert "ending 4417 has 50.00 left" in said(cashier)


def test_the_amount_of_a_card_is_typed_by_the_keyboard(cashier: Cashier, shop: LocalTill) -> None:
    cashier.types_and_enters(item("Gift card, any"))
    assert said(cashier) == "Gift card, any amount needs its amount. Type 10.00 to 500.00, then Enter."

    cashier.types_and_enters("5")
    assert (
        said(cashier)
        == "Gift card, any amount takes 10.00 to 500.00. Type another amount, or remove the line."
    )
    cashier.types_and_enters("75,5")
    assert "needs its card" in said(cashier)
    cashier.scans(NUMBER)
    cashier.presses(Qt.Key.Key_Return, Qt.Key.Key_Return, Qt.Key.Key_Return)

    assert [load.amount_minor for load in last_sale(shop).cards_loaded] == [7550]


def test_the_amount_of_a_card_is_typed_by_touch(cashier: Cashier) -> None:
    cashier.types_and_enters(item("Gift card, any"))
    keypad = cashier.screen.selling.keypad
    for digit in "80":
        cashier.taps(next(key for key in keypad.findChildren(TillButton) if key.text() == digit))
    cashier.taps(next(key for key in keypad.findChildren(TillButton) if key.text() in ("Enter", "OK")))

    assert cashier.state.total_minor == 8000


def test_escape_takes_back_a_card_that_waits_for_its_amount(cashier: Cashier) -> None:
    cashier.types_and_enters(item(BREAD), item("Gift card, any"))
    # The notice first, then the line.
    cashier.presses(Qt.Key.Key_Escape, Qt.Key.Key_Escape)

    assert [line.name[:9] for line in cashier.state.lines] == [BREAD]
    cashier.presses(Qt.Key.Key_Return)
    assert cashier.screen.page == "tender"
