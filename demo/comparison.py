"""What the registers hold beside what HQ holds and what came out of the printers, entry by entry and sale by sale."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from agent.store.journal import read_all
from agent.store.sqlite import Connection
from demo.demo_lane import DemoLane
from printers.virtual.paper import Paper
from sync.wire.entries import SaleEntry, decode_entry

HEADER: Final = ("chain_id", "seq", "hash", "total_minor")
Row = tuple[str, int, str, str]


def register_rows(readers: Iterable[Connection]) -> list[Row]:
    """Every journal entry of every chain, sorted by chain_id and seq; the total of sales, empty for the rest."""
    rows: list[Row] = []
    for reader in readers:
        for row in read_all(reader):
            entry = decode_entry(row.kind, row.version, row.body)
            total = str(entry.total_minor) if isinstance(entry, SaleEntry) else ""
            rows.append((str(row.chain_id), row.seq, row.hash.hex(), total))
    return sorted(rows)


def write_rows(path: Path, rows: Iterable[Row]) -> None:
    """The rows as CSV, in the form of HQ's own export."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(HEADER)
        writer.writerows(rows)


def read_rows(path: Path) -> list[Row]:
    """The rows of a CSV in that form."""
    with path.open(encoding="utf-8", newline="") as file:
        return [
            (row["chain_id"], int(row["seq"]), row["hash"], row["total_minor"])
            for row in csv.DictReader(file)
        ]


def rows_that_differ(ours: list[Row], theirs: list[Row]) -> int:
    """How many entries are on one side only, or twice."""
    left, right = Counter(ours), Counter(theirs)
    return (left - right).total() + (right - left).total()


@dataclass(frozen=True, slots=True)
class Receipts:
    """`printed`: sales with a receipt; `missing` and `twice`: sales with none, and with more than one."""

    printed: int
    missing: int
    twice: int


def save_receipts(folder: Path, lanes: list[DemoLane], sales: list[list[SaleEntry]]) -> Receipts:
    """Write each sale's paper as `<sale_id>.bin`: the bytes that its printer printed it from."""
    folder.mkdir(parents=True, exist_ok=True)
    missing = twice = printed = 0
    for lane, own in zip(lanes, sales, strict=True):
        found: dict[str, list[Paper]] = {sale.receipt_number: [] for sale in own}
        for paper in lane.papers:
            for number in {word for word in re.findall(r"[\w-]+", paper.text()) if word in found}:
                found[number].append(paper)
        for sale in own:
            papers = found[sale.receipt_number]
            missing += not papers
            twice += len(papers) > 1
            printed += len(papers) == 1
            if papers:
                (folder / f"{sale.sale_id}.bin").write_bytes(papers[-1].data)
    return Receipts(printed, missing, twice)
