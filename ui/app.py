"""Opens the till: style, fonts, session, window, and the ticking that keeps strip and clock right."""

from __future__ import annotations

import datetime
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Final

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QWidget

from ui.figures import Figures
from ui.theme import Theme, dress
from ui.till.screen import TillScreen
from ui.till.services import ScannerKeys, TillServices
from ui.till.session import TillSession
from ui.tokens import Scheme
from ui.widgets.paper import PaperWindow, Subscribe

TICK_MS: Final = 1000
CRASHED: Final = 1


def run_till(
    services: TillServices,
    *,
    scheme: Scheme = "light",
    scanner: ScannerKeys | None = None,
    full_screen: bool = False,
    paper: Subscribe | None = None,
    more_fonts: Iterable[Path] = (),
) -> int:
    """Open the till and return the exit status once its window is closed; 1 when a bug of ours stopped it.

    `paper`, for the virtual printer, is called with what shows a picture: see PaperWindow.
    """
    running = QApplication.instance()
    app = running if isinstance(running, QApplication) else QApplication(sys.argv[:1])
    theme = dress(app, scheme, more_fonts)
    session = TillSession(services)
    status = 0

    def stopped(_bug: object) -> None:
        nonlocal status
        status = CRASHED

    session.crashed.connect(stopped)
    screen = open_till(session, theme, scanner)
    ticking = QTimer(screen)
    ticking.timeout.connect(screen.show_time)
    ticking.timeout.connect(session.refresh_status)
    ticking.start(TICK_MS)
    window = _paper_window(theme, paper)
    if window is not None:
        # First, so that the till is on top of it; some platforms cannot raise a window later.
        window.show()
    if full_screen:
        screen.showFullScreen()
    else:
        screen.resize(theme.step(341.5), theme.step(192))
        screen.show()
    if window is not None:
        _place_beside(screen, window)
    session.start()
    app.setQuitOnLastWindowClosed(False)
    screen.closed.connect(app.quit)
    try:
        app.exec()
    finally:
        session.stop()
        if window is not None:
            window.close()
    return status


def open_till(session: TillSession, theme: Theme, scanner: ScannerKeys | None = None) -> TillScreen:
    """The till's window for a session, not shown yet."""
    services = session.services
    figures = Figures(
        services.locale, services.currency, services.currency_exponent, local_time(services.offset_min)
    )
    screen = TillScreen(session, theme, figures, scanner)
    screen.show_time()
    return screen


def local_time(offset_min: Callable[[int], int]) -> Callable[[int], datetime.datetime]:
    """The store's wall clock for a time in UTC ms."""

    def at(now_ms: int) -> datetime.datetime:
        zone = datetime.timezone(datetime.timedelta(minutes=offset_min(now_ms)))
        return datetime.datetime.fromtimestamp(now_ms / 1000, zone)

    return at


def _place_beside(till: QWidget, paper: QWidget) -> None:
    """The till on the left, the paper at its right; on a small screen the till lies over the paper's edge."""
    room = till.screen().availableGeometry()
    spare = max(0, room.width() - till.frameGeometry().width() - paper.frameGeometry().width())
    till.move(room.left() + spare // 3, room.top() + (0 if till.isFullScreen() else spare // 3))
    right = min(till.frameGeometry().right() + spare // 3, room.right() - paper.frameGeometry().width())
    paper.move(right, till.y())
    till.activateWindow()


def _paper_window(theme: Theme, paper: Subscribe | None) -> PaperWindow | None:
    if paper is None:
        return None
    window = PaperWindow(theme)
    paper(window.show_paper)
    return window
