"""The demo shop with its HQ and two registers, for pictures of the till and journeys through it.

Prepared once through HQ's own commands and feed, at rest in a folder; whoever needs the shop copies the folder and
starts HQ on the copy, so that nothing that one of them does is there for the next.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from agent.bootstrap import CLOCK_FILE, Agent, running_agent
from agent.config import Config, HqConfig
from agent.store.catalog import count_items
from agent.store.members import count_members
from agent.store.program_sets import active_hash
from demo.complete_journey.clock import SimulatedClock
from demo.demo_lane import PACE, enrol_lane, wait_for
from demo.hq_line import HqLine
from demo.hq_process import HqProcess
from demo.local_shop import DEMO_SHOP, demo_shop

# The till's own register, and the one beside it.
TILL: Final = "Register 2"
OTHER: Final = "Register 1"
_FILL_TIMEOUT_S: Final = 60.0


@dataclass(frozen=True, slots=True)
class RunningShop:
    """HQ on a prepared folder, and the till's line to it."""

    folder: Path
    clock: SimulatedClock
    hq: HqProcess
    line: HqLine

    @contextlib.contextmanager
    def other_register(self) -> Iterator[Agent]:
        """The register beside the till, with a line of its own."""
        with _running(self.folder, OTHER, self.hq, self.clock) as agent:
            yield agent


def till_folder(folder: Path) -> Path:
    """Where the till's register is in a prepared shop."""
    return folder / TILL


def prepare_shop(folder: Path, at_ms: int) -> None:
    """Fill a new folder: HQ with the demo shop, and both registers enrolled there and filled from its feed."""
    folder.mkdir(parents=True, exist_ok=True)
    clock = SimulatedClock(folder / "prepared-at")
    clock.stand_at(at_ms)
    hq = _hq_in(folder, clock)
    hq.run("load-shop", str(DEMO_SHOP))
    hq.start()
    try:
        for name in (TILL, OTHER):
            enrol_lane(folder / name, name, hq, demo_shop()["store"]["store_id"], clock)
            with _running(folder, name, hq, clock) as agent:
                if not wait_for(lambda agent=agent: _is_filled(agent), _FILL_TIMEOUT_S):  # type: ignore[misc]
                    raise TimeoutError(f"HQ has not filled {name} in time; its log is beside its data")
    finally:
        hq.stop()


@contextlib.contextmanager
def run_shop(folder: Path, clock: SimulatedClock) -> Iterator[RunningShop]:
    """HQ on a prepared folder, killed at the end: its data are not used again."""
    hq = _hq_in(folder, clock)
    hq.start()
    line = HqLine(hq.port)
    try:
        yield RunningShop(folder, clock, hq, line)
    finally:
        line.close()
        hq.kill()


def _hq_in(folder: Path, clock: SimulatedClock) -> HqProcess:
    return HqProcess(folder / "hq", environment={CLOCK_FILE: str(clock.path)})


@contextlib.contextmanager
def _running(folder: Path, name: str, hq: HqProcess, clock: SimulatedClock) -> Iterator[Agent]:
    config = Config(secrets="file", hq=HqConfig(url=hq.url))
    with running_agent(folder / name, config=config, clock=clock, pace=PACE) as agent:
        yield agent


def _is_filled(agent: Agent) -> bool:
    """Whether the feed's first pages are all here, points included, and HQ has our first entry."""
    reader = agent.lane.store.reader()
    shop = demo_shop()
    (balances,) = reader.execute("select count(*) from balance").fetchone()
    (unsent,) = reader.execute("select count(*) from chain where acked_seq = 0").fetchone()
    return (
        bool(active_hash(reader))
        and count_items(reader) == len(shop["items"])
        and count_members(reader) == len(shop["members"])
        and balances >= sum(len(member.get("balances", {})) for member in shop["members"])
        and not unsent
    )
