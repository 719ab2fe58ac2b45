"""Limits over two registers and the real HQ: what one has given the other knows, and a total is never overrun."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from sync.wire.entries import SaleEntry
from tests import builders
from tests.sync.lanes import eventually
from tests.sync.real_hq import RealHq, RealLane, hq_counts

IOANA = "2980000074417"
MILK, CREAM = "1001", "1020"
ONCE = builders.percent_off(
    "once", "0.5", {"items": [MILK]}, audience={"who": "members"}, limits={"member_uses": 1}
)
EIGHT = builders.percent_off("eight", "0.5", {"items": [CREAM]}, limits={"total_uses": 8})

_PUBLISH = """
import django; django.setup()
from pathlib import Path
from hq import clock
from hq.programs import publishing
version = publishing.upload(Path({path!r}).read_bytes(), "andrei", clock.now_ms())
publishing.publish(version, "andrei", clock.now_ms())
"""


@pytest.fixture
def hq(tmp_path: Path) -> Iterator[RealHq]:
    """An HQ with two limited programs in force."""
    folder = tmp_path / "at-hq"
    folder.mkdir()
    made = RealHq(folder)
    try:
        path = folder / "limited.json"
        path.write_bytes(builders.program_set_bytes(ONCE, EIGHT, version=1000))
        made._python(_PUBLISH.format(path=str(path)))
        yield made
    finally:
        made.process.stop()


@contextlib.contextmanager
def two_lanes(hq: RealHq, folder: Path) -> Iterator[tuple[RealLane, RealLane]]:
    with contextlib.ExitStack() as stack:
        lanes = []
        for number in (1, 2):
            hq.enrol(folder / f"r{number}", f"Casa {number}")
            lane = RealLane(hq, folder / f"r{number}").ready()
            stack.callback(lane.stop)
            lanes.append(lane)
        yield lanes[0], lanes[1]


def given(lane: RealLane, program_id: str) -> int:
    """In how many sales of this register the program gave something."""
    sales = [entry for entry in lane.entries() if isinstance(entry, SaleEntry)]
    return sum(any(one.program_id == program_id for one in sale.discounts) for sale in sales)


def settled(hq: RealHq, lane: RealLane) -> bool:
    """HQ has posted the whole journal, and the register has heard what it may do from now on."""
    if not lane.all_sent():
        return False
    chain = lane.chain_id.hex
    [(projected, acked)] = hq._rows("select projected_seq, acked_seq from chain where chain_id = ?", chain)
    there = hq._rows("select program_id, uses from program_share where chain_id = ?", chain)
    here = lane.store.reader().execute("select program_id, uses from program_share").fetchall()
    return bool(there) and projected == acked == lane.chain().acked_seq and sorted(there) == sorted(here)


def heard(lane: RealLane, table: str) -> bool:
    (count,) = lane.store.reader().execute(f"select count(*) from {table}").fetchone()
    return bool(count)


def test_what_one_register_gave_the_other_does_not_give_again(hq: RealHq, tmp_path: Path) -> None:
    with two_lanes(hq, tmp_path) as (first, second):
        first.sell(MILK, card=IOANA)
        assert given(first, "once") == 1
        eventually(lambda: heard(second, "told_use"))

        second.sell(MILK, card=IOANA)

        assert given(second, "once") == 0
        eventually(lambda: settled(hq, first) and settled(hq, second))
        first.sell(MILK, card=IOANA)
        assert given(first, "once") == 1


def test_a_total_is_given_to_the_last_one_and_never_once_more(hq: RealHq, tmp_path: Path) -> None:
    """Both registers sell as long as they may; what one holds and does not use stays with it."""
    with two_lanes(hq, tmp_path) as (first, second):
        eventually(lambda: settled(hq, first) and settled(hq, second))
        for _sale in range(9):
            first.sell(CREAM)
            eventually(lambda: settled(hq, first))
        for _sale in range(9):
            second.sell(CREAM)
            eventually(lambda: settled(hq, second))

        assert given(first, "eight") + given(second, "eight") == 8
        assert given(second, "eight") >= 1
    eventually(lambda: hq_counts(hq)["waiting"] == 0)
    counts = hq_counts(hq)
    assert (counts["quarantined"], counts["not_replayed"]) == (0, 0)
