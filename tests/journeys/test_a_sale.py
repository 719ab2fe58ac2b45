"""The main job through the till: goods, member, reward, money, receipt."""

from __future__ import annotations

import uuid

from PySide6.QtCore import Qt

from agent.store.balances import Balance, read_balances
from demo.local_till import LocalTill
from demo.running_shop import RunningShop
from tests.journeys.cashier import Cashier, barcode, item
from tests.patience import PATIENCE_S

IOANA, IOANA_PHONE = uuid.UUID("9012b31c-ba9f-5afb-a58c-6b331c842ca2"), "0700000101"
MILK, CHEESE, COFFEE = "Whole milk 3.5%, 1 l", "Telemea cheese", "Ground coffee, 250 g"


def test_a_member_by_phone_uses_points_and_gets_change(
    cashier: Cashier, shop: LocalTill, hq: RunningShop
) -> None:
    for name in (MILK, CHEESE, COFFEE):
        cashier.scans(barcode(name))
    cashier.types(IOANA_PHONE)

    assert cashier.state.member is not None
    assert cashier.screen.selling.head.name.text() == "Ioana M."
    assert cashier.screen.selling.entry.text == "", "the number ran at full length, without Enter"
    before = cashier.state.total_minor

    cashier.taps_offer("Use 500 points")
    assert cashier.state.total_minor == before - 500
    cashier.taps_offer("Use 500 points")
    assert cashier.state.total_minor == before
    cashier.taps_offer("Use 500 points")
    assert cashier.offer("Use 500 points").state == "applied"

    cashier.taps(cashier.screen.selling.finish_key)
    note = next(key for key in cashier.screen.tender.cash.keys if key.text() == "100")
    cashier.taps(note)
    assert cashier.screen.tender.change_text() == cashier.screen.figures.money(
        10_000 - cashier.state.total_minor
    )
    cashier.taps(cashier.screen.tender.next_key)

    assert cashier.screen.page == "finished"
    assert cashier.screen.finished.panel.head.text() == "Sale finished. Give change"
    sale = cashier.session.finished
    assert sale is not None
    points = sale.points_after
    earned = sale.member.earns_points if sale.member else 0
    assert points == 2340 - 500 + earned
    assert (f"{points:,}", "points now") in cashier.screen.finished.panel.tiles()
    assert shop.printer.wait_for_papers(1, PATIENCE_S)
    paper = shop.printer.papers[0].text()
    assert sale.receipt_number in paper
    assert "Ioana M." in paper
    cashier.rest(shop.all_at_hq)
    assert read_balances(shop.store.reader(), IOANA)["points:club"] == Balance(points, points), "HQ agrees"


def test_a_whole_sale_needs_only_the_keyboard(cashier: Cashier, shop: LocalTill) -> None:
    cashier.types_and_enters(item(MILK), "3*" + item(CHEESE), "2980000074417")
    cashier.presses(Qt.Key.Key_F5)  # the first offer off
    assert cashier.offer("Dairy days, 20% off").state == "removed"
    cashier.presses(Qt.Key.Key_Escape)
    assert cashier.offer("Dairy days, 20% off").state == "applied"
    cashier.presses(Qt.Key.Key_Return)
    assert cashier.screen.page == "tender"
    cashier.types_and_enters("100")
    assert cashier.state.change_minor == 10_000 - cashier.state.total_minor
    cashier.presses(Qt.Key.Key_Return)
    assert cashier.screen.page == "finished"
    cashier.presses(Qt.Key.Key_Return)

    assert cashier.screen.page == "selling"
    assert cashier.state.lines == ()
    assert shop.printer.wait_for_papers(1, PATIENCE_S)


def test_enter_alone_takes_the_exact_amount(cashier: Cashier) -> None:
    cashier.sells(MILK)

    assert cashier.session.finished is not None
    assert cashier.session.finished.change_minor == 0
    assert cashier.state.phase == "empty"


def test_a_card_pays_what_cash_left(cashier: Cashier) -> None:
    cashier.scans(barcode(COFFEE))
    cashier.presses(Qt.Key.Key_Return)
    cashier.types_and_enters("10")
    assert cashier.screen.tender.panel.change_word.text() == "Left to pay"
    cashier.taps(cashier.screen.tender.card_key)

    assert [one.kind for one in cashier.state.tenders] == ["cash", "card"]
    assert cashier.state.left_to_pay_minor == 0
    cashier.presses(Qt.Key.Key_F12)
    assert cashier.screen.page == "finished"


def test_the_next_scan_begins_the_next_sale(cashier: Cashier) -> None:
    cashier.scans(barcode(MILK))
    cashier.presses(*[Qt.Key.Key_Return] * 3)
    assert cashier.screen.page == "finished"

    cashier.scans(barcode(CHEESE))

    assert cashier.screen.page == "selling"
    assert [line.name for line in cashier.state.lines] == ["Telemea cheese, 300 g"]


def test_the_keypad_sells_without_a_keyboard(cashier: Cashier) -> None:
    keys = {
        key.text(): key
        for key in cashier.screen.selling.keypad.findChildren(type(cashier.screen.selling.copy_key))
    }
    for text in ("3", "×", *item(MILK)):
        cashier.taps(keys[text])
    cashier.taps(keys["Enter"])

    assert [line.quantity for line in cashier.state.lines] == [3]
    cashier.taps(keys["Enter"])
    assert cashier.screen.page == "tender"


def test_a_quantity_alone_changes_the_newest_line(cashier: Cashier) -> None:
    cashier.types_and_enters(item(MILK), "4*")

    assert [line.quantity for line in cashier.state.lines] == [4]


def test_a_line_is_chosen_and_removed(cashier: Cashier) -> None:
    cashier.types_and_enters(item(MILK), item(CHEESE), item(COFFEE))
    cashier.presses(Qt.Key.Key_Up, Qt.Key.Key_Up, Qt.Key.Key_Delete)

    assert [line.name for line in cashier.state.lines] == ["Telemea cheese, 300 g", "Ground coffee, 250 g"]


def test_the_last_receipt_prints_again_as_a_copy(cashier: Cashier, shop: LocalTill) -> None:
    cashier.sells(MILK)
    assert shop.printer.wait_for_papers(1, PATIENCE_S)
    cashier.taps(cashier.screen.selling.copy_key)

    assert shop.printer.wait_for_papers(2, PATIENCE_S)
    assert "COPY" in shop.printer.papers[1].text()
    assert "COPY" not in shop.printer.papers[0].text()


def test_a_coupon_that_the_receipt_printed_is_named_on_the_screen(cashier: Cashier) -> None:
    cashier.types_and_enters("8*" + item(COFFEE))
    cashier.presses(*[Qt.Key.Key_Return] * 3)

    assert cashier.session.finished is not None
    assert cashier.session.finished.coupons_issued
    assert "Printed with it" in cashier.screen.finished.panel.coupons_text()
