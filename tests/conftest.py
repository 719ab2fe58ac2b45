"""What every test needs before anything else is imported, HQ's test database, and the machines beside a register."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings

if TYPE_CHECKING:
    from demo.hq_process import HqProcess
    from printers.virtual.printer import VirtualPrinter

# Before PySide6 loads: without a display, a window would end the whole test run.
os.environ["QT_QPA_PLATFORM"] = "offscreen"

# How long an example takes is the machine's business.
settings.register_profile("shop", settings(deadline=None, suppress_health_check=[HealthCheck.too_slow]))
settings.load_profile("shop")


@pytest.fixture(scope="session")
def django_db_modify_db_settings(tmp_path_factory: pytest.TempPathFactory) -> None:
    """HQ's test database is a file in this worker's own folder: one in memory fails as soon as a test uses threads."""
    from django.conf import settings

    settings.DATABASES["default"]["TEST"]["NAME"] = str(tmp_path_factory.mktemp("hq") / "test-hq.db")


@pytest.fixture
def demo_hq(tmp_path: Path) -> Iterator[HqProcess]:
    """The demo shop's HQ, a process of its own."""
    from demo.hq_process import HqProcess
    from demo.local_shop import DEMO_SHOP

    hq = HqProcess(tmp_path / "hq")
    hq.run("load-shop", str(DEMO_SHOP))
    hq.start()
    yield hq
    hq.stop()


@pytest.fixture
def printer() -> Iterator[VirtualPrinter]:
    """A virtual printer that runs; how it is reached is the test's business."""
    from printers.virtual.printer import VirtualPrinter

    printer = VirtualPrinter()
    printer.start()
    yield printer
    printer.stop()
