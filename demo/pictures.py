"""Pictures of a demo: receipts as they came out of the printer, and the till in its states."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Final

from demo.demo_lane import DemoLane
from sync.wire.entries import SaleEntry

TILL_TIMEOUT_S: Final = 300


def save_pictures(folder: Path, lanes: list[DemoLane], sales: list[list[SaleEntry]]) -> None:
    """Write the pictures into the folder: receipts with a reward, with a coupon, and the last; then the till's."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, number in _worth_a_look(sales).items():
        for lane in lanes:
            for paper in lane.papers:
                if number in paper.text():
                    paper.picture().save(folder / f"receipt-{name}.png")
    save_till_pictures(folder)


def save_till_pictures(folder: Path) -> None:
    """The till's own pictures, drawn in a process of its own without a screen."""
    subprocess.run(
        [sys.executable, "-m", "demo.screens", "--out", str(folder)],
        cwd=Path(__file__).parents[1],
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        timeout=TILL_TIMEOUT_S,
        check=True,
    )


def _worth_a_look(sales: list[list[SaleEntry]]) -> dict[str, str]:
    """A name for the picture -> the receipt number of the newest sale of that sort."""
    found: dict[str, str] = {}
    for own in sales:
        for sale in own:
            if sale.discounts:
                found["with-reward"] = sale.receipt_number
            if sale.coupons_issued:
                found["with-coupon"] = sale.receipt_number
            if sale.spent:
                found["with-points"] = sale.receipt_number
            if sale.coupons_redeemed:
                found["with-redeemed-coupon"] = sale.receipt_number
    return found
