"""The demo on a screen: the till on the demo shop, HQ behind it, and the virtual printer's paper beside it."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import Final

from agent.bootstrap import SystemClock
from agent.config import Config, HqConfig, PrinterConfig
from agent.start_till import run_till
from demo.demo_lane import enrol_lane
from demo.hq_process import HqProcess
from demo.local_shop import DEMO_SHOP, demo_shop
from printers.virtual.paper import Paper
from printers.virtual.printer import VirtualPrinter
from printers.virtual.tcp import TcpPort

REGISTER: Final = "Register 2"


def open_demo(out: Path) -> int:
    """Open the till; returns when its window is closed. The shop's data stay in the folder for the next time."""
    work = out / "shop"
    work.mkdir(parents=True, exist_ok=True)
    hq = HqProcess(work / "hq")
    hq.run("load-shop", str(DEMO_SHOP))
    hq.start()
    shown: list[Callable[[bytes], None]] = []

    def show(paper: Paper) -> None:
        picture = _png(paper)
        for window in shown:
            window(picture)

    printer = VirtualPrinter(paper_dir=work / "paper", on_paper=show)
    printer.start()
    port = TcpPort(printer)
    try:
        enrol_lane(work / "register", REGISTER, hq, demo_shop()["store"]["store_id"], SystemClock())
        config = Config(
            secrets="file",
            hq=HqConfig(url=hq.url),
            printer=PrinterConfig(kind="tcp", address="{}:{}".format(*port.address)),
        )
        print(f"HQ answers at {hq.url}; its console is {hq.url}/ (make yourself a login: {_login(hq)}).")
        return run_till(work / "register", config=config, paper=shown.append)
    finally:
        port.close()
        printer.stop()
        hq.stop()


def _png(paper: Paper) -> bytes:
    picture = io.BytesIO()
    paper.picture().save(picture, format="PNG")
    return picture.getvalue()


def _login(hq: HqProcess) -> str:
    return f"./run regulars-hq createsuperuser --data {hq.data}"
