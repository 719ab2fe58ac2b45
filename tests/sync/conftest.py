"""A register and an HQ that can be told to misbehave."""

from __future__ import annotations

import pytest

from tests.sync.fault_hq import a_fault_hq
from tests.sync.lanes import TestLane
from tests.sync.real_hq import RealHq


@pytest.fixture
def hq():
    with a_fault_hq() as found:
        yield found


@pytest.fixture
def lane(tmp_path, hq):
    made = TestLane(tmp_path / "register.db")
    hq.public_key = made.key.public_key
    yield made
    made.close()


@pytest.fixture(scope="session")
def real_hq(tmp_path_factory):
    """The demo shop's HQ in a process of its own, on a clock that its registers share."""
    made = RealHq(tmp_path_factory.mktemp("real-hq"))
    yield made
    made.process.kill()
