"""What a sale costs: fsyncs, time and CPU of our unit of work against the same rows through bare SQLite.

The same baskets are sold twice. The first time their statements are written down; the second time, timed, each sale
stands beside the statements of its twin from the first, turn about before and after it, through bare prepared statements in one FULL
transaction on a database of the same content. So both sides see the same disk in the same second.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import shutil
import statistics
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from agent.bootstrap import DATABASE, Agent, build_agent
from agent.store.database import Store
from agent.store.sqlite import Connection, open_connection
from benchmarks.fsyncs import fsync_counter, restart_counted
from benchmarks.receipts import fsyncs_per_receipt
from demo.local_shop import make_local_register
from demo.shop_baskets import fill_basket
from sync.wire.entries import Operator

OPERATOR: Final = Operator("cashier-1", "Elena P.")
WARM_UP: Final = 20

Statement = tuple[str, tuple[Any, ...]]


def add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--sales", type=int, default=2_000, help="how many sales are timed (2000)")
    parser.add_argument(
        "--receipts", type=int, default=200, help="how many receipts the spooler prints (200)"
    )


def measure(arguments: argparse.Namespace) -> dict[str, float | int]:
    """Sell, write, compare; see the module's text."""
    restart_counted("benchmarks")
    with tempfile.TemporaryDirectory(prefix="regulars-bench-") as name:
        folder = Path(name)
        make_local_register(folder / "first", name="Register 1", at_ms=time.time_ns() // 1_000_000)
        for copy in ("second", "raw"):
            shutil.copytree(folder / "first", folder / copy)
        count = arguments.sales + WARM_UP
        written = _statements_of(folder / "first", count)
        figures = _timed(folder / "second", folder / "raw" / DATABASE, written)
        figures |= fsyncs_per_receipt(folder / "second", arguments.receipts)
        return {"sales": arguments.sales, **figures}


class _Recorder:
    """A connection that also writes down what changes the database."""

    def __init__(self, db: Connection, written: list[Statement]) -> None:
        self._db = db
        self._written = written

    def execute(self, sql: str, parameters: tuple[Any, ...] = ()) -> Any:
        if sql.lstrip().split(None, 1)[0].lower() in ("insert", "update", "delete", "replace"):
            self._written.append((sql, tuple(parameters)))
        return self._db.execute(sql, parameters)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._db, name)


def _statements_of(data_dir: Path, count: int) -> list[list[Statement]]:
    """Sell `count` baskets and return what each sale's unit of work wrote."""
    agent = build_agent(data_dir)
    sales: list[list[Statement]] = []
    try:
        checkout = agent.checkout(OPERATOR)
        for number in range(count):
            fill_basket(checkout, number)
            checkout.tender("cash")
            written: list[Statement] = []
            with _written_down(agent.lane.store, written):
                checkout.finish()
            sales.append(written)
    finally:
        agent.stop()
    return sales


@contextlib.contextmanager
def _written_down(store: Store, written: list[Statement]) -> Iterator[None]:
    """Let the store's units of work write down their statements."""
    plain = store.unit_of_work

    @contextlib.contextmanager
    def unit_of_work() -> Iterator[Any]:
        with plain() as db:
            yield _Recorder(db, written)

    store.unit_of_work = unit_of_work  # type: ignore[method-assign]
    try:
        yield
    finally:
        del store.unit_of_work


def _timed(data_dir: Path, raw_path: Path, written: list[list[Statement]]) -> dict[str, float | int]:
    """The second round: each sale, then its rows through bare SQLite, then its bytes through fdatasync."""
    fsyncs = fsync_counter()
    agent = build_agent(data_dir)
    raw = open_connection(raw_path)
    raw.execute("pragma synchronous = full")
    append = os.open(raw_path.with_name("appended"), os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    taken: dict[str, list[float]] = {
        name: [] for name in ("ours", "ours_cpu", "finish", "raw", "raw_cpu", "disk", "fsyncs")
    }
    try:
        checkout = agent.checkout(OPERATOR)
        spent: list[tuple[int, int]] = []
        _time_units_of_work(agent, spent)
        for number, statements in enumerate(written):
            fill_basket(checkout, number)
            checkout.tender("cash")
            spent.clear()
            # Turn about, since the second of two commits finds a disk that has just woken up.
            bare = _bare(raw, statements) if number % 2 else None
            before, began = fsyncs(), time.perf_counter_ns()
            checkout.finish()
            finish = time.perf_counter_ns() - began
            counted = fsyncs() - before
            bare = bare or _bare(raw, statements)
            if number < WARM_UP:
                continue
            taken["fsyncs"].append(counted)
            taken["finish"].append(finish)
            taken["ours"].append(spent[0][0])
            taken["ours_cpu"].append(spent[0][1])
            taken["raw"].append(bare[0])
            taken["raw_cpu"].append(bare[1])
            taken["disk"].append(_appended(append, sum(_size(values) for _, values in statements)))
    finally:
        os.close(append)
        raw.close()
        agent.stop()
    return _figures(taken)


def _time_units_of_work(agent: Agent, spent: list[tuple[int, int]]) -> None:
    """Time every unit of work of this agent's store: (wall, CPU) in ns, from BEGIN to after COMMIT."""
    store = agent.lane.store
    plain = store.unit_of_work

    @contextlib.contextmanager
    def unit_of_work() -> Iterator[Connection]:
        wall, cpu = time.perf_counter_ns(), time.thread_time_ns()
        with plain() as db:
            yield db
        spent.append((time.perf_counter_ns() - wall, time.thread_time_ns() - cpu))

    store.unit_of_work = unit_of_work  # type: ignore[method-assign]


def _bare(db: Connection, statements: list[Statement]) -> tuple[int, int]:
    """The same rows through prepared statements in one transaction: (wall, CPU) in ns."""
    wall, cpu = time.perf_counter_ns(), time.thread_time_ns()
    db.execute("begin immediate")
    for sql, values in statements:
        db.execute(sql, values)
    db.execute("commit")
    return time.perf_counter_ns() - wall, time.thread_time_ns() - cpu


def _appended(handle: int, size: int) -> int:
    """Append that many bytes and wait for the disk: ns."""
    data = bytes(size)
    began = time.perf_counter_ns()
    os.write(handle, data)
    os.fdatasync(handle)
    return time.perf_counter_ns() - began


def _size(values: tuple[Any, ...]) -> int:
    return sum(len(value) if isinstance(value, (bytes, str)) else 8 for value in values)


def _figures(taken: dict[str, list[float]]) -> dict[str, float | int]:
    middle = {name: statistics.median(values) for name, values in taken.items()}
    fsyncs = taken["fsyncs"]
    return {
        "fsyncs_per_sale": int(middle["fsyncs"]),
        "one_fsync_share": round(sum(count == 1 for count in fsyncs) / len(fsyncs), 4),
        "commit_over_raw_sqlite": round(middle["ours"] / middle["raw"], 3),
        "commit_cpu_over_raw": round(middle["ours_cpu"] / middle["raw_cpu"], 3),
        "sale_over_fdatasync": round(middle["finish"] / middle["disk"], 3),
        "commit_p50_ms": round(middle["ours"] / 1e6, 3),
        "finish_p50_ms": round(middle["finish"] / 1e6, 3),
        "raw_p50_ms": round(middle["raw"] / 1e6, 3),
    }
