"""A customer misses an offer, and the cashier reads them the reason."""

from __future__ import annotations

from PySide6.QtCore import Qt

from tests.journeys.cashier import Cashier, item

CARD = "2980000074417"


def test_the_cashier_types_a_word_of_the_offer_and_reads_why(cashier: Cashier) -> None:
    cashier.types_and_enters(CARD, item("Croissant"))
    cashier.taps(cashier.screen.selling.why_key)
    assert len(cashier.screen.selling.why.answers()) > 3

    cashier.types("crois")
    assert cashier.screen.selling.why.answers() == [("Croissant and cocoa, 10.00", "1 more unit")]

    cashier.presses(*[Qt.Key.Key_Escape] * 2)
    assert not cashier.screen.selling.explaining
    assert len(cashier.state.lines) == 1


def test_an_offer_that_applies_says_what_it_gives(cashier: Cashier) -> None:
    cashier.types_and_enters(CARD, f"2*{item('Croissant')}")
    cashier.presses(Qt.Key.Key_F1)

    cashier.types("pastry")

    assert ("Pastry card", "earns 2 stamps") in cashier.screen.selling.why.answers()


def test_a_scan_goes_on_with_the_sale(cashier: Cashier) -> None:
    cashier.types_and_enters(item("Croissant"))
    cashier.presses(Qt.Key.Key_F1)

    cashier.types_and_enters(item("Umbrella"))

    assert not cashier.screen.selling.explaining
    assert len(cashier.state.lines) == 2


def test_a_word_that_no_offer_has_is_said_so(cashier: Cashier) -> None:
    cashier.types_and_enters(item("Croissant"))
    cashier.presses(Qt.Key.Key_F1)

    cashier.types("zzz")

    assert cashier.screen.selling.why.answers() == []
