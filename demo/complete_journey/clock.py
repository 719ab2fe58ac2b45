"""The hand of the simulated clock: it writes the file that the register and HQ read as their time."""

from __future__ import annotations

import os
import time
from pathlib import Path


class SimulatedClock:
    """Stands where it was put. Timeouts still follow real time."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def now_ms(self) -> int:
        """UTC ms as they stand in the file."""
        return int(self.path.read_text("ascii"))

    def monotonic_s(self) -> float:
        return time.monotonic()

    def stand_at(self, at_ms: int) -> None:
        """Move to a time. Readers see the old one or the new one, never half of it."""
        aside = self.path.with_name(f"{self.path.name}.{os.getpid()}")
        aside.write_text(str(at_ms), "ascii")
        aside.replace(self.path)
