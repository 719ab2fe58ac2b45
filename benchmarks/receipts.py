"""What a receipt costs the disk: the spooler alone, printing on a virtual printer over TCP."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Final

from agent.bootstrap import build_agent
from agent.config import Config, PrinterConfig
from agent.store import print_jobs
from agent.store.database import Store
from benchmarks.fsyncs import fsync_counter
from printers.virtual.printer import VirtualPrinter
from printers.virtual.tcp import TcpPort

TIMEOUT_S: Final = 300.0


def fsyncs_per_receipt(data_dir: Path, receipts: int) -> dict[str, float | int]:
    """Print the oldest `receipts` jobs of this register and count the fsyncs until they are confirmed."""
    fsyncs = fsync_counter()
    printer = VirtualPrinter()
    printer.start()
    port = TcpPort(printer)
    host, number = port.address
    config = Config(
        secrets="file", printer=PrinterConfig(kind="tcp", address=f"{host}:{number}", print_backlog="print")
    )
    agent = build_agent(data_dir, config=config)
    try:
        _keep_only(agent.lane.store, receipts)
        before = fsyncs()
        agent.spooler.start()
        until = time.monotonic() + TIMEOUT_S
        while _open(agent.lane.store):
            if time.monotonic() > until:
                raise TimeoutError(f"{receipts} receipts did not print within {TIMEOUT_S:.0f} s")
            time.sleep(0.01)
        counted = fsyncs() - before
    finally:
        agent.stop()
        port.close()
        printer.stop()
    return {"receipts": receipts, "fsyncs_per_receipt": round(counted / receipts, 3)}


def _keep_only(store: Store, receipts: int) -> None:
    """Drop all but the newest jobs, so that the spooler has just these to print."""
    reader = store.reader()
    times = sorted((at for (at,) in reader.execute("select created_ms from print_job")), reverse=True)
    with store.unit_of_work() as db:
        print_jobs.drop_queued_before(db, times[min(receipts, len(times)) - 1], "benchmark")


def _open(store: Store) -> int:
    (count,) = (
        store.reader()
        .execute("select count(*) from print_job where state in ('queued', 'sending', 'sent')")
        .fetchone()
    )
    return int(count)
