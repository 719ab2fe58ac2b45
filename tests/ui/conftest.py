"""The style in force, as the till has it."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QApplication

from tests.ui.till_words import in_store_time
from ui.figures import Figures
from ui.theme import Theme, dress


@pytest.fixture
def theme(qapp: QApplication) -> Theme:
    return dress(qapp, "light")


@pytest.fixture
def figures() -> Figures:
    return Figures("en", "RON", 2, in_store_time)
