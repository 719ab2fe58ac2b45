"""What goes wrong in the demo, and when: HQ away while a member joins, HQ killed at its worst moment, paper out.

Each trouble has a place in the row of baskets where it begins, and one where somebody helps.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from demo.demo_lane import DemoLane, wait_for
from demo.hq_process import HqProcess

# For so many baskets HQ stays away, and the printer without paper.
LASTS: Final = 12
HQ_DIES_WITHIN_S: Final = 60.0


@dataclass(slots=True)
class Troubles:
    """Called before and after each basket; `said` is what happened, in words."""

    hq: HqProcess
    lanes: list[DemoLane]
    marker: Path
    count: int
    join_place: int
    say: Callable[[str], None]
    said: list[str] = field(default_factory=list)
    _helped: set[str] = field(default_factory=set)

    @property
    def paper_place(self) -> int:
        return self.count // 6

    @property
    def kill_place(self) -> int:
        return max(self.join_place + LASTS + 1, self.count * 5 // 6)

    def before(self, place: int) -> None:
        """Ahead of basket `place` (from 0)."""
        if place == self.paper_place:
            self.lanes[0].printer.switch(paper_out=True)
            self._note("register 1 runs out of paper")
        if place == self.paper_place + LASTS:
            self._load_paper()
        if place == self.join_place:
            self.hq.stop()
            self._note("HQ is away; a member joins offline")
        if place == self.join_place + LASTS:
            self._bring_hq_back()
        if place == min(self.kill_place, self.count - 1):
            self._bring_hq_back()
            self.marker.touch()
            self._note("HQ will be killed between its commit and its answer")

    def after(self, _place: int) -> None:
        """Once the basket is a sale: an HQ that died is started again."""
        if "killed" not in self._helped and self._armed() and not self.hq.running:
            self._restart()

    def end(self) -> None:
        """After the last basket everybody helps: paper in, HQ up."""
        self._load_paper()
        self._bring_hq_back()
        if self._armed() and "killed" not in self._helped:
            wait_for(lambda: not self.hq.running, HQ_DIES_WITHIN_S)
            self._restart()

    def _armed(self) -> bool:
        return any(text.startswith("HQ will be killed") for text in self.said)

    def _restart(self) -> None:
        self._helped.add("killed")
        died = not self.hq.running
        self.hq.kill()
        self.hq.start()
        self._note("HQ died there and is up again" if died else "HQ did not die")

    def _load_paper(self) -> None:
        if "paper" not in self._helped:
            self._helped.add("paper")
            waiting = sum(not lane.all_printed() for lane in self.lanes)
            self.lanes[0].printer.load_paper()
            self._note("a new roll is in" + (" and the waiting receipts print" if waiting else ""))

    def _bring_hq_back(self) -> None:
        if "away" not in self._helped and any(text.startswith("HQ is away") for text in self.said):
            self._helped.add("away")
            self.hq.start()
            self._note("HQ is back")

    def _note(self, text: str) -> None:
        self.said.append(text)
        self.say(text)
