"""HQ and one register in a folder of their own, made at the first start and found again at the next."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from agent.bootstrap import CLOCK_FILE, Agent, enrol_register, running_agent
from agent.config import Config, HqConfig, PrinterConfig
from agent.domain.errors import LoyaltyError
from agent.service.register_status import register_status
from agent.store.members import count_members
from agent.store.program_sets import active_hash
from demo.complete_journey.clock import SimulatedClock
from demo.complete_journey.plan import Plan
from demo.complete_journey.shop import store_id_of, write_shop
from demo.hq_process import HqProcess

# HQ opens before the first basket.
HEAD_START_MS: Final = 3_600_000
FILL_TIMEOUT_S: Final = 600.0
SEND_TIMEOUT_S: Final = 600.0
_LOOK_EVERY_S: Final = 0.1
_REGISTER_NAME: Final = "Register 1"


@dataclass(frozen=True, slots=True)
class Stage:
    """A running register and its HQ; both read `clock`."""

    agent: Agent
    hq: HqProcess
    clock: SimulatedClock

    def wait_until_sent(self) -> int:
        """Wait, with a limit, until HQ has stored every sale. Returns how many it has not."""
        _wait(lambda: not register_status(self.agent.lane).unsent_sales, SEND_TIMEOUT_S)
        return register_status(self.agent.lane).unsent_sales


@contextmanager
def set_stage(folder: Path, plan: Plan) -> Iterator[Stage]:
    """Start HQ and the register of this folder; stop both at the end. Raises LoyaltyError where that cannot be."""
    folder.mkdir(parents=True, exist_ok=True)
    clock = _clock_of(folder, plan)
    hq = HqProcess(folder / "hq", environment={CLOCK_FILE: str(clock.path)})
    try:
        _load_shop(folder, plan, hq)
        hq.start()
    except RuntimeError as error:
        raise LoyaltyError(str(error), f"Look into {folder}, then start again.", code="no_hq") from error
    try:
        data_dir = folder / "register"
        _enrol(data_dir, hq, store_id_of(plan.store_id), clock)
        with running_agent(data_dir, config=_config(folder, hq), clock=clock) as agent:
            _wait_for_fill(agent, len(plan.households()))
            yield Stage(agent, hq, clock)
    finally:
        hq.stop()


def _clock_of(folder: Path, plan: Plan) -> SimulatedClock:
    clock = SimulatedClock(folder / "clock")
    if not clock.path.exists():
        _place, first = next(plan.baskets())
        clock.stand_at(first.at_ms - HEAD_START_MS)
    return clock


def _load_shop(folder: Path, plan: Plan, hq: HqProcess) -> None:
    """Once for each length of the plan: a longer one brings more members, and loading the others again changes nothing.

    The marker says how long the plan was; it is written when HQ has everything.
    """
    marker = folder / "shop" / "loaded"
    if marker.exists() and int(marker.read_text("ascii")) >= plan.count:
        return
    shop = write_shop(folder / "shop", plan.store_id, plan.households())
    hq.run("load-shop", str(shop))
    marker.write_text(str(plan.count), "ascii")


def _enrol(data_dir: Path, hq: HqProcess, store_id: str, clock: SimulatedClock) -> None:
    marker = data_dir / "enrolled"
    if marker.exists():
        return
    data_dir.mkdir(parents=True, exist_ok=True)
    (data_dir / "register.toml").write_text('secrets = "file"\n', "utf-8")
    try:
        enrol_register(data_dir, hq.url, hq.enrolment_code(store_id), _REGISTER_NAME, clock=clock)
    except LoyaltyError as error:
        # Killed between the enrolment and the marker.
        if error.code != "enrolled_already":
            raise
    marker.touch()


def _config(folder: Path, hq: HqProcess) -> Config:
    """HQ takes a free port at each start; receipts go into one file."""
    return Config(
        secrets="file",
        hq=HqConfig(url=hq.url),
        printer=PrinterConfig(kind="file", address=str(folder / "receipts.bin"), print_backlog="print"),
    )


def _wait_for_fill(agent: Agent, members: int) -> None:
    def filled() -> bool:
        reader = agent.lane.store.reader()
        return bool(active_hash(reader)) and count_members(reader) >= members

    if not _wait(filled, FILL_TIMEOUT_S):
        raise LoyaltyError(
            f"HQ has not sent its {members} members within {FILL_TIMEOUT_S:.0f} seconds.",
            "Look at HQ's log beside its data folder, then start again.",
            code="not_filled",
        )


def _wait(fact: Callable[[], bool], timeout_s: float) -> bool:
    until = time.monotonic() + timeout_s
    while not fact():
        if time.monotonic() > until:
            return False
        time.sleep(_LOOK_EVERY_S)
    return True
