"""Goods come back at a register that is killed before each statement of its commit in turn, each time on a fresh copy.

`python -m tests.powercut.returner DATA OUT return|exchange`. DATA holds the register of tests/service/shop.py with one
sale, 2-0001; the copies are OUT/1, OUT/2 and so on. The last one was not killed. Says `killed N` or `done N` for each.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from agent.service.checkout import Checkout
from agent.service.lane import Lane
from agent.service.ports import NoHq
from agent.service.returns import ReturnDesk
from agent.store.database import Store
from agent.store.sqlite import Connection
from sync.signing import RegisterKey
from tests.service.shop import ELENA, STORE_KEY, MovableClock, SeededEntropy

MOST_STATEMENTS: Final = 200


def open_lane(folder: Path, seed: int) -> Lane:
    """The register of this folder, as after a start of the program."""
    return Lane(
        store=Store(folder / "register.db"),
        clock=MovableClock(),
        entropy=SeededEntropy(seed),
        signer=RegisterKey(bytes(range(32))),
        link=NoHq(),
        store_key=STORE_KEY,
    )


def bring_back(lane: Lane, kind: str) -> None:
    """One bread comes back for cash, or for a cheese."""
    desk = ReturnDesk(lane, ELENA)
    desk.find("2-0001")
    desk.choose(1, 1)
    desk.give_reason("faulty")
    desk.refund_to("exchange" if kind == "exchange" else "cash")
    if kind != "exchange":
        desk.commit()
        return
    checkout = Checkout(lane, ELENA)
    checkout.exchange(desk.ready())
    checkout.enter("101")
    checkout.tender("cash")
    checkout.finish()


def main() -> None:
    data, out, kind = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3]
    for number in range(1, MOST_STATEMENTS):
        folder = out / str(number)
        shutil.copytree(data, folder)
        child = os.fork()
        if child == 0:
            _die_before(number, folder, kind)
            os._exit(0)
        _pid, status = os.waitpid(child, 0)
        killed = os.WIFSIGNALED(status)
        print("killed" if killed else "done" if status == 0 else "failed", number, flush=True)
        if not killed:
            return


def _die_before(number: int, folder: Path, kind: str) -> None:
    """Take the goods back in this process, which has no power any more before the statement of this number."""
    lane = open_lane(folder, number)
    committed = lane.store.unit_of_work
    left = number

    def trace(_statement: str) -> None:
        nonlocal left
        left -= 1
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    @contextlib.contextmanager
    def watched() -> Iterator[Connection]:
        with committed() as db:
            db.set_trace_callback(trace)
            yield db

    lane.store.unit_of_work = watched  # type: ignore[method-assign]
    bring_back(lane, kind)
    lane.store.close()


if __name__ == "__main__":
    main()
