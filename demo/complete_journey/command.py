"""`regulars replay --source complete-journey --baskets N [--out DIR]`.

Baskets of all stores, in time order, through one register with its HQ. Ctrl-C stops after the sale at hand; the same
command goes on from there.
"""

from __future__ import annotations

import csv
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event
from types import FrameType
from typing import Final

from tqdm import tqdm

from agent.domain.errors import LoyaltyError
from demo.complete_journey.cache import unpacked
from demo.complete_journey.plan import Plan
from demo.complete_journey.replay import Played, Replay, ReplayLane
from demo.complete_journey.shop import OPERATOR_ID, OPERATOR_NAME
from demo.complete_journey.source import Source
from demo.complete_journey.stage import Stage, set_stage
from demo.complete_journey.summary import report_lines, summarise
from sync.wire.entries import Operator

DEFAULT_OUT: Final = Path(__file__).resolve().parents[2] / "var" / "replay"
STOPPED: Final = 130


def replay_command(baskets: int, out: Path | None) -> int:
    """Play until `baskets` are done, counting those of earlier starts. Returns the exit status: 0, 1 where something
    differs from the data or has not reached HQ, 130 when it was stopped."""
    source = Source(unpacked())
    total = source.count()
    if baskets > total:
        raise LoyaltyError(
            f"There are {total:,} baskets.", f"Ask for --baskets {total} at most.", code="too_many_baskets"
        )
    plan = Plan(source, None, baskets)
    folder = (out or DEFAULT_OUT).resolve()
    with set_stage(folder, plan) as stage, _stop_after_this_sale() as stop:
        _play(plan, stage, stop)
        unsent = stage.wait_until_sent()
        summary = summarise(plan, [stage.agent.lane.store.reader()])
        at_hq = _sales_at_hq(stage, folder / "hq.csv")
    source.close()
    print("\n".join(report_lines(summary)))
    print(f"at HQ            {at_hq:>10,}   sales, {unsent:,} not sent")
    if stop.is_set():
        print(
            f"Stopped after {summary.baskets:,} of {baskets:,} baskets. The same command goes on from there."
        )
        return STOPPED
    return 0 if (summary.baskets, summary.differences, at_hq) == (baskets, 0, baskets) else 1


def _play(plan: Plan, stage: Stage, stop: Event) -> None:
    checkout = stage.agent.checkout(Operator(OPERATOR_ID, OPERATOR_NAME))
    replay = Replay(plan, [ReplayLane(stage.agent.lane, checkout)], stage.clock)
    with tqdm(
        total=plan.count,
        initial=min(replay.position, plan.count),
        unit="basket",
        dynamic_ncols=True,
        disable=None,  # nothing where nobody looks: logs keep the closing report
    ) as bar:

        def after(_played: Played) -> None:
            bar.update()

        replay.play(after=after, stopped=stop.is_set)


@contextmanager
def _stop_after_this_sale() -> Iterator[Event]:
    """The first Ctrl-C sets the event; the second ends the program as usual."""
    stop = Event()

    def interrupt(_signal: int, _frame: FrameType | None) -> None:
        stop.set()
        signal.signal(signal.SIGINT, before)

    before = signal.signal(signal.SIGINT, interrupt)
    try:
        yield stop
    finally:
        signal.signal(signal.SIGINT, before)


def _sales_at_hq(stage: Stage, path: Path) -> int:
    """How many sales HQ's own database holds."""
    stage.hq.run("export-journal", "--csv", str(path))
    with path.open(encoding="utf-8", newline="") as file:
        return sum(bool(row["total_minor"]) for row in csv.DictReader(file))
