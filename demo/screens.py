"""`./run screens --out DIR`: pictures of the till on the demo shop."""

from __future__ import annotations

import argparse
import contextlib
import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

from agent.start_till import WIDE_FONT
from demo.complete_journey.clock import SimulatedClock
from demo.demo_lane import wait_for
from demo.local_shop import demo_shop
from demo.local_till import LocalTill, local_till
from demo.running_shop import prepare_shop, run_shop, till_folder
from ui.till.services import TillServices

# Sunday, 22 November 2026, 14:02 in Brașov.
_AT_MS: Final = 1_795_348_920_000
_NOTICED_S: Final = 60.0
# Three more goods, over the threshold of the next visit's coupon.
_MORE: Final = ("1011", "1007", "1009")


class DemoShop:
    """The demo shop as ui.screens asks for one. Its time stands, at the register and at HQ, and passes when told."""

    card = "2980000074417"
    new_phone = "0722418906"

    def __init__(self, till: LocalTill, clock: SimulatedClock) -> None:
        self._till = till
        self._clock = clock
        self.basket = demo_basket()

    def services(self) -> TillServices:
        return self._till.services()

    def card_of(self, locale: str) -> str:
        members = demo_shop()["members"]
        return str(next(one["card"] for one in members if one.get("locale") == locale and one.get("card")))

    def hq_goes_away(self) -> None:
        self._till.hq.go_away()

    def hq_comes_back(self) -> None:
        self._till.hq.come_back()

    def everything_arrives(self) -> None:
        _wait(self._till.all_at_hq)

    def time_passes(self, minutes: int) -> None:
        self._clock.stand_at(self._clock.now_ms() + minutes * 60_000)

    def paper_runs_out(self) -> None:
        self._till.printer.switch(paper_out=True)
        _wait(self._till.printer_says("paper_out"))

    def paper_comes_in(self) -> None:
        self._till.printer.load_paper()
        _wait(self._till.printer_says("ready"))
        _wait(lambda: not self._till.receipts_waiting())


def demo_basket() -> tuple[str, ...]:
    """What the pictures sell, as a cashier types it."""
    wanted = (
        ("2*", "Whole milk"), ("", "Sourdough"), ("1.264*", "Bananas"), ("", "Telemea"), ("2*", "Ground coffee"),
        ("3*", "Still water, 2 l"), ("3*", "Bottle deposit"), ("0.842*", "Vine tomatoes"),
    )  # fmt: skip
    items = demo_shop()["items"]
    return tuple(
        quantity + next(item["item_code"] for item in items if item["name"].startswith(name))
        for quantity, name in wanted
    )


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="run screens", description="Write pictures of the till into a folder."
    )
    parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="where the pictures go")
    told = parser.parse_args(arguments)
    # Before Qt loads: pictures need no display, and a missing one would end the program.
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from ui.screens import write_screens

    with tempfile.TemporaryDirectory() as made, _till_at_hq(Path(made)) as (till, clock):
        pictures = write_screens(DemoShop(till, clock), told.out, [WIDE_FONT])
        for path in (*pictures, write_receipt(till, told.out)):
            print(path)
    return 0


@contextlib.contextmanager
def _till_at_hq(folder: Path) -> Iterator[tuple[LocalTill, SimulatedClock]]:
    prepare_shop(folder, _AT_MS)
    clock = SimulatedClock(folder / "clock")
    clock.stand_at(_AT_MS)
    with (
        run_shop(folder, clock) as shop,
        local_till(till_folder(folder), clock, shop.line, folder / "escpos") as till,
    ):
        yield till, clock


def write_receipt(till: LocalTill, folder: Path) -> Path:
    """Sell the demo's basket with three more goods to a member, and write a picture of the receipt with its coupon."""
    checkout = till.services().checkout
    checkout.identify("card", DemoShop.card)
    for typed in (*demo_basket(), *_MORE):
        checkout.enter(typed)
    checkout.tender("cash", 20_000)
    number = checkout.finish().receipt_number
    _wait(lambda: any(number in paper.text() for paper in till.printer.papers))
    path = folder / "receipt-80mm.png"
    paper = next(paper for paper in till.printer.papers if number in paper.text())
    paper.picture().save(path)
    return path


def _wait(until: Callable[[], bool]) -> None:
    if not wait_for(until, _NOTICED_S):
        raise TimeoutError("what the pictures wait for did not come")


if __name__ == "__main__":
    sys.exit(main())
