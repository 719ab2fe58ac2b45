"""A store with print jobs, a virtual printer on a real port, and a spooler between them."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

import msgspec
import pytest

from agent.domain.receipt import Receipt
from agent.service.print_queue import BacklogPolicy
from agent.store import print_jobs
from agent.store.database import Store
from agent.store.print_jobs import JobKind, PrintJob
from agent.store.status import PrinterReport, read_status
from printers.escpos_bytes import load
from printers.profile import PAPER_80MM
from printers.spooler import Spooler
from printers.timing import Timing
from printers.transports.base import Transport
from printers.transports.tcp import TcpTransport
from printers.virtual.printer import VirtualPrinter
from printers.virtual.tcp import TcpPort
from tests.patience import PATIENCE_S
from tests.printers.receipts import a_receipt

# Looks often, and waits long for what a printer that is well will say.
QUICK = Timing(
    poll_s=0.02,
    idle_status_s=0.1,
    reply_s=PATIENCE_S,
    late_answer_s=PATIENCE_S,
    probe_s=PATIENCE_S,
    blocked_s=0.03,
    first_byte_s=PATIENCE_S,
    stall_s=PATIENCE_S,
    confirm_s=PATIENCE_S,
    backoff_first_s=0.03,
    backoff_most_s=0.1,
    stop_s=0.1,
)
# For a printer that will not answer: nobody waits for it long.
HASTY = replace(QUICK, reply_s=0.2, late_answer_s=0.4)
_T = TypeVar("_T")


class TestClock:
    """The real monotonic clock; the time of day is what the test says."""

    __test__ = False

    def __init__(self) -> None:
        self.at_ms = 1_795_350_000_000

    def now_ms(self) -> int:
        return self.at_ms

    def monotonic_s(self) -> float:
        return time.monotonic()


class Lane:
    """Print jobs, and what became of them."""

    def __init__(self, store: Store, clock: TestClock) -> None:
        self.store = store
        self.clock = clock
        self.spoolers: list[Spooler] = []

    def queue(
        self, receipt: Receipt | None = None, *, kind: JobKind = "receipt", body: bytes | None = None
    ) -> uuid.UUID:
        job_id = uuid.uuid4()
        job = PrintJob(
            job_id=job_id,
            kind=kind,
            sale_id=None,
            created_ms=self.clock.at_ms,
            body=msgspec.json.encode(receipt or a_receipt()) if body is None else body,
        )
        with self.store.unit_of_work() as db:
            print_jobs.add_job(db, job)
        return job_id

    def job(self, job_id: uuid.UUID) -> PrintJob:
        job = print_jobs.read_job(self.store.reader(), job_id)
        assert job is not None
        return job

    def printer_code(self) -> str:
        return read_status(self.store.reader(), PrinterReport).code

    def spooler(
        self,
        connect: Callable[[], Transport] | None,
        *,
        policy: BacklogPolicy = "print",
        timing: Timing = QUICK,
        prepare: Callable[[], None] = lambda: None,
    ) -> Spooler:
        spooler = Spooler(
            self.store, connect, PAPER_80MM, self.clock, policy=policy, timing=timing, prepare=prepare
        )
        self.spoolers.append(spooler)
        spooler.start()
        return spooler

    def wait_for(self, job_id: uuid.UUID, *states: str) -> PrintJob:
        return until(lambda: self.job(job_id), lambda job: job.state in states)

    def wait_for_code(self, code: str) -> None:
        until(self.printer_code, lambda now: now == code)


def until(look: Callable[[], _T], good: Callable[[_T], bool]) -> _T:
    """What `look` sees once it is good; fails when that takes too long."""
    deadline_s = time.monotonic() + PATIENCE_S
    while True:
        seen = look()
        if good(seen):
            return seen
        assert time.monotonic() < deadline_s, f"still {seen}"
        time.sleep(0.01)


@pytest.fixture(autouse=True, scope="session")
def escpos(tmp_path_factory: pytest.TempPathFactory) -> None:
    load(tmp_path_factory.mktemp("escpos"))


@pytest.fixture
def clock() -> TestClock:
    return TestClock()


@pytest.fixture
def lane(tmp_path: Path, clock: TestClock) -> Iterator[Lane]:
    store = Store(tmp_path / "register.db")
    lane = Lane(store, clock)
    yield lane
    for spooler in lane.spoolers:
        spooler.stop()
    store.close()


@pytest.fixture
def port(printer: VirtualPrinter) -> Iterator[TcpPort]:
    port = TcpPort(printer)
    yield port
    port.close()


@pytest.fixture
def network(port: TcpPort, clock: TestClock) -> Callable[[], Transport]:
    """Makes connections to the virtual printer over TCP."""
    return lambda: TcpTransport(*port.address, clock, connect_timeout_s=PATIENCE_S)
