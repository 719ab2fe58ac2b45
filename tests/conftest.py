"""What every test needs before anything else is imported."""

from __future__ import annotations

import os

# Before PySide6 loads: without a display, a window would end the whole test run.
os.environ["QT_QPA_PLATFORM"] = "offscreen"
