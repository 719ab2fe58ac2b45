"""A register that sells the demo shop's baskets until it is killed; each committed sale is said on standard output.

`python -m tests.powercut.player DATA PRINTER HQ sell|drain`. The next basket's number is how many sales there are, so
the journal is the only memory. `drain` sells nothing and ends once everything is sent and printed, or asked about.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import Final

from agent.bootstrap import Agent, running_agent
from agent.config import Config, HqConfig, PrinterConfig
from agent.service.register_status import register_status
from agent.start_till import first_operator, wait_for_store
from agent.store.sales import count_sales
from demo.shop_baskets import sell_basket
from sync.courier import Pace

DRAIN_TIMEOUT_S: Final = 120.0


def main() -> None:
    data, printer, hq, task = sys.argv[1:]
    config = Config(
        secrets="file",
        hq=HqConfig(url=hq),
        printer=PrinterConfig(kind="tcp", address=printer, print_backlog="print"),
    )
    with running_agent(Path(data), config=config, pace=Pace(first_wait_s=0.05, longest_wait_s=0.5)) as agent:
        wait_for_store(agent)
        print("ready", flush=True)
        if task == "drain":
            _drain(agent)
            return
        checkout = agent.checkout(first_operator(agent))
        while True:
            number = count_sales(agent.lane.store.reader())
            sale = sell_basket(checkout, number)
            print(f"committed {number} {sale.sale_id} {sale.receipt_number}", flush=True)


def _drain(agent: Agent) -> None:
    until = time.monotonic() + DRAIN_TIMEOUT_S
    while time.monotonic() < until:
        status = register_status(agent.lane)
        if not status.unsent_sales and not status.printer.waiting and _everything_acked(agent):
            print("drained", flush=True)
            return
        time.sleep(0.05)
    print(f"not drained: {register_status(agent.lane)}", flush=True)


def _everything_acked(agent: Agent) -> bool:
    (left,) = (
        agent.lane.store.reader()
        .execute(
            "select count(*) from journal join chain using (chain_id) where seq > acked_seq"
            " union all select count(*) from print_job where state in ('queued', 'sending', 'sent')"
            " order by 1 desc limit 1"
        )
        .fetchone()
    )
    return not left


if __name__ == "__main__":
    main()
