"""The demo without a screen: real baskets over two registers of one store, with troubles, and then the comparison.

Everything is real: registers with their databases, HQ as a process of its own, printers at the end of a TCP
connection. What it leaves in the folder is for other programs to compare.
"""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from tqdm import tqdm

from agent.bootstrap import CLOCK_FILE
from agent.domain.errors import LoyaltyError
from agent.store.members import count_members
from agent.store.program_sets import active_hash
from demo.big_sale import BigSale, play_big_sale
from demo.comparison import (
    Receipts,
    read_rows,
    register_rows,
    rows_that_differ,
    save_receipts,
    write_rows,
)
from demo.complete_journey.cache import unpacked
from demo.complete_journey.clock import SimulatedClock
from demo.complete_journey.journals import read_sales
from demo.complete_journey.plan import Plan, demo_baskets, household_to_enrol, households_at_every_lane
from demo.complete_journey.replay import Played, Replay, ReplayLane
from demo.complete_journey.shop import OPERATOR_ID, OPERATOR_NAME, store_id_of, write_shop
from demo.complete_journey.source import Source, SourceBasket
from demo.complete_journey.stage import HEAD_START_MS
from demo.complete_journey.summary import report_lines, summarise
from demo.demo_lane import DemoLane, enrol_lane, open_lanes, wait_for
from demo.hq_process import DIE_MARKER, HqProcess
from demo.pictures import save_pictures
from demo.troubles import Troubles
from sync.wire.entries import Operator, SaleEntry

FILL_TIMEOUT_S: Final = 300.0
DRAIN_TIMEOUT_S: Final = 300.0
# What the demo makes; anything else in the folder is not ours to remove.
MADE: Final = ("register.csv", "hq.csv", "receipts", "pictures", "work")


def play_headless(out: Path, count: int) -> int:
    """Play, compare, say it. Returns 0 where nothing differs."""
    _clear(out)
    source = Source(unpacked())
    plan = demo_baskets(source, count)
    join_place, newcomer = household_to_enrol(plan)
    work = out / "work"
    work.mkdir(parents=True)
    clock = SimulatedClock(work / "clock")
    clock.stand_at(next(plan.baskets())[1].at_ms - HEAD_START_MS)
    marker = work / "kill-hq"
    big_sale = play_big_sale(work / "big-sale")
    hq = HqProcess(
        work / "hq",
        settings="demo.hq_settings",
        environment={CLOCK_FILE: str(clock.path), DIE_MARKER: str(marker)},
    )
    store_id = store_id_of(plan.store_id)
    known = [one for one in source.households(plan.store_id) if one != newcomer]
    print(f"Store {plan.store_id} with {len(known)} member households, two registers, {count} real baskets.")
    hq.run("load-shop", str(write_shop(work / "shop", plan.store_id, known)))
    hq.start()
    try:
        folders = [work / f"register-{number}" for number in (1, 2)]
        for number, folder in enumerate(folders, 1):
            enrol_lane(folder, f"Register {number}", hq, store_id, clock)
        with open_lanes(folders, hq, clock) as lanes:
            _wait_for_fill(lanes, len(known))
            troubles = Troubles(hq, lanes, marker, count, join_place, tqdm.write)
            _play(plan, lanes, clock, newcomer, troubles)
            troubles.end()
            drained = wait_for(lambda: _is_settled(lanes, hq), DRAIN_TIMEOUT_S)
            return _compare(out, plan, lanes, hq, newcomer, drained, big_sale)
    finally:
        hq.stop()
        source.close()


def _clear(out: Path) -> None:
    out.mkdir(parents=True, exist_ok=True)
    for name in MADE:
        path = out / name
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)


def _wait_for_fill(lanes: list[DemoLane], members: int) -> None:
    def filled() -> bool:
        readers = [lane.agent.lane.store.reader() for lane in lanes]
        return all(active_hash(reader) and count_members(reader) >= members for reader in readers)

    if not wait_for(filled, FILL_TIMEOUT_S):
        raise LoyaltyError(
            "HQ has not sent the members in time.", "Look at work/hq.log in the demo's folder."
        )


def _play(
    plan: Plan, lanes: list[DemoLane], clock: SimulatedClock, newcomer: int, troubles: Troubles
) -> None:
    operator = Operator(OPERATOR_ID, OPERATOR_NAME)
    replay = Replay(
        plan,
        [ReplayLane(lane.agent.lane, lane.agent.checkout(operator)) for lane in lanes],
        clock,
        joining={newcomer},
    )
    with tqdm(total=plan.count, unit="basket", dynamic_ncols=True, disable=not sys.stderr.isatty()) as bar:

        def before(place: int, _basket: SourceBasket) -> None:
            troubles.before(place)

        def after(played: Played) -> None:
            bar.update()
            troubles.after(played.place)

        replay.play(before=before, after=after)


def _is_settled(lanes: list[DemoLane], hq: HqProcess) -> bool:
    """Everything printed, sent, and posted at HQ."""
    if not all(lane.all_sent() and lane.all_printed() for lane in lanes):
        return False
    return not _figures(hq)["waiting"] and all(lane.all_sent() for lane in lanes)


def _figures(hq: HqProcess) -> dict[str, Any]:
    figures: dict[str, Any] = json.loads(hq.run("status"))
    return figures


def _compare(
    out: Path,
    plan: Plan,
    lanes: list[DemoLane],
    hq: HqProcess,
    newcomer: int,
    drained: bool,
    big_sale: BigSale,
) -> int:
    for lane in lanes:
        # From here on nothing is written any more; the databases stay open for reading.
        if lane.agent.courier is not None:
            lane.agent.courier.stop()
    readers = [lane.agent.lane.store.reader() for lane in lanes]
    ours = register_rows(readers)
    write_rows(out / "register.csv", ours)
    hq.run("export-journal", "--csv", str(out / "hq.csv"))
    figures = _figures(hq)
    sales = [list(read_sales(reader)) for reader in readers]
    receipts = save_receipts(out / "receipts", lanes, sales)
    summary = summarise(plan, readers)
    differing = rows_that_differ(ours, read_rows(out / "hq.csv"))
    save_pictures(out / "pictures", lanes, sales)
    for name, paper in big_sale.papers.items():
        paper.picture().save(out / "pictures" / f"receipt-{name}.png")
    print(_last_receipt_with_coupon(lanes))
    print("\n".join(report_lines(summary)))
    print("\n".join(_about_members(plan, sales, newcomer)))
    print(
        f"HQ               {figures['entries']:>10,}   journal entries, {figures['members']:,} members, "
        f"{figures['quarantined']} in quarantine, {figures['shortfall']} shortfalls, "
        f"{figures['stale_facts']} with stale facts"
    )
    print("\n".join(big_sale.lines))
    if big_sale.missing:
        print(f"The demo's one sale lacks: {', '.join(big_sale.missing)}.")
    if not drained:
        print("Not everything was sent, printed and posted in time.")
    differences = (
        differing
        + summary.differences
        + receipts.missing
        + receipts.twice
        + figures["quarantined"]
        + abs(plan.count - summary.baskets)
        + abs(plan.count - figures["posted"])
        + (not drained)
        + len(big_sale.missing)
    )
    print(_closing_line(summary.baskets, receipts, figures["posted"], differences))
    return 0 if not differences else 1


def _closing_line(sales: int, receipts: Receipts, posted: int, differences: int) -> str:
    return (
        f"demo: {sales} sales, {receipts.printed} receipts, {posted} posted at HQ, {differences} differences"
    )


def _about_members(plan: Plan, sales: list[list[SaleEntry]], newcomer: int) -> Iterator[str]:
    at_both = households_at_every_lane(plan)
    if at_both:
        yield f"household {at_both[0]:<6} shops at both registers, like {len(at_both) - 1} others"
    else:
        yield "no household      shops at both registers in so few baskets"
    joined = sum(
        not sale.quote_input.member.provisional
        for own in sales
        for sale in own
        if sale.quote_input.member is not None
    )
    yield f"household {newcomer:<6} joined while HQ was away; {joined} sales were made for members"


def _last_receipt_with_coupon(lanes: list[DemoLane]) -> str:
    """The text of a receipt worth looking at: the newest that carries a coupon, else the newest."""
    papers = [paper for lane in lanes for paper in lane.papers]
    with_coupon = [paper for paper in papers if "R1." in paper.text()]
    chosen = (with_coupon or papers)[-1:]
    return "\n".join(paper.text() for paper in chosen)
