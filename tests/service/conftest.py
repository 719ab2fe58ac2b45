"""The shop that these tests sell in."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from agent.service.returns import ReturnDesk
from tests.service.shop import ELENA, Shop


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    opened = Shop(tmp_path)
    yield opened
    opened.close()


@pytest.fixture
def desk(shop: Shop) -> ReturnDesk:
    """Where that shop takes goods back."""
    return ReturnDesk(shop.lane, ELENA)
