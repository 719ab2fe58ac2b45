"""A till on the demo shop for each journey."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from demo.local_till import LocalTill, local_till
from tests.journeys.cashier import Cashier
from tests.ui.till_words import AT_MS
from ui.app import open_till
from ui.theme import dress
from ui.till.services import ScannerKeys
from ui.till.session import TillSession

Open = Callable[..., Cashier]


class SteppedClock:
    """Sunday, 14:02, until somebody moves it."""

    def __init__(self) -> None:
        self.at_ms = AT_MS

    def now_ms(self) -> int:
        return self.at_ms

    def monotonic_s(self) -> float:
        return time.monotonic()


@pytest.fixture
def clock() -> SteppedClock:
    return SteppedClock()


@pytest.fixture(scope="session")
def printer_tables(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The printer library reads its tables once, not once for each journey."""
    return tmp_path_factory.mktemp("escpos")


@pytest.fixture
def shop(tmp_path: Path, clock: SteppedClock, printer_tables: Path) -> Iterator[LocalTill]:
    with local_till(tmp_path, clock, cache=printer_tables) as till:
        yield till


@pytest.fixture
def open_lane(qtbot: QtBot, qapp: QApplication, shop: LocalTill) -> Iterator[Open]:
    """Opens the till's window: size, scheme and scanner as told."""
    opened: list[Cashier] = []

    def open_(
        size: tuple[int, int] = (1366, 768),
        scheme: str = "light",
        keys: ScannerKeys | None = None,
        locale: str = "en",
    ) -> Cashier:
        theme = dress(qapp, scheme)  # type: ignore[arg-type]
        session = TillSession(shop.services(locale=locale))
        screen = open_till(session, theme, keys)
        qtbot.addWidget(screen)
        screen.resize(*size)
        screen.show()
        screen.activateWindow()
        qtbot.waitExposed(screen)
        session.start()
        cashier = Cashier(qtbot, screen, shop)
        cashier.rest(shop.printer_says("ready"))
        cashier.looks_at_the_strip()
        opened.append(cashier)
        return cashier

    yield open_
    for cashier in opened:
        cashier.session.stop()


@pytest.fixture
def cashier(open_lane: Open) -> Cashier:
    return open_lane()
