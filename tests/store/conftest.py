"""A real database in a folder of its own."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from agent.store.chains import add_chain
from agent.store.database import Store
from agent.store.register import Register, put_register

CHAIN = uuid.UUID("019aaaaa-0000-7000-8000-000000000001")
NOW_MS = 1_795_350_600_000


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "register.db"


@pytest.fixture
def store(path: Path) -> Iterator[Store]:
    opened = Store(path)
    yield opened
    opened.close()


@pytest.fixture
def chain_id(store: Store) -> uuid.UUID:
    """A register that has just been enrolled."""
    with store.unit_of_work() as db:
        put_register(db, Register("brasov-1-r1", "brasov-1", "2", "Casa 2", "till", CHAIN))
        add_chain(db, CHAIN, NOW_MS)
    return CHAIN
