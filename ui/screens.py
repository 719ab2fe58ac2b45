"""Pictures of the till in its states, drawn without a display from real services on a real store.

Start-up (demo/screens.py) hands in the shop: this file knows what to tap and when to take the picture.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from contextlib import contextmanager
from pathlib import Path
from typing import Final, Protocol

from PySide6.QtWidgets import QApplication

from ui.app import open_till
from ui.theme import dress
from ui.till.screen import TillScreen
from ui.till.services import TillServices
from ui.till.session import TillSession
from ui.tokens import Scheme

SETTLE_TIMEOUT_S: Final = 60.0
WIDE: Final = (1366, 768)
SMALL: Final = (1024, 768)


class Shop(Protocol):
    """What the pictures need of a shop: a till's services, and switches for what can happen around it.

    Each switch returns once the register has noticed. `basket` are codes as a cashier types them; `card` finds the
    member of the pictures, `card_of(locale)` one whose name is written in that language.
    """

    basket: tuple[str, ...]
    card: str
    new_phone: str

    def services(self) -> TillServices: ...
    def card_of(self, locale: str) -> str: ...
    def hq_goes_away(self) -> None: ...
    def hq_comes_back(self) -> None: ...
    def everything_arrives(self) -> None: ...
    def time_passes(self, minutes: int) -> None: ...
    def paper_runs_out(self) -> None: ...
    def paper_comes_in(self) -> None: ...


class Stage:
    """One till window, operated and photographed."""

    def __init__(self, app: QApplication, screen: TillScreen, out: Path) -> None:
        self._app = app
        self.screen = screen
        self.session = screen.session
        self._out = out
        self.written: list[Path] = []

    def settle(self, until: Callable[[], bool] = lambda: True) -> None:
        """Let everything that is under way arrive on the screen. Raises TimeoutError after a minute."""
        deadline = time.monotonic() + SETTLE_TIMEOUT_S
        while not (self.session.idle and until()):
            if time.monotonic() > deadline:
                raise TimeoutError("the till did not come to rest")
            self._app.processEvents()
            time.sleep(0.002)
        for _round in range(3):
            self._app.processEvents()

    def enter(self, *texts: str) -> None:
        """Scan or type, one after the other."""
        for text in texts:
            self.session.enter(text)
        self.settle()

    def picture(self, name: str, size: tuple[int, int] = WIDE) -> None:
        """Write NAME-WIDTHxHEIGHT.png as the till looks now."""
        self.screen.resize(*size)
        self.session.refresh_status()
        self.settle()
        path = self._out / f"{name}-{size[0]}x{size[1]}.png"
        if not self.screen.grab().save(str(path)):
            raise OSError(f"{path} cannot be written")
        self.written.append(path)


def write_screens(shop: Shop, out: Path, more_fonts: Iterable[Path] = ()) -> list[Path]:
    """Write every picture into `out` and return their paths. Needs QT_QPA_PLATFORM=offscreen without a display."""
    out.mkdir(parents=True, exist_ok=True)
    running = QApplication.instance()
    app = running if isinstance(running, QApplication) else QApplication([])
    fonts = tuple(more_fonts)
    written: list[Path] = []
    with _stage(app, shop, out, "light", fonts) as stage:
        _selling(stage, shop)
        _paying(stage, shop)
        _returning(stage, shop)
        _joining(stage, shop)
        _names(stage, shop)
        _offline(stage, shop)
        written += stage.written
    with _stage(app, shop, out, "dark", fonts) as stage:
        stage.enter(*shop.basket, shop.card)
        stage.picture("till-dark")
        stage.session.begin_tender()
        stage.session.tender("cash", 20_000)
        stage.picture("till-tender-dark")
        stage.session.abandon()
        stage.settle()
        written += stage.written
    return written


@contextmanager
def _stage(app: QApplication, shop: Shop, out: Path, scheme: Scheme, fonts: tuple[Path, ...]):
    theme = dress(app, scheme, fonts)
    session = TillSession(shop.services())
    screen = open_till(session, theme)
    screen.resize(*WIDE)
    screen.show()
    session.start()
    stage = Stage(app, screen, out)
    try:
        stage.settle()
        yield stage
    finally:
        session.stop()
        screen.close()


def _selling(stage: Stage, shop: Shop) -> None:
    stage.picture("till-empty")
    stage.enter(*shop.basket)
    stage.picture("till-no-member")
    stage.enter(shop.card)
    stage.picture("till-light")
    stage.enter("000000")
    stage.picture("till-notice")
    stage.screen.selling.open_all_offers()
    stage.picture("till-all-offers")
    stage.screen.selling.close_panel()
    stage.screen.selling.open_why()
    stage.picture("till-why-not")
    stage.screen.selling.close_panel()
    points = next(offer for offer in stage.session.state.offers if offer.points_cost)
    stage.session.tap_offer(points)
    stage.settle(lambda: not stage.session.asking)
    stage.picture("till-redeemed")


def _paying(stage: Stage, shop: Shop) -> None:
    shop.paper_runs_out()
    stage.session.begin_tender()
    stage.picture("till-to-pay")
    stage.session.tender("cash", 20_000)
    stage.picture("till-tender")
    stage.session.finish()
    stage.settle()
    shop.everything_arrives()
    stage.picture("till-finished-out-of-paper")
    shop.paper_comes_in()
    stage.picture("till-finished")
    stage.session.next_sale()
    stage.settle()


def _returning(stage: Stage, shop: Shop) -> None:
    """A few of the goods that were just sold come back; then the rest of the visit is an exchange."""
    returning, sale = stage.session.returning, stage.session.finished
    if sale is None:
        raise LookupError("nothing was sold before")
    stage.screen.open_return()
    stage.picture("till-return-empty")
    returning.find(sale.receipt_number)
    stage.settle()
    stage.picture("till-return-found")
    for row in (0, 4, 4):
        stage.screen.return_lines.tap(row)
        stage.settle()
    returning.give_reason("faulty")
    stage.picture("till-return")
    stage.picture("till-return", SMALL)
    returning.pay_out()
    stage.settle()
    shop.everything_arrives()
    stage.picture("till-returned")
    stage.screen.leave_return()
    stage.settle()
    stage.screen.open_return()
    returning.find(sale.receipt_number)
    stage.settle()
    stage.screen.return_lines.tap(1)
    returning.give_reason("wrong_item")
    returning.refund_to("exchange")
    stage.settle()
    returning.pay_out()
    stage.settle()
    stage.enter(*shop.basket[:2])
    stage.picture("till-exchange")
    stage.session.begin_tender()
    stage.picture("till-exchange-tender")
    stage.session.tender("cash")
    stage.session.finish()
    stage.settle()
    stage.screen.open_void()
    stage.settle()
    returning.give_reason("mistake")
    stage.picture("till-void")
    returning.leave()
    stage.settle()
    stage.session.next_sale()
    stage.settle()


def _joining(stage: Stage, shop: Shop) -> None:
    stage.enter(*shop.basket, shop.new_phone)
    stage.picture("till-new-member")
    stage.screen.next_step.last_entered = shop.new_phone
    stage.screen.open_join()
    stage.screen.join.program.setChecked(True)
    stage.picture("enrol")
    stage.screen.join.wishes.language.choose("ro")
    stage.screen.join.turn(to_wishes=True)
    stage.picture("enrol-wishes")
    stage.screen.leave_join()
    stage.session.abandon()
    stage.settle()


def _names(stage: Stage, shop: Shop) -> None:
    for locale in ("ro", "tr", "zh_Hans"):
        stage.enter(*shop.basket[:3], shop.card_of(locale))
        stage.picture(f"till-name-{locale}")
        stage.session.abandon()
        stage.settle()
    stage.screen.selling.open_search()
    stage.session.desk.search("m")
    stage.picture("till-search")
    stage.screen.selling.close_panel()


def _offline(stage: Stage, shop: Shop) -> None:
    shop.hq_goes_away()
    for _sale in range(3):
        stage.enter(shop.basket[0])
        stage.session.tender("cash")
        stage.session.finish()
        stage.session.next_sale()
        stage.settle()
    shop.time_passes(44)
    stage.screen.show_time()
    stage.session.refresh_status()
    stage.settle()
    stage.enter(*shop.basket, shop.card)
    stage.picture("till-offline", SMALL)
    stage.session.tap_offer(next(offer for offer in stage.session.state.offers if offer.points_cost))
    stage.picture("till-offline-points", SMALL)
    stage.session.begin_tender()
    stage.picture("till-offline-tender", SMALL)
    stage.session.abandon()
    stage.settle()
    shop.hq_comes_back()
    shop.everything_arrives()
