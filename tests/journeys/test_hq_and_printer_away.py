"""The main job without a network, without a printer, and without both; then both come back and all arrives once."""

from __future__ import annotations

import csv
import re
import time
from collections import Counter

import pytest

from agent.bootstrap import SystemClock, running_agent
from agent.config import Config, HqConfig, PrinterConfig
from agent.domain.errors import LoyaltyError
from agent.service.register_status import register_status
from agent.start_till import first_operator, wait_for_store
from agent.store.journal import read_all
from agent.store.print_jobs import jobs_of_sale
from demo.demo_lane import PACE, enrol_lane, wait_for
from demo.local_shop import demo_shop
from demo.shop_baskets import sell_basket
from printers.virtual.tcp import TcpPort

BASKETS = 9
IOANA = "2980000074417"


@pytest.mark.timeout(240)
@pytest.mark.parametrize(
    "away", [{"hq"}, {"printer"}, {"hq", "printer"}], ids=["no network", "no printer", "neither"]
)
def test_the_shop_sells_on_and_everything_arrives_once_afterwards(tmp_path, demo_hq, printer, away):
    data = tmp_path / "register"
    enrol_lane(data, "Register 1", demo_hq, demo_shop()["store"]["store_id"], SystemClock())
    port = TcpPort(printer)
    host, number = port.address
    config = Config(
        secrets="file",
        hq=HqConfig(url=demo_hq.url),
        printer=PrinterConfig(kind="tcp", address=f"{host}:{number}", print_backlog="print"),
    )
    with running_agent(data, config=config, pace=PACE) as agent:
        wait_for_store(agent)
        reader = agent.lane.store.reader()
        assert wait_for(lambda: _members(reader) >= len(demo_shop()["members"]), 60)
        if "hq" in away:
            demo_hq.stop()
        if "printer" in away:
            port.close()
        checkout = agent.checkout(first_operator(agent))

        sales = [sell_basket(checkout, number) for number in range(BASKETS)]

        if "hq" in away:
            assert wait_for(lambda: register_status(agent.lane).hq == "offline", 30)
            assert register_status(agent.lane).unsent_sales == BASKETS
            demo_hq.start()
        if "printer" in away:
            assert wait_for(lambda: register_status(agent.lane).printer.code == "off", 30)
            assert register_status(agent.lane).printer.waiting == BASKETS
            port = TcpPort(printer, number)
        agent.courier.wake()
        assert wait_for(lambda: not register_status(agent.lane).unsent_sales, 60)
        assert printer.wait_for_papers(BASKETS, 60)
        assert wait_for(
            lambda: all(
                job.state == "confirmed" for sale in sales for job in jobs_of_sale(reader, sale.sale_id)
            ),
            30,
        )
        _hq_has_every_entry_once(demo_hq, reader, tmp_path / "hq.csv")
        _every_receipt_is_on_paper_once(printer, [sale.receipt_number for sale in sales])
    port.close()


@pytest.mark.timeout(120)
def test_without_hq_points_are_refused_in_two_lines_and_the_sale_earns(tmp_path, demo_hq):
    data = tmp_path / "register"
    enrol_lane(data, "Register 1", demo_hq, demo_shop()["store"]["store_id"], SystemClock())
    config = Config(secrets="file", hq=HqConfig(url=demo_hq.url))
    with running_agent(data, config=config, pace=PACE) as agent:
        wait_for_store(agent)
        reader = agent.lane.store.reader()
        assert wait_for(lambda: _members(reader) >= len(demo_shop()["members"]), 60)
        demo_hq.stop()
        assert wait_for(lambda: _noticed(agent), 30)
        checkout = agent.checkout(first_operator(agent))
        checkout.add_item("1001")
        state = checkout.identify("card", IOANA)
        points = next(offer for offer in state.offers if offer.points_cost)

        with pytest.raises(LoyaltyError) as refused:
            checkout.claim(points.program_id)

        assert refused.value.title == "Points can be used when the connection is back."
        assert refused.value.advice == "This sale earns points as usual."
        assert checkout.state().member.earns_points > 0
        checkout.tender("cash")
        assert checkout.finish().receipt_number == "1-0001"


def _noticed(agent):
    agent.courier.wake()
    agent.courier.refresh()
    time.sleep(0.05)
    return not agent.courier.online()


def _members(reader):
    return reader.execute("select count(*) from member").fetchone()[0]


def _hq_has_every_entry_once(hq, reader, path):
    def rows():
        hq.run("export-journal", "--csv", str(path))
        with path.open(encoding="utf-8", newline="") as file:
            return [(row["chain_id"], int(row["seq"]), row["hash"]) for row in csv.DictReader(file)]

    assert wait_for(
        lambda: rows() == [(str(row.chain_id), row.seq, row.hash.hex()) for row in read_all(reader)], 30
    )


def _every_receipt_is_on_paper_once(printer, numbers):
    printed = Counter(
        number for paper in printer.papers for number in set(re.findall(r"\b1-\d{4}\b", paper.text()))
    )
    assert printed == Counter(numbers)
