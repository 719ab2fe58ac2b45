"""A till on the demo shop for each journey."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from demo.complete_journey.clock import SimulatedClock
from demo.local_till import LocalTill, local_till, lonely_till
from demo.running_shop import RunningShop, prepare_shop, run_shop, till_folder
from tests.journeys.cashier import Cashier
from tests.patience import PATIENCE_MS, PATIENCE_S
from tests.ui.till_words import AT_MS
from ui.app import open_till
from ui.theme import dress
from ui.till.services import ScannerKeys
from ui.till.session import TillSession

Open = Callable[..., Cashier]


@pytest.fixture
def clock(tmp_path: Path) -> SimulatedClock:
    """Sunday, 14:02, until somebody moves it; the register's and HQ's."""
    made = SimulatedClock(tmp_path / "clock")
    made.stand_at(AT_MS)
    return made


@pytest.fixture(scope="session")
def prepared_shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """HQ's data and two registers, at rest; copied for each journey that has HQ behind it."""
    folder = tmp_path_factory.mktemp("prepared") / "shop"
    prepare_shop(folder, AT_MS)
    return folder


@pytest.fixture
def hq(tmp_path: Path, clock: SimulatedClock, prepared_shop: Path) -> Iterator[RunningShop]:
    """HQ behind the till, for the journeys that name it; the till of any other is offline."""
    folder = tmp_path / "shop"
    shutil.copytree(prepared_shop, folder)
    with run_shop(folder, clock) as running:
        yield running


@pytest.fixture(scope="session")
def printer_tables(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The printer library reads its tables once, not once for each journey."""
    return tmp_path_factory.mktemp("escpos")


@pytest.fixture
def shop(
    request: pytest.FixtureRequest, tmp_path: Path, clock: SimulatedClock, printer_tables: Path
) -> Iterator[LocalTill]:
    if "hq" in request.fixturenames:
        running: RunningShop = request.getfixturevalue("hq")
        opened = local_till(till_folder(running.folder), clock, running.line, printer_tables)
    else:
        opened = lonely_till(tmp_path / "register", clock, printer_tables)
    with opened as till:
        yield till


@pytest.fixture
def open_lane(
    qtbot: QtBot, qapp: QApplication, shop: LocalTill, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Open]:
    """Opens the till's window: size, scheme and scanner as told."""
    # How soon HQ answers is this machine's business; that an answer may come too late is what some journeys bring about.
    monkeypatch.setattr("ui.till.session.LEASE_TIMEOUT_S", PATIENCE_S)
    monkeypatch.setattr("agent.service.members.LOOKUP_TIMEOUT_S", PATIENCE_S)
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
        with qtbot.waitExposed(screen, timeout=PATIENCE_MS):
            screen.show()
            screen.activateWindow()
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
