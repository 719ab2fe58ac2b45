"""What a member asks for at the till beside goods: an earlier receipt, a new card, another language."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt

from tests.journeys.cashier import Cashier, barcode, opens_care

IOANA_CARD, NEW_CARD = "2980000074417", "2980000099994"
COFFEE, MILK = "Ground coffee, 250 g", "Whole milk 3.5%, 1 l"


@pytest.fixture
def with_ioana(cashier: Cashier) -> Cashier:
    """A sale of nobody is finished, and Ioana comes back with its receipt."""
    cashier.sells(COFFEE)
    assert cashier.session.finished is not None
    cashier.scans(IOANA_CARD)
    return cashier


def panel(cashier: Cashier):
    return cashier.screen.selling.care


def receipt_of(cashier: Cashier) -> str:
    assert cashier.session.finished is not None
    return cashier.session.finished.receipt_number


def points_of(cashier: Cashier) -> int:
    assert cashier.state.member is not None
    return cashier.state.member.points


def taps_key(cashier: Cashier, words: str) -> None:
    cashier.taps(next(key for key in panel(cashier).keys if key.text() == words))


def test_the_points_of_an_earlier_receipt_are_given_after_a_look(with_ioana: Cashier) -> None:
    before, receipt = points_of(with_ioana), receipt_of(with_ioana)
    with_ioana.taps(with_ioana.screen.selling.head.care_key)
    taps_key(with_ioana, "Earlier receipt")
    with_ioana.types_and_enters(receipt)

    assert receipt in panel(with_ioana).prompt.text()
    assert panel(with_ioana).shown() == ["Give these points"]
    assert points_of(with_ioana) == before
    taps_key(with_ioana, "Give these points")

    assert points_of(with_ioana) > before
    notice = with_ioana.reads_notice()
    assert notice is not None
    assert notice[0] == f"Receipt {receipt} counts for Ioana M. now."
    assert not with_ioana.screen.selling.caring


def test_a_receipt_is_attached_with_the_keyboard_alone_and_only_once(with_ioana: Cashier) -> None:
    before, receipt = points_of(with_ioana), receipt_of(with_ioana)
    for _time in range(2):
        opens_care(with_ioana)
        panel(with_ioana)._tapped(0)
        with_ioana.types_and_enters(receipt)
        with_ioana.presses(Qt.Key.Key_Return)

    gained = points_of(with_ioana) - before
    assert gained > 0
    notice = with_ioana.reads_notice()
    assert notice is not None
    assert notice[0] == f"The points of receipt {receipt} were attached already."


def test_a_lost_card_is_replaced_by_a_scan_and_finds_nobody_after_that(with_ioana: Cashier) -> None:
    before = points_of(with_ioana)
    opens_care(with_ioana)
    taps_key(with_ioana, "New card")
    with_ioana.scans(NEW_CARD)

    assert points_of(with_ioana) == before
    with_ioana.session.forget_member()
    with_ioana.rest()
    with_ioana.scans(IOANA_CARD)
    notice = with_ioana.reads_notice()
    assert notice is not None
    assert notice[0] == "This card was reported lost, so it finds nobody."
    with_ioana.scans(NEW_CARD)
    assert points_of(with_ioana) == before


def test_a_member_tells_language_birthday_interests_and_how_to_be_reached(with_ioana: Cashier) -> None:
    for topic, answer in (
        ("Language", "Türkçe"),
        ("How to be reached", "SMS"),
    ):
        opens_care(with_ioana)
        taps_key(with_ioana, topic)
        taps_key(with_ioana, answer)
    for topic, typed in (("Birthday", "17.5.1987"), ("Interests", "coffee, wine")):
        opens_care(with_ioana)
        taps_key(with_ioana, topic)
        with_ioana.types_and_enters(typed)

    opens_care(with_ioana)
    told = {key.text(): key.second() for key in panel(with_ioana).keys}
    assert (told["Language"], told["How to be reached"]) == ("Türkçe", "SMS")
    assert (told["Birthday"], told["Interests"]) == ("05-17", "coffee, wine")


def test_what_is_no_date_is_said_in_words_and_asked_again(with_ioana: Cashier) -> None:
    opens_care(with_ioana)
    taps_key(with_ioana, "Birthday")
    with_ioana.types_and_enters("yesterday")

    notice = with_ioana.reads_notice()
    assert notice is not None
    assert notice[0] == "This is not a date."
    assert with_ioana.screen.selling.caring


def test_escape_leaves_it_and_a_scan_of_goods_goes_on_with_the_sale(with_ioana: Cashier) -> None:
    opens_care(with_ioana)
    with_ioana.presses(Qt.Key.Key_Escape)
    assert not with_ioana.screen.selling.caring

    opens_care(with_ioana)
    with_ioana.scans(barcode(MILK))
    assert [line.name for line in with_ioana.state.lines] == [MILK]
    assert not with_ioana.screen.selling.caring
