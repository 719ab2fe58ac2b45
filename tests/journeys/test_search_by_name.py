"""The cashier finds a member by name while typing it, and never gets one that was only shown on the way there."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from agent.domain.errors import LoyaltyError
from tests.journeys.cashier import FINGERS_MS, Cashier
from tests.patience import PATIENCE_S


@pytest.fixture
def searching(cashier: Cashier) -> Cashier:
    """The search is open."""
    cashier.presses(Qt.Key.Key_F2)
    return cashier


@contextmanager
def busy_worker(cashier: Cashier) -> Iterator[None]:
    """The till's worker is held up by something else, as by a slow disk."""
    released = threading.Event()

    def refused(error: LoyaltyError) -> None:
        raise AssertionError(error.title)

    cashier.session._work.submit(lambda: released.wait(PATIENCE_S), lambda _waited: None, refused)
    try:
        yield
    finally:
        released.set()
    cashier.rest()


def types_on(cashier: Cashier, text: str) -> None:
    """Type without waiting for any answer."""
    for character in text:
        QTest.keyClick(cashier.screen.focusWidget(), character, Qt.KeyboardModifier.NoModifier, FINGERS_MS)


def names_shown(cashier: Cashier) -> list[str]:
    return [key.text() for key in cashier.screen.selling.search.keys if key.isVisible()]


@pytest.mark.parametrize("typed", ["ioana", "ioana m", "munteanu", "ioanna", "muntaenu", "ioanamunteanu"])
def test_a_name_is_found_with_a_typing_mistake_and_without(searching: Cashier, typed: str) -> None:
    searching.types(typed)

    assert "Ioana M." in names_shown(searching)


def test_only_the_last_text_is_answered(searching: Cashier) -> None:
    answered: list[str] = []
    searching.session.desk.found.connect(lambda text, _found: answered.append(text))

    with busy_worker(searching):
        types_on(searching, "munteanu")

    assert answered == ["munteanu"]
    assert names_shown(searching) == ["Ioana M."]


def test_an_answer_for_text_that_was_rubbed_out_is_not_shown(searching: Cashier) -> None:
    with busy_worker(searching):
        types_on(searching, "m")
        searching.screen.selling.entry.erase()

    assert names_shown(searching) == []


def test_enter_waits_for_the_list_of_what_was_typed(searching: Cashier) -> None:
    searching.types("munteanu")
    assert names_shown(searching) == ["Ioana M."]

    with busy_worker(searching):
        types_on(searching, "xyz")
        QTest.keyClick(searching.screen.focusWidget(), Qt.Key.Key_Return)
        assert searching.state.member is None

    assert searching.state.member is None, "the list was that of fewer letters"
    searching.presses(Qt.Key.Key_Escape, Qt.Key.Key_Escape, Qt.Key.Key_F2)
    with busy_worker(searching):
        types_on(searching, "munteanu")
        QTest.keyClick(searching.screen.focusWidget(), Qt.Key.Key_Return)

    assert searching.screen.selling.head.name.text() == "Ioana M."
