"""A cashier at a real till: keyboard, finger and scanner, and eyes for what the screen says."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication
from pytestqt.qtbot import QtBot

from agent.service.views import CheckoutState, OfferView
from demo.local_till import LocalTill
from demo.shop_baskets import demo_shop
from tests.patience import PATIENCE_MS
from ui.till.scanner import MAX_GAP_MS
from ui.till.screen import TillScreen

# A person's fingers are slower than a scanner.
FINGERS_MS = MAX_GAP_MS + 15


def item(name: str) -> str:
    """The code of the demo shop's item whose name begins so."""
    return str(next(one["item_code"] for one in demo_shop()["items"] if one["name"].startswith(name)))


def barcode(name: str) -> str:
    """Its barcode."""
    return str(next(one["codes"][0] for one in demo_shop()["items"] if one["name"].startswith(name)))


def opens_care(cashier: Cashier) -> None:
    """Card and receipts of the member, by the keyboard."""
    QTest.keyClick(cashier._focus(), Qt.Key.Key_F2, Qt.KeyboardModifier.ShiftModifier)
    cashier.rest()


class Cashier:
    """Works one till and waits, after each step, until the screen has come to rest."""

    def __init__(self, qtbot: QtBot, screen: TillScreen, shop: LocalTill) -> None:
        self._qtbot = qtbot
        self.screen = screen
        self.session = screen.session
        self.shop = shop

    @property
    def state(self) -> CheckoutState:
        return self.session.state

    def rest(self, until: Callable[[], bool] = lambda: True) -> None:
        """Until nothing is under way and what is awaited has come."""
        scanner = self.screen.scanner
        self.waits(lambda: self.session.idle and not scanner.holding and until())

    def waits(self, until: Callable[[], object]) -> None:
        """Until this is so, whatever else is under way."""
        self._qtbot.waitUntil(lambda: bool(until()), timeout=PATIENCE_MS)

    def types(self, text: str) -> None:
        """Each key at a person's speed, wherever the focus is."""
        for character in text:
            QTest.keyClick(self._focus(), character, Qt.KeyboardModifier.NoModifier, FINGERS_MS)
        self._qtbot.wait(FINGERS_MS)
        self.rest()

    def presses(self, *keys: Qt.Key) -> None:
        for key in keys:
            QTest.keyClick(self._focus(), key)
            self.rest()

    def types_and_enters(self, *texts: str) -> None:
        for text in texts:
            self.types(text)
            self.presses(Qt.Key.Key_Return)

    def scans(self, code: str) -> None:
        """As a keyboard-wedge scanner does: all at once, then Enter."""
        QTest.keyClicks(self._focus(), code)
        QTest.keyClick(self._focus(), Qt.Key.Key_Return)
        self.rest()

    def taps(self, button: QAbstractButton) -> None:
        assert button.isVisible(), f"{button.text()} cannot be seen"
        assert button.isEnabled(), f"{button.text()} cannot be tapped"
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)
        self.rest()

    def taps_offer(self, title: str) -> None:
        self.taps(next(one for one in self.screen.selling.offers.buttons if one.text() == title))

    def offer(self, title: str) -> OfferView:
        """The offer as the screen shows it now."""
        return next(one for one in self.screen.selling.offers.shown() if one.title == title)

    def reads_notice(self) -> tuple[str, str] | None:
        """The two lines on the page that is open, or None."""
        page = getattr(self.screen, self.screen.page)
        return (page.notice.title, page.notice.advice) if page.notice.isVisible() else None

    def looks_at_the_strip(self) -> None:
        """Let the strip be read anew, as it is once a second."""
        self.session.refresh_status()
        self.rest()

    def sells(self, *names: str) -> None:
        """Scan goods, take exact cash, finish, and go on to the next sale, all with Enter."""
        for name in names:
            self.scans(barcode(name))
        self.presses(*[Qt.Key.Key_Return] * 4)

    def _focus(self):
        return self.screen.focusWidget() or QApplication.focusWidget() or self.screen
