"""What is done behind the screen arrives on it in order, and our own bugs are loud."""

from __future__ import annotations

import threading

import pytest
from PySide6.QtCore import QObject, Signal
from pytestqt.qtbot import QtBot

import ui.background
from agent.domain.errors import LoyaltyError
from tests.patience import PATIENCE_MS
from ui.background import Background


@pytest.fixture
def background(qtbot: QtBot):
    worker = Background("test")
    yield worker
    worker.stop()


def unexpected(result: object) -> None:
    raise AssertionError(f"this must not arrive: {result}")


def test_two_thousand_results_arrive_in_order(qtbot: QtBot, background: Background) -> None:
    arrived: list[int] = []
    for number in range(2000):
        background.submit(lambda number=number: number, arrived.append, unexpected)
        if number % 250 == 249:
            qtbot.waitUntil(lambda: background.idle, timeout=PATIENCE_MS)

    qtbot.waitUntil(lambda: background.idle, timeout=PATIENCE_MS)
    assert arrived == list(range(2000))


def test_two_thousand_signals_leave_the_program_standing(qtbot: QtBot) -> None:
    class Bell(QObject):
        rang = Signal(object)

    bell, heard = Bell(), []
    bell.rang.connect(heard.append)
    for number in range(2000):
        bell.rang.emit(number % 2 == 0)

    assert heard.count(True) == 1000


def test_a_result_arrives_on_the_screens_thread(qtbot: QtBot, background: Background) -> None:
    threads: list[int] = []
    background.submit(threading.get_ident, threads.append, unexpected)
    background.submit(lambda: None, lambda _none: threads.append(threading.get_ident()), unexpected)

    qtbot.waitUntil(lambda: len(threads) == 2, timeout=PATIENCE_MS)
    assert threads[0] != threading.get_ident()
    assert threads[1] == threading.get_ident()


def test_a_refusal_arrives_as_two_lines(qtbot: QtBot, background: Background) -> None:
    refusals: list[LoyaltyError] = []

    def refuse() -> None:
        raise LoyaltyError("Nothing is left to pay.", "Finish the sale.")

    background.submit(refuse, unexpected, refusals.append)

    qtbot.waitUntil(lambda: bool(refusals), timeout=PATIENCE_MS)
    assert (refusals[0].title, refusals[0].advice) == ("Nothing is left to pay.", "Finish the sale.")


def test_a_bug_is_told_and_nothing_is_done_after_it(qtbot: QtBot, background: Background, caplog) -> None:
    def break_down() -> None:
        raise ZeroDivisionError

    with qtbot.waitSignal(background.crashed, timeout=PATIENCE_MS) as crashed:
        background.submit(break_down, unexpected, unexpected)
    background.submit(lambda: 1, unexpected, unexpected)

    assert isinstance(crashed.args[0], ZeroDivisionError)
    assert "has stopped" in caplog.text
    qtbot.wait(20)


def test_a_queue_that_is_full_says_so(qtbot: QtBot, background: Background, monkeypatch) -> None:
    gate = threading.Event()
    refusals: list[LoyaltyError] = []
    for _job in range(ui.background.MAX_WAITING_JOBS + 1):
        background.submit(gate.wait, lambda _result: None, refusals.append)
        if refusals:
            break
    background.submit(gate.wait, lambda _result: None, refusals.append)
    gate.set()

    assert refusals
    assert refusals[0].code == "busy"
    qtbot.waitUntil(lambda: background.idle, timeout=PATIENCE_MS)


def test_what_comes_after_the_end_is_dropped(qtbot: QtBot) -> None:
    worker = Background("short")
    worker.submit(lambda: 1, unexpected, unexpected)
    worker.stop()

    qtbot.wait(20)
