"""A language of long words: no text of the till is cut off and nothing is pushed off the screen.

Every text of the screens and services is replaced by one that is half as long again, as German or Romanian may be.
"""

from __future__ import annotations

import gettext
import re
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtWidgets import QApplication, QLabel, QWidget

from agent.domain.returns import ReturnRules
from agent.service.lane import this_store
from agent.store.settings import put_store
from demo.local_till import LocalTill
from demo.running_shop import RunningShop
from tests.journeys.cashier import Cashier, barcode, item, opens_care

ROOT = Path(__file__).parents[2]
IOANA_CARD = "2980000074417"
MILK, CHEESE, COFFEE = "Whole milk 3.5%, 1 l", "Telemea cheese", "Ground coffee, 250 g"
SIZES = [(1366, 768), (1024, 768), (1280, 720)]


def lengthened(text: str) -> str:
    """The same words, each longer: short texts grow most, as translations do."""
    share = 0.6 if len(text) < 12 else 0.4 if len(text) < 30 else 0.3

    def longer(word: re.Match[str]) -> str:
        return word[0] + "uşăeinrğ"[: max(1, round(len(word[0]) * share))]

    parts = re.split(r"(\{\w+\})", text)
    return "".join(part if part.startswith("{") else re.sub(r"[A-Za-z]{2,}", longer, part) for part in parts)


@pytest.fixture(scope="session")
def long_words(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the catalog of that language."""
    catalog = Catalog(locale="de")
    for package in ("ui", "agent"):
        for _file, _line, message, _comments, _context in extract_from_dir(
            ROOT / package, method_map=[("**.py", "python")]
        ):
            texts = (message,) if isinstance(message, str) else tuple(message)
            said = tuple(lengthened(text) for text in texts)
            catalog.add(texts if len(texts) > 1 else texts[0], said if len(said) > 1 else said[0])
    folder = tmp_path_factory.mktemp("locale")
    path = folder / "de" / "LC_MESSAGES" / "messages.mo"
    path.parent.mkdir(parents=True)
    with path.open("wb") as file:
        write_mo(file, catalog)
    return folder


@pytest.fixture
def in_long_words(long_words: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    before = gettext.bindtextdomain("messages")
    monkeypatch.setenv("LANGUAGE", "de")
    gettext.bindtextdomain("messages", str(long_words))
    yield
    gettext.bindtextdomain("messages", before)


def cut_off(screen: QWidget) -> list[str]:
    """Texts that do not fit where they stand, and widgets that stick out of the window."""
    QApplication.processEvents()  # what was just said may not be laid out yet
    screen.grab()  # painting is what finds out
    found = []
    inside = QRect(QPoint(0, 0), screen.size())
    for widget in screen.findChildren(QWidget):
        if not widget.isVisible():
            continue
        if getattr(widget, "clipped", False):
            found.append(f"cut: {words_of(widget)}")
        if isinstance(widget, QLabel) and label_is_cut(widget):
            found.append(f"cut label: {widget.text()}")
        place = QRect(widget.mapTo(screen, QPoint(0, 0)), widget.size())
        if not inside.contains(place) and widget.parentWidget() is not None and not in_a_list(widget):
            found.append(f"off the screen: {type(widget).__name__} {words_of(widget)} {place.getRect()}")
        above = widget.parentWidget()
        if above is not None and not in_a_list(widget) and not above.rect().contains(widget.geometry()):
            found.append(
                f"sticks out: {type(widget).__name__} {words_of(widget)} {widget.geometry().getRect()}"
            )
    return found


def words_of(widget: QWidget) -> str:
    text = getattr(widget, "text", None)
    return f"{text() if callable(text) else ''} {widget.accessibleName()}".strip()


def label_is_cut(label: QLabel) -> bool:
    if label.wordWrap():
        return label.heightForWidth(label.width()) > label.height() + 1
    return label.sizeHint().width() > label.width() + 1


def in_a_list(widget: QWidget) -> bool:
    return widget.objectName().startswith("qt_scrollarea") or widget.parentWidget() is None


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
def test_no_word_is_cut_off_while_selling(open_lane, in_long_words, hq: RunningShop, size) -> None:
    cashier: Cashier = open_lane(size=size)
    assert cut_off(cashier.screen) == []
    cashier.types_and_enters("2*" + item(MILK), item(CHEESE), "3*50", "4*" + item(COFFEE))
    assert cut_off(cashier.screen) == []
    cashier.scans(IOANA_CARD)
    assert cut_off(cashier.screen) == []
    cashier.types_and_enters("000000")
    assert cut_off(cashier.screen) == []
    cashier.presses(Qt.Key.Key_F4)
    assert cut_off(cashier.screen) == []
    cashier.presses(Qt.Key.Key_Escape, Qt.Key.Key_F1)
    assert cashier.screen.selling.why.answers()
    assert cut_off(cashier.screen) == []
    cashier.presses(Qt.Key.Key_Escape, Qt.Key.Key_F2)
    cashier.types("zzzz")
    assert cut_off(cashier.screen) == []


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
def test_no_word_is_cut_off_while_paying(open_lane, in_long_words, shop: LocalTill, size) -> None:
    cashier: Cashier = open_lane(size=size)
    shop.printer.switch(paper_out=True)
    cashier.types_and_enters("2*" + item(MILK), "8*" + item(COFFEE))
    cashier.scans(IOANA_CARD)
    assert cut_off(cashier.screen) == []
    cashier.rest(shop.printer_says("paper_out"))
    cashier.looks_at_the_strip()
    cashier.presses(Qt.Key.Key_Return)
    assert cut_off(cashier.screen) == []
    cashier.types_and_enters("50")
    cashier.presses(Qt.Key.Key_Return)
    assert cut_off(cashier.screen) == []
    cashier.presses(Qt.Key.Key_Return)
    cashier.looks_at_the_strip()
    assert cashier.screen.page == "finished"
    assert cut_off(cashier.screen) == []


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
def test_no_word_is_cut_off_while_joining(open_lane, in_long_words, size) -> None:
    cashier: Cashier = open_lane(size=size)
    cashier.types_and_enters(item(MILK), "0722418906")
    assert cut_off(cashier.screen) == []
    cashier.presses(Qt.Key.Key_F3)
    cashier.taps(cashier.screen.join.program)
    assert cut_off(cashier.screen) == []
    cashier.presses(Qt.Key.Key_F4, Qt.Key.Key_F5, Qt.Key.Key_F6)
    assert cut_off(cashier.screen) == []
    cashier.screen.join.turn(to_wishes=False)
    cashier.screen.join.program.setChecked(False)
    cashier.presses(Qt.Key.Key_Return)
    assert cut_off(cashier.screen) == []


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
def test_no_word_is_cut_off_while_goods_come_back(open_lane, in_long_words, hq: RunningShop, size) -> None:
    cashier: Cashier = open_lane(size=size)
    assert cut_off(cashier.screen) == []
    cashier.types_and_enters("2*" + item(MILK), item(CHEESE), "8*" + item(COFFEE), IOANA_CARD)
    cashier.taps_offer("Use 500 points")
    cashier.presses(*[Qt.Key.Key_Return] * 3)
    assert cashier.screen.page == "finished"
    sale = cashier.session.finished
    assert sale is not None
    assert cut_off(cashier.screen) == []
    cashier.presses(Qt.Key.Key_F11)
    assert cut_off(cashier.screen) == []
    cashier.types_and_enters(sale.receipt_number)
    assert cut_off(cashier.screen) == []
    cashier.presses(Qt.Key.Key_F4, Qt.Key.Key_F5)
    assert cut_off(cashier.screen) == []
    cashier.presses(Qt.Key.Key_F10)
    assert cut_off(cashier.screen) == []
    cashier.types_and_enters("99")
    assert cut_off(cashier.screen) == [], "with a notice"
    cashier.presses(Qt.Key.Key_F11)
    assert cut_off(cashier.screen) == []
    cashier.presses(Qt.Key.Key_F5, Qt.Key.Key_Return)
    assert cashier.screen.page == "returned"
    assert cut_off(cashier.screen) == []


@pytest.mark.parametrize("size", SIZES[1:], ids=lambda size: f"{size[0]}x{size[1]}")
def test_the_fullest_return_quote_fits_with_a_notice(
    open_lane, in_long_words, hq: RunningShop, shop: LocalTill, size
) -> None:
    row = this_store(shop.store.reader())
    with shop.store.unit_of_work() as db:
        put_store(db, msgspec.structs.replace(row, returns=ReturnRules(broken_offers="ask")))
    cashier: Cashier = open_lane(size=size)
    goods = ("9*" + item(COFFEE), "2*" + item(MILK), item(CHEESE), "2*1052", "2*1007", "6*" + item(COFFEE))
    cashier.types_and_enters(*goods, IOANA_CARD)
    cashier.session.tap_offer(next(one for one in cashier.state.offers if one.points_cost))
    cashier.rest(lambda: not cashier.session.asking)
    cashier.presses(Qt.Key.Key_Return)
    cashier.types_and_enters("50")
    cashier.taps(cashier.screen.tender.card_key)
    cashier.presses(Qt.Key.Key_Return, Qt.Key.Key_F11)
    sale = cashier.session.finished
    assert sale is not None
    cashier.types_and_enters(sale.receipt_number, "8")
    for line in range(1, 6):
        cashier.screen.return_lines.tap(line)
        cashier.rest()
    panel = cashier.screen.giving_back.panel
    assert len(sale.gifts) == 1
    assert all(part.isVisible() for part in (*panel.points, panel.gifts, panel.question))
    assert cut_off(cashier.screen) == []
    rows = len(panel.money.facts())

    cashier.types_and_enters("999")

    assert cut_off(cashier.screen) == []
    assert panel.question.isVisible()
    assert len(panel.money.facts()) < rows, "details make room for the notice"


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
def test_no_word_is_cut_off_in_card_and_receipts(open_lane, in_long_words, size) -> None:
    cashier: Cashier = open_lane(size=size)
    cashier.sells(COFFEE)
    receipt = cashier.session.finished.receipt_number
    cashier.scans(IOANA_CARD)
    panel = cashier.screen.selling.care
    for topic in range(len(panel.keys)):
        opens_care(cashier)
        assert cut_off(cashier.screen) == []
        panel._tapped(topic)
        assert cut_off(cashier.screen) == []
        cashier.presses(Qt.Key.Key_Escape)
    opens_care(cashier)
    panel._tapped(0)
    cashier.types_and_enters(receipt)
    assert cut_off(cashier.screen) == []
    cashier.presses(Qt.Key.Key_Return)
    assert cut_off(cashier.screen) == []


def test_the_language_of_long_words_is_really_longer(in_long_words) -> None:
    assert gettext.gettext("Remove line") == "Removeuşăe lineuş"
    assert gettext.ngettext("{count} item", "{count} items", 2) == "{count} itemsuş"


def test_the_check_finds_a_text_that_is_cut(cashier: Cashier) -> None:
    cashier.scans(barcode(MILK))
    cashier.screen.selling.remove_key.set_words("Donaudampfschifffahrtsgesellschaft")

    assert cut_off(cashier.screen) == [
        "cut: Donaudampfschifffahrtsgesellschaft Donaudampfschifffahrtsgesellschaft"
    ]
