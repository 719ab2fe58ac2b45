"""Killed at any moment and started again, the register loses no committed sale, doubles none, prints none twice."""

from __future__ import annotations

import csv
import os
import queue
import random
import re
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from pathlib import Path

import pytest

from agent.bootstrap import DATABASE, enrol_register
from agent.store import journal, print_jobs
from agent.store.sqlite import open_connection
from demo.hq_process import HqProcess
from printers.virtual.printer import VirtualPrinter
from printers.virtual.tcp import TcpPort
from sync.wire.entries import KIND_SALE, SaleEntry, decode_entry
from sync.wire.journal import GENESIS, entry_hash

KILLS = int(os.environ.get("REGULARS_KILLS", "50"))
ROOT = Path(__file__).parents[2]
START_TIMEOUT_S = 120.0
DRAIN_TIMEOUT_S = 240.0


class Player:
    """The register's process and what it has said so far."""

    def __init__(self, data: Path, printer: str, hq: str, task: str) -> None:
        self.said: queue.Queue[str | None] = queue.Queue()
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.powercut.player", str(data), printer, hq, task],
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def wait_for(self, word: str, count: int) -> None:
        """Wait until it has said so many lines that begin with `word`; fails with its last words if it ends."""
        self.heard = getattr(self, "heard", [])
        until = time.monotonic() + START_TIMEOUT_S
        while sum(line.startswith(word) for line in self.heard) < count:
            line = self.said.get(timeout=max(0.1, until - time.monotonic()))
            assert line is not None, f"the register ended: {self.end()[1]}"
            self.heard.append(line)

    def kill(self) -> list[str]:
        """SIGKILL. Returns everything that it managed to say."""
        self._process.send_signal(signal.SIGKILL)
        return self.end()[0]

    def end(self) -> tuple[list[str], str]:
        """Wait for its end: what it said, and its errors."""
        self._process.wait(DRAIN_TIMEOUT_S)
        self._reader.join()
        assert self._process.stdout is not None
        assert self._process.stderr is not None
        errors = self._process.stderr.read()
        self._process.stdout.close()
        self._process.stderr.close()
        lines = list(getattr(self, "heard", []))
        while (line := self.said.get()) is not None:
            lines.append(line)
        return lines, errors

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            self.said.put(line.strip())
        self.said.put(None)


@pytest.fixture
def where(printer):
    """The printer's address on this machine."""
    port = TcpPort(printer)
    yield "{}:{}".format(*port.address)
    port.close()


@pytest.mark.timeout(900)
def test_a_register_killed_fifty_times_keeps_every_sale_once(tmp_path, demo_hq, printer, where):
    data = tmp_path / "register"
    data.mkdir()
    (data / "register.toml").write_text('secrets = "file"\n')
    enrol_register(data, demo_hq.url, demo_hq.enrolment_code("piata-mare"), "Register 1")
    chance = random.Random(20261122)
    told: list[str] = []
    for number in range(KILLS):
        player = Player(data, where, demo_hq.url, "sell")
        if number % 2:
            player.wait_for("committed", chance.randint(1, 4))
            time.sleep(chance.uniform(0, 0.08))
        else:
            time.sleep(chance.uniform(0.1, 2.0))
        told += [line for line in player.kill() if line.startswith("committed")]
    drained, errors = Player(data, where, demo_hq.url, "drain").end()

    assert drained[-1] == "drained", (drained, errors)
    assert len(told) > KILLS / 2
    entries = _journal(data)
    _every_told_sale_is_in_the_journal_once(told, entries)
    _hq_holds_the_same_journal(entries, demo_hq, tmp_path / "hq.csv")
    _nothing_is_on_paper_twice(data, entries, printer)


def _journal(data: Path) -> list[journal.JournalRow]:
    db = open_connection(data / DATABASE, read_only=True)
    try:
        rows = list(journal.read_all(db))
    finally:
        db.close()
    previous = GENESIS
    for number, row in enumerate(rows, 1):
        assert row.seq == number
        previous = entry_hash(previous, row.chain_id, row.seq, row.kind, row.version, row.body)
        assert row.hash == previous
    return rows


def _sales(entries: list[journal.JournalRow]) -> list[SaleEntry]:
    return [decode_entry(row.kind, row.version, row.body) for row in entries if row.kind == KIND_SALE]


def _every_told_sale_is_in_the_journal_once(told: list[str], entries: list[journal.JournalRow]) -> None:
    sales = _sales(entries)
    assert [sale.receipt_number for sale in sales] == [f"1-{n:04d}" for n in range(1, len(sales) + 1)]
    assert len({sale.sale_id for sale in sales}) == len(sales)
    for line in told:
        _word, number, sale_id, receipt_number = line.split()
        sale = sales[int(number)]
        assert (str(sale.sale_id), sale.receipt_number) == (sale_id, receipt_number)


def _hq_holds_the_same_journal(entries: list[journal.JournalRow], hq: HqProcess, path: Path) -> None:
    hq.run("export-journal", "--csv", str(path))
    with path.open(encoding="utf-8", newline="") as file:
        at_hq = [(row["chain_id"], int(row["seq"]), row["hash"]) for row in csv.DictReader(file)]
    assert at_hq == [(str(row.chain_id), row.seq, row.hash.hex()) for row in entries]


def _nothing_is_on_paper_twice(
    data: Path, entries: list[journal.JournalRow], printer: VirtualPrinter
) -> None:
    texts = [paper.text() for paper in printer.papers]
    numbers = Counter(number for text in texts for number in set(re.findall(r"\b1-\d{4}\b", text)))
    assert max(numbers.values()) == 1
    db = open_connection(data / DATABASE, read_only=True)
    try:
        for sale in _sales(entries):
            (job,) = print_jobs.jobs_of_sale(db, sale.sale_id)
            assert job.state in ("confirmed", "unconfirmed")
            if job.state == "confirmed":
                assert numbers[sale.receipt_number] == 1, (sale.receipt_number, job, _odd(printer))
    finally:
        db.close()


def _odd(printer: VirtualPrinter) -> list[str]:
    """The papers that are no whole receipt, for a failure's message."""
    return [
        f"paper {paper.number}, {len(paper.data)} bytes, cut {paper.cut}: {paper.text()!r}"
        for paper in printer.papers
        if not paper.cut or paper.unknown or not re.search(r"1-\d{4}", paper.text())
    ]
