"""The till is ready quickly: what costs a second is not loaded before the window is up."""

from __future__ import annotations

import subprocess
import sys

HEAVY = ("sqlite_utils", "escpos", "numpy", "pandas", "PIL", "requests", "django", "apscheduler", "serial")


def test_opening_the_till_loads_nothing_heavy() -> None:
    program = (
        "import sys, ui.app, ui.till.screen\n"
        f"print(sorted(name for name in {HEAVY!r} if name in sys.modules))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=True
    )

    assert done.stdout.strip() == "[]"
