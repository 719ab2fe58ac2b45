"""Keys, scans and taps: what they mean wherever the focus is, and what takes them back."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from demo.running_shop import RunningShop
from tests.journeys.cashier import Cashier, barcode, item
from tests.patience import PATIENCE_MS
from ui.till.services import ScannerKeys

IOANA_CARD = "2980000074417"
MILK, CHEESE, COFFEE = "Whole milk 3.5%, 1 l", "Telemea cheese", "Ground coffee, 250 g"


def test_a_scan_works_wherever_the_focus_is(cashier: Cashier) -> None:
    cashier.types_and_enters(item(COFFEE))
    cashier.scans(IOANA_CARD)
    offer = cashier.screen.selling.offers.buttons[0]
    offer.setFocus(Qt.FocusReason.TabFocusReason)
    assert offer.hasFocus()
    cashier.scans(barcode(MILK))

    assert [line.name for line in cashier.state.lines][-1] == MILK
    assert cashier.screen.selling.entry.text == "", "no digit of the scan is left behind"


def test_a_scan_while_paying_goes_back_for_the_goods(cashier: Cashier) -> None:
    cashier.scans(barcode(MILK))
    cashier.presses(Qt.Key.Key_Return)
    assert cashier.screen.page == "tender"
    cashier.scans(barcode(CHEESE))

    assert cashier.screen.page == "selling"
    assert len(cashier.state.lines) == 2


def test_a_scan_after_money_was_taken_is_refused_in_words(cashier: Cashier) -> None:
    cashier.scans(barcode(MILK))
    cashier.presses(Qt.Key.Key_Return)
    cashier.types_and_enters("5")
    cashier.scans(barcode(CHEESE))

    notice = cashier.reads_notice()
    assert notice is not None
    assert notice[0] == "Payment has begun, so the basket stands."
    assert len(cashier.state.lines) == 1


def test_a_prefix_makes_a_slow_scanner_certain(open_lane, monkeypatch: pytest.MonkeyPatch) -> None:
    # A machine with other things to do is not a scanner that has lost its suffix.
    monkeypatch.setattr("ui.till.scanner.MAX_SCAN_MS", PATIENCE_MS)
    cashier = open_lane(keys=ScannerKeys(prefix="~", suffix="\t"))
    for character in "~" + barcode(MILK):
        QTest.keyClick(cashier._focus(), character, Qt.KeyboardModifier.NoModifier, 60)
    QTest.keyClick(cashier._focus(), Qt.Key.Key_Tab)
    cashier.rest()

    assert [line.name for line in cashier.state.lines] == [MILK]


def test_what_is_typed_slowly_is_no_scan(cashier: Cashier) -> None:
    cashier.types("5941234")

    assert cashier.screen.selling.entry.text == "5941234"
    assert cashier.state.lines == ()


def test_a_lost_suffix_swallows_nothing(cashier: Cashier) -> None:
    QTest.keyClicks(cashier._focus(), "59412345678")
    cashier.rest()

    assert cashier.screen.selling.entry.text == "59412345678"


def test_keys_typed_away_from_the_entry_reach_it(cashier: Cashier) -> None:
    cashier.types_and_enters(item(COFFEE))
    cashier.scans(IOANA_CARD)
    cashier.screen.selling.offers.buttons[0].setFocus(Qt.FocusReason.TabFocusReason)
    cashier.types("12")

    assert cashier.screen.selling.entry.text == "12"
    assert cashier.screen.selling.entry.field.hasFocus()


def test_an_offer_is_tapped_with_the_space_bar(cashier: Cashier) -> None:
    cashier.types_and_enters(item(MILK))
    cashier.scans(IOANA_CARD)
    cashier.screen.selling.offers.buttons[0].setFocus(Qt.FocusReason.TabFocusReason)
    cashier.types(" ")

    assert cashier.offer("Dairy days, 20% off").state == "removed"


def test_escape_takes_back_one_step_after_the_other(cashier: Cashier, hq: RunningShop) -> None:
    cashier.types_and_enters(item(MILK), item(COFFEE))
    cashier.scans(IOANA_CARD)
    cashier.taps_offer("Use 500 points")
    cashier.presses(Qt.Key.Key_Return)
    cashier.types_and_enters("20")
    cashier.types("9")

    cashier.presses(Qt.Key.Key_Escape)
    assert cashier.screen.tender.entry.text == ""
    cashier.presses(Qt.Key.Key_Escape)
    assert cashier.state.tenders == ()
    cashier.presses(Qt.Key.Key_Escape)
    assert cashier.screen.page == "selling"
    cashier.presses(Qt.Key.Key_Escape)
    assert cashier.offer("Use 500 points").state == "available"
    cashier.presses(Qt.Key.Key_Escape)
    assert cashier.state.member is None
    cashier.presses(Qt.Key.Key_Escape)
    assert [line.name for line in cashier.state.lines] == [MILK]
    cashier.presses(Qt.Key.Key_Escape)
    assert cashier.state.lines == ()
    cashier.presses(Qt.Key.Key_Escape)
    assert cashier.state.phase == "empty"


def test_a_finished_sale_is_not_taken_back(cashier: Cashier) -> None:
    cashier.scans(barcode(MILK))
    cashier.presses(*[Qt.Key.Key_Return] * 3)
    cashier.presses(Qt.Key.Key_Escape)

    assert cashier.screen.page == "finished"
    assert cashier.session.finished is not None


def test_clearing_the_basket_takes_a_second_tap(cashier: Cashier) -> None:
    cashier.types_and_enters(item(MILK), item(COFFEE))
    cashier.taps(cashier.screen.selling.clear_key)
    assert cashier.reads_notice() == ("Clear the whole basket?", "Nothing of it is sold.")
    assert len(cashier.state.lines) == 2
    cashier.presses(Qt.Key.Key_Escape)
    assert cashier.reads_notice() is None
    assert len(cashier.state.lines) == 2

    cashier.presses(Qt.Key.Key_F9)
    cashier.taps(cashier.screen.selling.notice.action)
    assert cashier.state.phase == "empty"
    assert cashier.reads_notice() is None


def test_an_unknown_code_changes_nothing_and_says_what_to_do(cashier: Cashier) -> None:
    cashier.types_and_enters(item(MILK), "000000")

    assert cashier.reads_notice() == (
        "000000 is not known here.",
        "Check the code, or take the card or phone number at Member.",
    )
    assert len(cashier.state.lines) == 1
    cashier.scans(barcode(CHEESE))
    assert cashier.reads_notice() is None, "the next good step takes it away"


@pytest.mark.parametrize("typed", ["abc", "1.005", "0", "5941234567890"])
def test_what_is_no_money_is_not_taken(cashier: Cashier, typed: str) -> None:
    cashier.scans(barcode(MILK))
    cashier.presses(Qt.Key.Key_Return)
    cashier.types_and_enters(typed)

    assert cashier.state.tenders == ()
    notice = cashier.reads_notice()
    assert notice is not None
    assert notice[1] == "Type what was handed over."


def test_a_member_is_found_by_the_beginning_of_a_name(cashier: Cashier) -> None:
    cashier.types_and_enters(item(COFFEE))
    cashier.presses(Qt.Key.Key_F2)
    cashier.types("ioana")
    found = [key.text() for key in cashier.screen.selling.search.keys if key.isVisible()]
    assert "Ioana M." in found
    cashier.taps(cashier.screen.selling.search.keys[found.index("Ioana M.")])

    assert cashier.screen.selling.head.name.text() == "Ioana M."
    assert not cashier.screen.selling.searching


def test_a_member_is_taken_out_again(cashier: Cashier) -> None:
    cashier.types_and_enters(item(COFFEE))
    cashier.scans(IOANA_CARD)
    cashier.session.forget_member()
    cashier.rest()

    assert cashier.state.member is None
    assert cashier.screen.selling.head.join_key.isVisible()


def test_all_offers_open_where_the_member_was(cashier: Cashier) -> None:
    cashier.types_and_enters("2*" + item(MILK), "4*" + item(COFFEE))
    cashier.scans(IOANA_CARD)
    assert len(cashier.screen.selling.offers.shown()) == 3
    cashier.taps(cashier.screen.selling.more_key)
    assert len(cashier.screen.selling.all_offers.shown()) > 3
    cashier.presses(Qt.Key.Key_Escape)

    assert not cashier.screen.selling.showing_all


def test_a_bug_of_ours_stops_the_till_loudly(cashier: Cashier, caplog) -> None:
    cashier.scans(barcode(MILK))

    def break_down(checkout: object) -> None:
        raise ZeroDivisionError

    with cashier._qtbot.waitSignal(cashier.session.crashed, timeout=PATIENCE_MS):
        cashier.session._step(break_down)  # type: ignore[arg-type]

    assert cashier.reads_notice() == (
        "The till has stopped.",
        "Finished sales are safe. Close it and start it again.",
    )
    assert not cashier.screen.selling.isEnabled()
    assert "has stopped" in caplog.text


def test_keys_keep_the_size_of_a_finger(open_lane) -> None:
    for size in ((1366, 768), (1024, 768), (1280, 720)):
        cashier = open_lane(size=size)
        cashier.scans(barcode(MILK))
        cashier.presses(Qt.Key.Key_Return)
        pages = (cashier.screen.selling, cashier.screen.tender)
        keypads = [page.keypad for page in pages]
        mm = 25.4 / 96
        keys = [
            key for keypad in keypads for key in keypad.findChildren(type(cashier.screen.selling.copy_key))
        ]
        assert min(key.width() for key in keys) * mm >= 14.9, size
        assert min(key.height() for key in keys) * mm >= 14.9, size
        assert cashier.screen.size().toTuple() == size
