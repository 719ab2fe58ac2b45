"""A register's own report and HQ's figures by program tell the same of the demo shop, to the cent and to the point."""

from __future__ import annotations

import csv
import io
from decimal import Decimal

import pytest

from agent.domain.returns import returned_units
from agent.domain.sold_units import all_units, prices_of
from agent.report_command import report_command
from agent.service.period import period_of
from agent.service.returns import ReturnDesk
from sync.wire.entries import ReturnEntry, SaleEntry, VoidEntry
from tests.sync.lanes import eventually
from tests.sync.real_hq import OPERATOR, RealHq, RealLane

IOANA = "2980000074417"
MEHMET = "2980000001741"
DAY = "2026-11-22"


@pytest.fixture
def own_hq(tmp_path):
    """One to which nobody else sells."""
    made = RealHq(tmp_path)
    yield made
    made.process.kill()


@pytest.fixture
def lane(own_hq, tmp_path):
    own_hq.enrol(tmp_path / "r1", "Casa 1")
    made = RealLane(own_hq, tmp_path / "r1").ready()
    yield made
    made.stop()


def at_register(lane, kind):
    out = io.StringIO()
    report_command(kind, period_of(DAY, DAY), as_csv=True, data_dir=lane.data_dir, out=out)
    return list(csv.DictReader(io.StringIO(out.getvalue())))


def at_hq(hq):
    told = hq.process.run("report", "programs", "--from", DAY, "--to", DAY, "--csv")
    return {line["program"]: line for line in csv.DictReader(io.StringIO(told))}


def come_back(lane, sale, *lines):
    desk = ReturnDesk(lane.agent.lane, OPERATOR)
    desk.find(sale.receipt_number)
    for line_id, count in lines:
        desk.choose(line_id, count)
    desk.give_reason("faulty")
    desk.commit()


def test_hq_and_the_register_that_sold_agree_on_every_program(own_hq, lane):
    lane.sell("7*1001", "1010", "3*1011", card=IOANA)
    part = lane.sell("5*1001", "4*1012", card=MEHMET)
    big = lane.sell("20*1011", card=MEHMET)
    lane.sell("1052", "1007")
    void = lane.sell("12*1011", card=IOANA)
    whole = lane.sell("9*1006", card=IOANA)
    come_back(lane, part, (1, 2), (2, 1))
    come_back(lane, part, (1, 1))
    come_back(lane, whole, (1, 9))
    come_back(lane, big, (1, 3))
    desk = ReturnDesk(lane.agent.lane, OPERATOR)
    desk.find(void.receipt_number)
    desk.void("mistake")
    eventually(lane.all_sent)
    eventually(lambda: not own_hq._rows("select 1 from chain where projected_seq < acked_seq"))
    assert own_hq.quarantined() == []

    figures = at_hq(own_hq)
    own = {line["program"]: line for line in at_register(lane, "programs")}
    assert {"club", "dairy-days", "big-basket", "breakfast", "next-visit"} <= own.keys()
    assert own.keys() == figures.keys()
    for program, line in own.items():
        told = figures[program]
        assert (told["kind"], told["name"]) == (line["kind"], line["name"])
        for theirs, ours in (
            ("uses", "sales"),
            ("discount", "discount"),
            ("points_given", "points_earned"),
            ("points_taken", "points_spent"),
            ("coupons_issued", "coupons_issued"),
            ("coupons_redeemed", "coupons_redeemed"),
            ("gift_units", "gift_units"),
            ("cashback", "cashback"),
        ):
            assert told[theirs] == line[ours], (program, theirs)
    (points,) = at_register(lane, "points")
    club = figures["club"]
    assert int(club["points_given_net"]) - int(club["points_taken_net"]) == int(points["net"])
    assert int(points["taken_back"]) > int(club["points_given_back"]) > 0

    # What the shop has taken off is what was on the shelves less what is in the till.
    sales, returns = at_register(lane, "sales"), at_register(lane, "returns")
    kept = sum(Decimal(line["net"]) for line in sales)
    assert kept == sum(Decimal(line["total"]) for line in sales) - sum(
        Decimal(line["refund"]) for line in returns
    )
    stayed = _list_prices(lane)
    assert sum(Decimal(line["discount_net"]) for line in figures.values()) == stayed - kept


def _list_prices(lane):
    """What the goods that stayed with customers cost before anything was taken off."""
    entries = lane.entries()
    minor = 0
    for sale in entries:
        if not isinstance(sale, SaleEntry):
            continue
        backs = [one for one in entries if isinstance(one, ReturnEntry) and one.sale.sale_id == sale.sale_id]
        gone = returned_units(backs)
        if any(isinstance(one, VoidEntry) and one.sale.sale_id == sale.sale_id for one in entries):
            gone = all_units(sale.quote_input.basket)
        for line in sale.quote_input.basket.lines:
            away = gone.get(line.line_id, frozenset())
            minor += sum(price for unit, price in enumerate(prices_of(line)) if unit not in away)
    return Decimal(minor).scaleb(-2)
