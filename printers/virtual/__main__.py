"""`python -m printers.virtual --port N --paper DIR`: a printer to print on, alone. Faults are typed while it runs."""

from __future__ import annotations

import argparse
import dataclasses
import signal
import sys
import threading
from gettext import gettext as _
from pathlib import Path

from printers.profile import profile_for
from printers.virtual.faults import Condition
from printers.virtual.paper import Paper
from printers.virtual.printer import VirtualPrinter
from printers.virtual.pty import SerialPort
from printers.virtual.tcp import TcpPort

_SWITCHES = tuple(field.name for field in dataclasses.fields(Condition) if field.type == "bool")


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m printers.virtual", description=__doc__, epilog=_how_to_type()
    )
    parser.add_argument(
        "--port", type=int, default=9100, help=_("TCP port on this machine; 0 picks a free one")
    )
    parser.add_argument(
        "--serial", action="store_true", help=_("a serial line as well; prints the device to open")
    )
    parser.add_argument("--paper", type=Path, help=_("folder for .bin, .txt and .png of each paper"))
    parser.add_argument("--width", choices=("80mm", "58mm"), default="80mm", help=_("width of the paper"))
    given = parser.parse_args(arguments)
    printer = VirtualPrinter(profile_for(given.width), given.paper, on_paper=_show)
    printer.start()
    port = TcpPort(printer, given.port)
    host, number = port.address
    print(_("The printer listens on {host}:{port}").format(host=host, port=number), flush=True)
    serial = SerialPort(printer) if given.serial else None
    if serial is not None:
        print(_("and on the serial line {device}").format(device=serial.device), flush=True)
    ended = threading.Event()
    for ending in (signal.SIGTERM, signal.SIGINT):
        signal.signal(ending, lambda *_told: ended.set())
    threading.Thread(target=_listen, args=(printer, port), daemon=True).start()
    ended.wait()
    port.close()
    if serial is not None:
        serial.close()
    printer.stop()
    return 0


def _how_to_type() -> str:
    words = _("Type a switch and on or off ({switches}), `slow_s SECONDS`, or `cut` for the connections.")
    return words.format(switches=", ".join(_SWITCHES))


def _show(paper: Paper) -> None:
    print(paper.text(), flush=True)


def _listen(printer: VirtualPrinter, port: TcpPort) -> None:
    """Obey what is typed, until the input ends; the printer goes on."""
    for line in sys.stdin:
        match line.split():
            case []:
                continue
            case ["cut"]:
                port.cut_connections()
            case ["slow_s", seconds] if seconds.replace(".", "", 1).isdecimal():
                printer.switch(slow_s=float(seconds))
            case [name, ("on" | "off") as word] if name in _SWITCHES:
                printer.switch(**{name: word == "on"})
            case _:
                print(_how_to_type(), flush=True)


if __name__ == "__main__":
    sys.exit(main())
