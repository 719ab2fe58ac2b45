"""What a customer says and what a cashier hands over: a promotion code, a gift, a stamp card."""

from __future__ import annotations

from PySide6.QtCore import Qt

from demo.local_till import LocalTill
from tests.journeys.cashier import Cashier, item
from tests.patience import PATIENCE_S

CARD, HELLO = "2980000074417", "10% with the code HELLO"


def test_a_code_is_said_and_a_gift_is_handed_over(cashier: Cashier, shop: LocalTill) -> None:
    cashier.types_and_enters(f"10*{item('Umbrella')}")
    assert cashier.screen.basket.gifts.text() == "Hand over: Carrier bag, cotton"
    assert cashier.state.total_minor == 389_00

    cashier.types_and_enters("hello")
    assert cashier.state.total_minor == 350_10
    assert (cashier.offer(HELLO).state, cashier.offer(HELLO).code) == ("applied", "HELLO")
    cashier.taps_offer(HELLO)
    assert cashier.state.total_minor == 389_00
    cashier.types_and_enters("Hello")
    cashier.presses(Qt.Key.Key_Escape)
    assert cashier.state.total_minor == 389_00, "Escape takes back what was said"
    cashier.types_and_enters("HELLO")
    assert cashier.state.total_minor == 350_10

    cashier.presses(*[Qt.Key.Key_Return] * 3)
    assert cashier.screen.page == "finished"
    assert cashier.screen.finished.panel.gifts_text() == "Hand over: Carrier bag, cotton"
    assert shop.printer.wait_for_papers(1, PATIENCE_S)
    paper = shop.printer.papers[0].text()
    assert "Carrier bag, cotton" in paper
    assert "free" in paper
    assert "Code HELLO 10%" in paper


def test_a_word_that_is_no_code_is_not_known(cashier: Cashier) -> None:
    cashier.types_and_enters(item("Umbrella"), "HOLLA")

    assert cashier.reads_notice() == (
        "HOLLA is not known here.",
        "Check the code, or take the card or phone number at Member.",
    )


def test_a_member_sees_their_stamp_card_fill(cashier: Cashier, shop: LocalTill) -> None:
    cashier.types_and_enters(CARD, f"3*{item('Croissant')}")

    assert cashier.screen.selling.head.stamp_cards() == ["Pastry card: 0 stamps, +3 now"]
    cashier.presses(*[Qt.Key.Key_Return] * 4)
    cashier.types_and_enters(CARD)
    assert cashier.screen.selling.head.stamp_cards() == ["Pastry card: 3 stamps"]
    assert shop.printer.wait_for_papers(1, PATIENCE_S)
    paper = shop.printer.papers[0].text()
    assert "Pastry card" in paper
    assert "Stamps in total" in paper
