"""One register of the demo: enrolled at HQ, printing over TCP on a virtual printer of its own."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from agent.bootstrap import Agent, enrol_register, running_agent
from agent.config import Config, HqConfig, PrinterConfig
from agent.service.ports import Clock
from agent.store.chains import read_chain
from agent.store.journal import head_of
from demo.hq_process import HqProcess
from printers.virtual.paper import Paper
from printers.virtual.printer import VirtualPrinter
from printers.virtual.tcp import TcpPort
from sync.courier import Pace

# The demo plays days in a minute, so it asks HQ more often than a shop does.
PACE: Final = Pace(heartbeat_s=2.0, pull_s=2.0, first_wait_s=0.1, longest_wait_s=1.0)
_LOOK_EVERY_S: Final = 0.05


@dataclass(slots=True)
class DemoLane:
    """A running register, its printer, and every paper that came out of it."""

    agent: Agent
    printer: VirtualPrinter
    papers: list[Paper] = field(default_factory=list)

    def all_sent(self) -> bool:
        """Whether HQ has acked the whole journal."""
        reader = self.agent.lane.store.reader()
        chain = read_chain(reader, self.agent.identity.chain_id)
        return chain is not None and chain.acked_seq == head_of(reader, chain.chain_id).seq

    def all_printed(self) -> bool:
        """Whether no job waits for the printer any more."""
        (waiting,) = (
            self.agent.lane.store.reader()
            .execute("select count(*) from print_job where state in ('queued', 'sending', 'sent')")
            .fetchone()
        )
        return not waiting


def enrol_lane(data_dir: Path, name: str, hq: HqProcess, store_id: str, clock: Clock) -> None:
    """Make the folder a register of this HQ, once."""
    marker = data_dir / "enrolled"
    if marker.exists():
        return
    data_dir.mkdir(parents=True, exist_ok=True)
    (data_dir / "register.toml").write_text('secrets = "file"\n', "utf-8")
    enrol_register(data_dir, hq.url, hq.enrolment_code(store_id), name, clock=clock)
    marker.touch()


@contextmanager
def open_lanes(folders: list[Path], hq: HqProcess, clock: Clock) -> Iterator[list[DemoLane]]:
    """Start the registers and their printers; stop all of it at the end."""
    with ExitStack() as stack:
        yield [stack.enter_context(_open_lane(folder, hq, clock)) for folder in folders]


@contextmanager
def _open_lane(folder: Path, hq: HqProcess, clock: Clock) -> Iterator[DemoLane]:
    papers: list[Paper] = []
    lock = threading.Lock()

    def keep(paper: Paper) -> None:
        with lock:
            papers.append(paper)

    printer = VirtualPrinter(on_paper=keep)
    printer.start()
    port = TcpPort(printer)
    config = Config(
        secrets="file",
        hq=HqConfig(url=hq.url),
        printer=PrinterConfig(kind="tcp", address="{}:{}".format(*port.address), print_backlog="print"),
    )
    try:
        with running_agent(folder, config=config, clock=clock, pace=PACE) as agent:
            yield DemoLane(agent, printer, papers)
    finally:
        port.close()
        printer.stop()


def wait_for(fact: Callable[[], bool], timeout_s: float) -> bool:
    """Wait, with a limit, until something is so; whether it is."""
    until = time.monotonic() + timeout_s
    while not fact():
        if time.monotonic() > until:
            return False
        time.sleep(_LOOK_EVERY_S)
    return True
