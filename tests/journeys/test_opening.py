"""Opening and closing the till, and the pictures that are made of it."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication

from agent.service.checkout import Checkout
from demo.local_till import LocalTill
from demo.screens import main as write_pictures
from tests.ui.test_paper import a_receipt
from ui.app import CRASHED, run_till
from ui.till.screen import TillScreen
from ui.widgets.paper import PaperWindow


def windows(kind: type) -> list:
    return [one for one in QApplication.topLevelWidgets() if isinstance(one, kind) and one.isVisible()]


def close_the_till() -> None:
    windows(TillScreen)[0].close()


def soon(act, *, when, tries: int = 6_000) -> None:
    """Do something as soon as it can be done, from inside the till's own event loop."""
    if when():
        act()
    elif tries:
        QTimer.singleShot(10, lambda: soon(act, when=when, tries=tries - 1))


def test_the_till_opens_and_closes_again(qapp: QApplication, shop: LocalTill) -> None:
    soon(close_the_till, when=lambda: bool(windows(TillScreen)))

    assert run_till(shop.services(), scheme="dark") == 0


def test_the_printers_paper_is_beside_the_till_in_the_demo(qapp: QApplication, shop: LocalTill) -> None:
    seen: list[int] = []

    def look_and_close() -> None:
        seen.append(len(windows(PaperWindow)[0].pieces))
        windows(TillScreen)[0].close()

    soon(look_and_close, when=lambda: bool(windows(PaperWindow)) and bool(windows(PaperWindow)[0].pieces))
    status = run_till(shop.services(), paper=lambda show: show(a_receipt()))

    assert status == 0
    assert seen == [1]
    assert not windows(PaperWindow)


def test_a_till_that_stopped_by_a_bug_ends_with_another_status(
    qapp: QApplication, shop: LocalTill, monkeypatch: pytest.MonkeyPatch
) -> None:
    def break_down(checkout: Checkout) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(Checkout, "state", break_down)
    soon(
        close_the_till,
        when=lambda: bool(windows(TillScreen)) and windows(TillScreen)[0].board.shown is not None,
    )

    assert run_till(shop.services()) == CRASHED


def test_the_pictures_of_the_till_are_written(qapp: QApplication, tmp_path: Path, capsys) -> None:
    assert write_pictures(["--out", str(tmp_path)]) == 0

    pictures = sorted((*tmp_path.glob("till-*.png"), *tmp_path.glob("enrol-*.png")))
    assert {str(path) for path in pictures} <= set(capsys.readouterr().out.split())
    names = {path.stem for path in pictures}
    assert {
        "till-empty-1366x768",
        "till-light-1366x768",
        "till-dark-1366x768",
        "till-offline-1024x768",
    } <= names
    assert {"till-tender-1366x768", "till-finished-out-of-paper-1366x768", "enrol-1366x768"} <= names
    for path in pictures:
        image = QImage(str(path))
        width, height = (int(part) for part in path.stem.rsplit("-", 1)[1].split("x"))
        assert (image.width(), image.height()) == (width, height)
        assert len({image.pixel(x, y) for x in range(0, width, 7) for y in range(0, height, 7)}) > 20
