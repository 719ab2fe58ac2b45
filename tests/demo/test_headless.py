"""The demo without a screen ends with nothing different, and leaves files that say so to any other program."""

from __future__ import annotations

import csv
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

# The whole demo is played in the first test's time.
pytestmark = pytest.mark.timeout(960)

ROOT = Path(__file__).resolve().parents[2]
BASKETS = 40


@pytest.fixture(scope="module")
def played(tmp_path_factory, source):
    out = tmp_path_factory.mktemp("demo")
    done = subprocess.run(
        [sys.executable, "-m", "demo", "--headless", "--baskets", str(BASKETS), "--out", str(out)],
        cwd=ROOT,
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=900,
        check=False,
    )
    return out, done


def test_the_demo_ends_without_a_difference(played):
    _out, done = played

    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    last = done.stdout.strip().splitlines()[-1]
    assert last == f"demo: {BASKETS} sales, {BASKETS} receipts, {BASKETS} posted at HQ, 0 differences"


def test_every_trouble_really_happened(played):
    _out, done = played

    said = done.stdout + done.stderr
    for trouble in (
        "register 1 runs out of paper",
        "HQ is away; a member joins offline",
        "HQ is back",
        "HQ died there and is up again",
    ):
        assert trouble in said


def test_one_sale_shows_what_the_engine_does_and_a_part_of_it_comes_back(played):
    _out, done = played

    for said in (
        r"bundle +Croissant and cocoa, 10\.00 +−1\.02",
        r"tier benefit +Gold members: 10% off sweets +−3\.58",
        r"stamp card filled +Pastry card: 7 \+ 2 = 9 stamps",
        r"coupon redeemed +Coupon, 10% off +−19\.23",
        r"coupon printed +Coupon, 10% off, from 24 Nov until 7 Dec",
        r"came back +Croissant with butter, Hazelnut chocolate; 18\.05 back onto the gift card, 18 points, 1 stamp",
        r"gift card +50\.00 paid from a card that was sold the day before",
        r"voucher +Coffee tasting, booked for 2,000 points; used for 0\.00 off",
        r"at HQ +14 journal entries posted, none in quarantine",
    ):
        assert re.search(said, done.stdout), said


def test_registers_and_hq_leave_the_same_journal(played):
    out, _done = played

    ours, theirs = (out / name for name in ("register.csv", "hq.csv"))
    assert ours.read_bytes() == theirs.read_bytes()
    with ours.open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))
    assert rows[0] == ["chain_id", "seq", "hash", "total_minor"]
    keys = [(row[0], int(row[1])) for row in rows[1:]]
    assert keys == sorted(keys)
    assert len({chain for chain, _seq in keys}) == 2
    assert all(re.fullmatch(r"[0-9a-f]{64}", row[2]) for row in rows[1:])
    assert sum(bool(row[3]) for row in rows[1:]) == BASKETS


def test_each_sale_has_the_bytes_of_its_receipt(played):
    out, _done = played

    receipts = list((out / "receipts").iterdir())
    assert len(receipts) == BASKETS
    assert all(path.suffix == ".bin" and path.stat().st_size > 200 for path in receipts)
    assert any(path.name.startswith("receipt-") for path in (out / "pictures").iterdir())
    assert {"receipt-big-sale.png", "receipt-big-sale-return.png"} <= {
        path.name for path in (out / "pictures").iterdir()
    }
    assert any(path.name.startswith("till-") for path in (out / "pictures").iterdir())
