"""Goods come back at the till: by keyboard, by finger, by scanner; quote first, nothing written before Refund."""

from __future__ import annotations

import uuid

import msgspec
from PySide6.QtCore import Qt

from agent.domain.returns import ReturnRules
from agent.service.lane import this_store
from agent.service.register_status import register_status
from agent.service.return_views import ReturnState
from agent.store import journal
from agent.store.balances import read_balances
from agent.store.settings import put_store
from demo.complete_journey.clock import SimulatedClock
from demo.local_till import LocalTill
from demo.running_shop import RunningShop
from sync.wire.entries import ReturnEntry, VoidEntry, decode_entry
from tests.journeys.cashier import Cashier, barcode, item
from tests.patience import PATIENCE_S
from tests.ui.till_words import AT_MS

IOANA, IOANA_CARD = uuid.UUID("9012b31c-ba9f-5afb-a58c-6b331c842ca2"), "2980000074417"
MILK, CHEESE, COFFEE = "Whole milk 3.5%, 1 l", "Telemea cheese", "Ground coffee, 250 g"


def the_return(cashier: Cashier) -> ReturnState:
    state = cashier.session.returning.state
    assert state is not None
    return state


def sold(cashier: Cashier, *typed: str) -> str:
    """Sell, for exact cash; the receipt's number."""
    cashier.types_and_enters(*typed)
    cashier.presses(*[Qt.Key.Key_Return] * 4)
    assert cashier.session.finished is not None
    return cashier.session.finished.receipt_number


def written(shop: LocalTill) -> list[object]:
    entries = [decode_entry(row.kind, row.version, row.body) for row in journal.read_all(shop.store.reader())]
    return [one for one in entries if isinstance(one, ReturnEntry | VoidEntry)]


def test_a_piece_comes_back_with_the_keyboard_alone(cashier: Cashier, shop: LocalTill) -> None:
    number = sold(cashier, "3*" + item(MILK), item(CHEESE))
    cashier.presses(Qt.Key.Key_F11)
    assert cashier.screen.page == "giving_back"
    cashier.types_and_enters(number)
    assert cashier.screen.return_lines.title.text() == f"Return from receipt {number}"

    cashier.types_and_enters("2")
    assert [line.chosen for line in the_return(cashier).lines] == [2, 0]
    refund = the_return(cashier).refund
    assert refund is not None
    assert cashier.screen.giving_back.panel.money.figure.text() == cashier.screen.figures.money(
        refund.refund_minor
    )
    assert written(shop) == [], "nothing is written before Refund"
    cashier.presses(Qt.Key.Key_F5, Qt.Key.Key_Return)

    assert cashier.screen.page == "returned"
    assert cashier.screen.returned.head.text() == "Return finished. Give the money back"
    (back,) = written(shop)
    assert isinstance(back, ReturnEntry)
    assert (back.refund_minor, back.reason) == (refund.refund_minor, "faulty")
    assert shop.printer.wait_for_papers(2, PATIENCE_S)
    paper = shop.printer.papers[1].text()
    assert "RETURN" in paper
    assert f"of receipt {number}" in paper
    cashier.presses(Qt.Key.Key_F8)
    assert shop.printer.wait_for_papers(3, PATIENCE_S)
    assert "COPY" in shop.printer.papers[2].text()
    cashier.presses(Qt.Key.Key_Return)
    assert cashier.screen.page == "selling"


def test_goods_come_back_by_finger(cashier: Cashier, shop: LocalTill) -> None:
    number = sold(cashier, "2*" + item(MILK), item(COFFEE))
    page, lines = cashier.screen.giving_back, cashier.screen.return_lines
    cashier.taps(cashier.screen.selling.return_key)
    for digit in number.replace("-", ""):
        key = next(one for one in page.keypad.findChildren(type(page.next_key)) if one.text() == digit)
        if digit != number[0] or page.entry.text:
            cashier.taps(key)
    cashier.taps(page.next_key)
    assert the_return(cashier).receipt_number == number

    lines.tap(0)
    cashier.rest()
    lines.tap(0)
    cashier.rest()
    assert the_return(cashier).lines[0].chosen == 2
    lines.tap(0)
    cashier.rest()
    assert the_return(cashier).lines[0].chosen == 0, "the next tap lets all of them go"
    assert not page.next_key.isEnabled()
    cashier.taps(lines.all_key)
    cashier.taps(next(key for key in page.reason_keys if key.text() == "Changed mind"))
    cashier.taps(page.next_key)

    assert cashier.screen.page == "returned"
    (back,) = written(shop)
    assert isinstance(back, ReturnEntry)
    assert back.reason == "changed_mind"


def test_the_quote_says_what_becomes_of_the_members_points(cashier: Cashier) -> None:
    number = sold(cashier, item(COFFEE), IOANA_CARD)
    cashier.presses(Qt.Key.Key_F11)
    cashier.types_and_enters(number)
    cashier.presses(Qt.Key.Key_F4)

    card = cashier.screen.giving_back.panel.points[0]
    refund = the_return(cashier).refund
    assert refund is not None
    (points,) = refund.points
    assert points.taken_back > 0
    assert card.figure.text() == f"{points.before:,} → {points.after:,}"
    assert ("Earned, taken back", f"−{points.taken_back}") in card.facts()


def test_goods_are_scanned_to_come_back(cashier: Cashier) -> None:
    number = sold(cashier, "2*" + item(MILK), item(COFFEE))
    cashier.presses(Qt.Key.Key_F11)
    cashier.types_and_enters(number)
    cashier.scans(barcode(COFFEE))
    cashier.scans(barcode(MILK))

    assert [line.chosen for line in the_return(cashier).lines] == [1, 1]
    cashier.scans(barcode(CHEESE))
    notice = cashier.reads_notice()
    assert notice is not None
    assert "is not in this sale" in notice[0]
    assert cashier.state.lines == (), "nothing of it went into a basket"


def test_escape_takes_back_a_return_step_by_step(cashier: Cashier, shop: LocalTill) -> None:
    number = sold(cashier, item(MILK))
    cashier.presses(Qt.Key.Key_F11)
    cashier.types_and_enters(number)
    cashier.presses(Qt.Key.Key_F4)
    cashier.types("1")

    cashier.presses(Qt.Key.Key_Escape)
    assert cashier.screen.giving_back.entry.text == ""
    cashier.presses(Qt.Key.Key_Escape)
    assert the_return(cashier).refund is None
    cashier.presses(Qt.Key.Key_Escape)
    assert cashier.session.returning.state is None
    cashier.presses(Qt.Key.Key_Escape)
    assert cashier.screen.page == "selling"
    assert written(shop) == []


def test_a_wrong_number_is_said_in_two_lines_and_nothing_is_lost(cashier: Cashier) -> None:
    cashier.types_and_enters(item(MILK))
    cashier.presses(Qt.Key.Key_F11)
    cashier.types_and_enters("2-0999")

    assert cashier.reads_notice() == (
        "This register has no receipt 2-0999.",
        "Type the number at the top of the receipt, like 2-0291.",
    )
    cashier.presses(Qt.Key.Key_Escape, Qt.Key.Key_Escape)
    assert cashier.screen.page == "selling"
    assert [line.name for line in cashier.state.lines] == [MILK], "the basket waited"


def test_what_is_missing_is_said_when_enter_comes_too_soon(cashier: Cashier, shop: LocalTill) -> None:
    number = sold(cashier, item(MILK))
    cashier.presses(Qt.Key.Key_F11)
    cashier.types_and_enters(number)
    cashier.presses(Qt.Key.Key_Return)
    assert cashier.reads_notice() == ("Nothing is chosen yet.", "Choose what comes back.")
    cashier.presses(Qt.Key.Key_F4, Qt.Key.Key_Return)
    assert cashier.reads_notice() == ("The reason is missing.", "Choose why it comes back.")
    assert written(shop) == []


def test_an_exchange_pays_the_difference(cashier: Cashier, shop: LocalTill) -> None:
    number = sold(cashier, item(MILK))
    cashier.presses(Qt.Key.Key_F11)
    cashier.types_and_enters(number)
    cashier.presses(Qt.Key.Key_F4, Qt.Key.Key_F7, Qt.Key.Key_F10)
    assert the_return(cashier).refund_to == "exchange"
    cashier.presses(Qt.Key.Key_Return)

    assert cashier.screen.page == "selling"
    assert cashier.screen.basket.exchange.text() == f"Goods back, receipt {number}"
    cashier.scans(barcode(COFFEE))
    cashier.presses(Qt.Key.Key_Return)
    worth = cashier.state.exchange_minor
    assert cashier.state.left_to_pay_minor == cashier.state.total_minor - worth
    cashier.presses(Qt.Key.Key_Return, Qt.Key.Key_Return)
    assert cashier.screen.page == "finished"
    (back,) = written(shop)
    assert isinstance(back, ReturnEntry)
    sale = cashier.session.finished
    assert sale is not None
    assert back.exchange_sale_id == sale.sale_id


def test_escape_takes_an_exchange_out_of_the_sale_again(cashier: Cashier, shop: LocalTill) -> None:
    number = sold(cashier, item(MILK))
    cashier.presses(Qt.Key.Key_F11)
    cashier.types_and_enters(number)
    cashier.presses(Qt.Key.Key_F4, Qt.Key.Key_F7, Qt.Key.Key_F10, Qt.Key.Key_Return)
    assert cashier.state.exchange_minor > 0

    cashier.presses(Qt.Key.Key_Escape)

    assert cashier.state.exchange_minor == 0
    assert written(shop) == []


def test_the_sale_that_was_just_finished_is_voided(cashier: Cashier, shop: LocalTill) -> None:
    cashier.types_and_enters(item(COFFEE), IOANA_CARD)
    cashier.presses(*[Qt.Key.Key_Return] * 3)
    assert cashier.screen.page == "finished"
    sale = cashier.session.finished
    assert sale is not None

    cashier.taps(cashier.screen.finished.void_key)
    assert the_return(cashier).voids
    assert cashier.screen.return_lines.title.text() == f"Void of receipt {sale.receipt_number}"
    cashier.taps(
        next(key for key in cashier.screen.giving_back.reason_keys if key.text() == "Rung up by mistake")
    )
    cashier.taps(cashier.screen.giving_back.next_key)

    assert cashier.screen.page == "returned"
    assert cashier.screen.returned.head.text() == "Sale voided. Give the money back"
    (void,) = written(shop)
    assert isinstance(void, VoidEntry)
    assert (void.reason, void.total_minor) == ("mistake", sale.total_minor)
    assert shop.printer.wait_for_papers(2, PATIENCE_S)
    assert "VOID" in shop.printer.papers[1].text()
    cashier.presses(Qt.Key.Key_Return)
    assert cashier.screen.page == "selling"
    assert cashier.state.phase == "empty"


def test_a_sale_that_cannot_be_voided_any_more_can_still_come_back(
    cashier: Cashier, clock: SimulatedClock
) -> None:
    cashier.types_and_enters(item(MILK))
    cashier.presses(*[Qt.Key.Key_Return] * 3)
    clock.stand_at(AT_MS + 24 * 3_600_000)

    cashier.taps(cashier.screen.finished.void_key)

    assert cashier.reads_notice() == (
        "Only a sale of today can be voided.",
        "Take the goods back as a return.",
    )
    assert not the_return(cashier).voids
    cashier.presses(Qt.Key.Key_Escape, Qt.Key.Key_F4, Qt.Key.Key_F5, Qt.Key.Key_Return)
    assert cashier.screen.page == "returned"


def test_an_offer_that_breaks_is_asked_about_in_place(cashier: Cashier, shop: LocalTill) -> None:
    row = this_store(shop.store.reader())
    with shop.store.unit_of_work() as db:
        put_store(db, msgspec.structs.replace(row, returns=ReturnRules(broken_offers="ask")))
    # 224.10 is 10.00 off over 200.00; seven of the nine are not.
    number = sold(cashier, "9*" + item(COFFEE))
    cashier.presses(Qt.Key.Key_F11)
    cashier.types_and_enters(number, "2")
    panel, state = cashier.screen.giving_back.panel, the_return(cashier)
    assert state.refund is not None
    assert state.refund.kept_minor == state.refund.refund_minor
    cashier.presses(Qt.Key.Key_F5)
    assert not cashier.screen.giving_back.next_key.isEnabled()
    assert panel.question.isVisible()

    cashier.taps(panel.reprice_key)

    refund = the_return(cashier).refund
    assert refund is not None
    assert refund.refund_minor == state.refund.repriced_refund_minor
    cashier.taps(cashier.screen.giving_back.next_key)
    (back,) = written(shop)
    assert isinstance(back, ReturnEntry)
    assert (back.repriced, back.refund_minor) == (True, refund.refund_minor)


def test_hq_agrees_with_returns_exchanges_and_voids_of_this_till(
    cashier: Cashier, shop: LocalTill, hq: RunningShop
) -> None:
    cashier.types_and_enters("2*" + item(MILK), "3*" + item(COFFEE), IOANA_CARD)
    cashier.taps_offer("Use 500 points")
    cashier.presses(*[Qt.Key.Key_Return] * 4)
    sale = cashier.session.finished
    assert sale is not None
    number = sale.receipt_number
    cashier.presses(Qt.Key.Key_F11)
    cashier.types_and_enters(number, "1")
    cashier.presses(Qt.Key.Key_F5, Qt.Key.Key_Return, Qt.Key.Key_Return)
    cashier.presses(Qt.Key.Key_F11)
    cashier.types_and_enters(number)
    cashier.presses(Qt.Key.Key_Down, Qt.Key.Key_Down)
    cashier.types_and_enters("2")
    cashier.presses(Qt.Key.Key_F7, Qt.Key.Key_F10, Qt.Key.Key_Return)
    cashier.types_and_enters(item(CHEESE), IOANA_CARD)
    cashier.presses(Qt.Key.Key_Return)
    assert cashier.state.change_minor > 0, "the coffee was worth more"
    cashier.presses(Qt.Key.Key_Return)
    assert cashier.screen.page == "finished"
    cashier.taps(cashier.screen.finished.void_key)
    cashier.presses(Qt.Key.Key_F5, Qt.Key.Key_Return, Qt.Key.Key_Return)
    assert [type(one).__name__ for one in written(shop)] == ["ReturnEntry", "ReturnEntry", "VoidEntry"]
    expected = read_balances(shop.store.reader(), IOANA)["points:club"].points

    cashier.rest(shop.all_at_hq)
    cashier.looks_at_the_strip()

    assert read_balances(shop.store.reader(), IOANA)["points:club"].points == expected
    assert register_status(shop.lane).waiting_at_hq == 0, "HQ works out the same money and points"


def test_a_scan_after_a_return_begins_the_next_sale(cashier: Cashier) -> None:
    number = sold(cashier, item(MILK))
    cashier.presses(Qt.Key.Key_F11)
    cashier.types_and_enters(number)
    cashier.presses(Qt.Key.Key_F4, Qt.Key.Key_F5, Qt.Key.Key_Return)
    assert cashier.screen.page == "returned"

    cashier.scans(barcode(CHEESE))

    assert cashier.screen.page == "selling"
    assert [line.name for line in cashier.state.lines] == ["Telemea cheese, 300 g"]


def test_a_return_that_was_left_open_changes_nothing_of_the_sale_behind_it(cashier: Cashier) -> None:
    number = sold(cashier, item(MILK))
    cashier.types_and_enters("2*" + item(COFFEE))
    cashier.presses(Qt.Key.Key_F11)
    cashier.types_and_enters(number)
    cashier.presses(Qt.Key.Key_F4)
    cashier.taps(cashier.screen.giving_back.back_key)

    assert cashier.screen.page == "selling"
    assert [line.quantity for line in cashier.state.lines] == [2]
    assert cashier.state.exchange_minor == 0
