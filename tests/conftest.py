"""What every test needs before anything else is imported, and HQ's test database."""

from __future__ import annotations

import os

import pytest

# Before PySide6 loads: without a display, a window would end the whole test run.
os.environ["QT_QPA_PLATFORM"] = "offscreen"


@pytest.fixture(scope="session")
def django_db_modify_db_settings(tmp_path_factory: pytest.TempPathFactory) -> None:
    """HQ's test database is a file in this worker's own folder: one in memory fails as soon as a test uses threads."""
    from django.conf import settings

    settings.DATABASES["default"]["TEST"]["NAME"] = str(tmp_path_factory.mktemp("hq") / "test-hq.db")
