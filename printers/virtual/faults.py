"""What can be wrong with a printer, and the bits in which it says so. Switched on and off while it runs."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """The printer's outside. `slow_s` is how long each row takes; `mute` prints and answers nothing."""

    paper_out: bool = False
    near_end: bool = False
    cover_open: bool = False
    offline: bool = False
    mute: bool = False
    slow_s: float = 0.0
    drawer_open: bool = False

    @property
    def can_print(self) -> bool:
        return not (self.paper_out or self.cover_open or self.offline)

    def status_byte(self, number: int) -> bytes:
        """The answer to DLE EOT `number` (1 to 4)."""
        byte = 0x12
        match number:
            case 1:
                # The drawer's switch is high while it is shut.
                byte |= (0 if self.drawer_open else 0x04) | (0 if self.can_print else 0x08)
            case 2:
                byte |= (0x04 if self.cover_open else 0) | (0x20 if self.paper_out else 0)
                byte |= 0x40 if self.offline else 0
            case 4:
                byte |= (0x0C if self.near_end or self.paper_out else 0) | (0x60 if self.paper_out else 0)
        return bytes([byte])

    def sensor_byte(self, number: int) -> bytes:
        """The answer to GS r: 1 the paper sensor, 2 the drawer's switch."""
        if number in (2, 50):
            return bytes([0 if self.drawer_open else 1])
        return bytes([(0x03 if self.near_end or self.paper_out else 0) | (0x0C if self.paper_out else 0)])

    def automatic_frame(self) -> bytes:
        """Four bytes of automatic status."""
        first = 0x10 | (0 if self.drawer_open else 0x04) | (0 if self.can_print else 0x08)
        first |= 0x20 if self.cover_open else 0
        errors = 0x20 if self.offline else 0
        paper = (0x03 if self.near_end or self.paper_out else 0) | (0x0C if self.paper_out else 0)
        return bytes([first, errors, paper, 0x0F])
