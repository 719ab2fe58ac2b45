"""The ways to a printer: TCP, a serial line, a file, and the printer inside the program."""

from __future__ import annotations

import socket
import time
from dataclasses import replace
from pathlib import Path

import pytest

from agent.config import PrinterConfig
from agent.domain.errors import LoyaltyError
from printers.build import build_printer, build_profile
from printers.receipts import encode_receipt
from printers.stream.render import render
from printers.transports.base import PrinterAway
from printers.transports.file import FileTransport
from printers.transports.serial import SerialTransport
from printers.transports.tcp import TcpTransport
from printers.transports.virtual import VirtualTransport
from printers.virtual.printer import VirtualPrinter
from printers.virtual.pty import SerialPort
from tests.patience import PATIENCE_S
from tests.printers.conftest import QUICK, until
from tests.printers.receipts import a_receipt


@pytest.fixture
def listener():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener


@pytest.fixture
def serial_port(printer):
    port = SerialPort(printer)
    yield port
    port.close()


def test_a_receipt_is_printed_and_confirmed_over_a_serial_line(lane, printer, serial_port, clock):
    lane.spooler(lambda: SerialTransport(serial_port.device, 115_200, clock))
    lane.wait_for(lane.queue(), "confirmed")
    assert "TOTAL RON" in printer.papers[0].text()


def test_paper_that_ends_is_waited_for_over_a_serial_line_too(lane, printer, serial_port, clock):
    printer.switch(paper_out=True)
    lane.spooler(lambda: SerialTransport(serial_port.device, 115_200, clock))
    job_id = lane.queue()
    lane.wait_for_code("paper_out")
    printer.load_paper()
    lane.wait_for(job_id, "confirmed")


def test_a_serial_port_that_is_not_there_is_a_printer_that_is_off(lane, clock, tmp_path):
    lane.spooler(lambda: SerialTransport(str(tmp_path / "ttyUSB9"), 9600, clock))
    job_id = lane.queue()
    lane.wait_for_code("off")
    assert lane.job(job_id).state == "queued"


def test_a_receipt_in_a_file_is_kept_and_so_confirmed(lane, clock, tmp_path: Path):
    path = tmp_path / "receipts.bin"
    lane.spooler(lambda: FileTransport(path, clock))
    lane.wait_for(lane.queue(), "confirmed")
    lane.wait_for(lane.queue(), "confirmed")
    assert path.read_bytes() == encode_receipt(a_receipt()) * 2


def test_a_receipt_to_a_device_that_keeps_nothing_is_sent_and_not_claimed(lane, clock):
    lane.spooler(lambda: FileTransport(Path("/dev/null"), clock))
    job = lane.wait_for(lane.queue(), "sent")
    assert job.process_id == 0


def test_a_file_in_a_place_that_cannot_be_written_is_a_printer_that_is_off(lane, clock, tmp_path: Path):
    (tmp_path / "folder").write_text("a file stands where a folder should")
    lane.spooler(lambda: FileTransport(tmp_path / "folder" / "receipts.bin", clock))
    lane.wait_for_code("off")


def test_bytes_that_nobody_takes_are_counted_as_not_taken(clock, listener):
    transport = TcpTransport("127.0.0.1", listener.getsockname()[1], clock)
    transport.open()
    much = bytes(20_000_000)
    assert 0 < until(lambda: transport.write(much, time.monotonic() + 0.2), bool) < len(much)
    # The buffers between here and there fill up; then not one more byte is taken.
    until(lambda: transport.write(much, time.monotonic() + 0.05), lambda taken: taken == 0)
    transport.close()


def test_nobody_listening_is_a_printer_that_is_away(clock):
    with socket.socket() as nobody:
        # Bound and never listened on: whoever dials is refused, and nobody else gets the port.
        nobody.bind(("127.0.0.1", 0))
        with pytest.raises(PrinterAway, match="no connection"):
            TcpTransport(*nobody.getsockname(), clock).open()


def test_a_connection_that_the_printer_closed_is_noticed_by_who_reads(clock, listener):
    transport = TcpTransport("127.0.0.1", listener.getsockname()[1], clock)
    transport.open()
    accepted, _ = listener.accept()
    accepted.close()
    with pytest.raises(PrinterAway, match="closed the connection"):
        transport.read_available(PATIENCE_S)
    with pytest.raises(PrinterAway):
        transport.write(b"receipt", time.monotonic() + 1)
    transport.close()


def test_the_printer_inside_the_program_takes_no_more_than_its_buffer_holds(clock):
    printer = VirtualPrinter(buffer_bytes=100)
    printer.switch(paper_out=True)
    transport = VirtualTransport(printer, clock)
    transport.open()
    assert transport.write(bytes(300), time.monotonic() + 0.05) == 100
    assert transport.write(b"more", time.monotonic() + 0.02) == 0


def test_a_register_prints_on_the_virtual_printer_of_its_settings(lane, tmp_path: Path):
    spooler = build_printer(PrinterConfig(kind="virtual"), lane.store, lane.clock, tmp_path, timing=QUICK)
    lane.spoolers.append(spooler)
    spooler.start()
    lane.wait_for(lane.queue(), "confirmed")
    paper = until(lambda: sorted((tmp_path / "paper").iterdir()), lambda files: len(files) >= 3)
    assert [path.name for path in paper] == ["0001.bin", "0001.png", "0001.txt"]
    assert render(paper[0].read_bytes()).text() == paper[2].read_text("utf-8")


@pytest.mark.parametrize("kind", ["tcp", "serial", "file", "none"])
def test_every_kind_of_printer_in_the_settings_can_be_built(lane, tmp_path: Path, kind: str, port):
    address = {
        "tcp": f"127.0.0.1:{port.address[1]}",
        "serial": "/dev/null",
        "file": str(tmp_path / "out.bin"),
    }
    settings = PrinterConfig(kind=kind, address=address.get(kind, ""))
    spooler = build_printer(settings, lane.store, lane.clock, tmp_path, timing=QUICK)
    lane.spoolers.append(spooler)
    spooler.start()
    job_id = lane.queue()
    if kind in ("tcp", "file"):
        lane.wait_for(job_id, "confirmed")
    else:
        lane.wait_for_code({"serial": "off", "none": "none"}[kind])


def test_settings_that_do_not_fit_the_paper_are_refused():
    with pytest.raises(LoyaltyError, match="no room for 64 columns"):
        build_profile(PrinterConfig(kind="virtual", paper="58mm", columns=64))


def test_a_spooler_stops_at_once_while_its_printer_is_away(lane, clock):
    seldom = replace(QUICK, backoff_first_s=10 * PATIENCE_S, backoff_most_s=10 * PATIENCE_S)
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        spooler = lane.spooler(lambda: TcpTransport(*nobody.getsockname(), clock), timing=seldom)
        lane.wait_for_code("off")

        assert spooler.stop(), "it does not wait until it would try again"
