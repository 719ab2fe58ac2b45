"""Killed at any statement of a return, the register has paid out nothing or everything of it, and never twice."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from agent.store import journal
from agent.store.database import Store
from agent.store.print_jobs import jobs_of_sale
from agent.store.register import read_register
from agent.store.returns import count_returned_units
from agent.store.sales import count_sales
from sync.wire.entries import ReturnEntry, SaleEntry, decode_entry
from tests.powercut.returner import bring_back, open_lane
from tests.service.shop import Shop

ROOT = Path(__file__).parents[2]
TIMEOUT_S = 240.0
CARD = "2980000000016"


@pytest.mark.parametrize("kind", ["return", "exchange"])
def test_a_register_killed_within_a_return_has_all_of_it_or_nothing(tmp_path: Path, kind: str) -> None:
    data, out = tmp_path / "register", tmp_path / "killed"
    data.mkdir()
    out.mkdir()
    shop = Shop(data)
    shop.know_member(card=CARD, points=100)
    shop.sell(CARD, "2*102")
    shop.close()

    done = subprocess.run(
        [sys.executable, "-m", "tests.powercut.returner", str(data), str(out), kind],
        capture_output=True,
        text=True,
        timeout=TIMEOUT_S,
        check=False,
        cwd=ROOT,
        env={**os.environ, "PYTHONWARNINGS": "error"},
    )

    said = done.stdout.split("\n")
    assert said[-2].startswith("done"), (said, done.stderr)
    killed = [line for line in said if line.startswith("killed")]
    assert len(killed) > 6, "a commit has that many statements at least"
    for line in killed:
        folder = out / line.split()[1]
        assert written(folder, kind) == 0, "nothing is kept of it before the disk has all"
    assert written(out / said[-2].split()[1], kind) == 1
    last = out / killed[-1].split()[1]
    lane = open_lane(last, 1000)
    bring_back(lane, kind)
    lane.store.close()
    assert written(last, kind) == 1, "after the start of the program it is taken back once"


def written(folder: Path, kind: str) -> int:
    """How many returns are on the register, with everything that belongs to each."""
    store = Store(folder / "register.db")
    try:
        db = store.reader()
        entries = [decode_entry(row.kind, row.version, row.body) for row in journal.read_all(db)]
        sold = [one for one in entries if isinstance(one, SaleEntry)]
        back = [one for one in entries if isinstance(one, ReturnEntry)]
        assert count_returned_units(db, sold[0].sale_id) == len(back)
        assert all(len(jobs_of_sale(db, one.return_id)) == 1 for one in back)
        assert len(sold) == count_sales(db) == (1 + len(back) if kind == "exchange" else 1)
        register = read_register(db)
        assert register is not None
        assert register.last_receipt_no == len(sold) + len(back)
        (own,) = db.execute("select count(*) from own_posting").fetchone()
        assert own == len([one for one in (*sold, *back) if one.postings])
        return len(back)
    finally:
        store.close()
