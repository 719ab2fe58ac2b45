"""The virtual printer behaves like one of metal."""

from __future__ import annotations

import os
import select
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from printers.receipts import encode_receipt
from printers.stream.printed import DrawerPulse
from printers.stream.render import render
from printers.virtual.paper import Paper
from printers.virtual.printer import VirtualPrinter
from printers.virtual.pty import SerialPort
from printers.virtual.tcp import TcpPort
from tests.patience import PATIENCE_S
from tests.printers.conftest import until
from tests.printers.receipts import a_receipt

RECEIPT = encode_receipt(a_receipt())
ASK = {number: bytes([0x10, 0x04, number]) for number in (1, 2, 3, 4)}


class Computer:
    """A connection to the printer."""

    def __init__(self, address: tuple[str, int]) -> None:
        self.socket = socket.create_connection(address, timeout=PATIENCE_S)

    def send(self, data: bytes) -> None:
        self.socket.sendall(data)

    def read(self, count: int) -> bytes:
        data = b""
        while len(data) < count:
            piece = self.socket.recv(count - len(data))
            if not piece:
                break
            data += piece
        return data

    def hears_nothing(self, timeout_s: float = 0.15) -> bool:
        return not select.select([self.socket], [], [], timeout_s)[0]

    def ask(self, number: int) -> int:
        self.send(ASK[number])
        return self.read(1)[0]


@pytest.fixture
def computer(port: TcpPort):
    computer = Computer(port.address)
    yield computer
    computer.socket.close()


def test_a_paper_is_what_was_sent_from_reset_to_cut(printer, computer):
    computer.send(RECEIPT + RECEIPT)
    assert printer.wait_for_papers(2, PATIENCE_S)
    assert [paper.data for paper in printer.papers] == [RECEIPT, RECEIPT]
    assert printer.papers[0].text() == render(RECEIPT).text()
    assert printer.papers[0].unknown == ()


def test_status_is_answered_truthfully(printer, computer):
    assert [computer.ask(number) for number in ASK] == [0x16, 0x12, 0x12, 0x12]
    printer.switch(near_end=True)
    assert computer.ask(4) == 0x1E
    printer.switch(paper_out=True)
    assert (computer.ask(1), computer.ask(2), computer.ask(4)) == (0x1E, 0x32, 0x7E)
    printer.switch(paper_out=False, near_end=False, cover_open=True)
    assert (computer.ask(1), computer.ask(2)) == (0x1E, 0x16)
    printer.switch(cover_open=False, offline=True)
    assert (computer.ask(1), computer.ask(2)) == (0x1E, 0x52)


def test_a_status_question_overtakes_what_waits_for_paper(printer, computer):
    printer.switch(paper_out=True)
    computer.send(RECEIPT)
    assert computer.ask(4) == 0x7E
    assert printer.papers == ()


def test_out_of_paper_prints_nothing_and_goes_on_when_paper_is_in(printer, computer):
    printer.switch(paper_out=True)
    computer.send(RECEIPT)
    assert not printer.wait_for_papers(1, 0.1)
    assert printer.printed_so_far == ()
    printer.load_paper()
    assert printer.wait_for_papers(1, PATIENCE_S)


def test_a_roll_that_ends_stops_inside_the_receipt_and_nothing_of_it_is_lost(printer, computer):
    printer.load_paper(dots=400)
    computer.send(RECEIPT)
    until(lambda: printer.condition.paper_out, bool)
    assert 0 < len(printer.printed_so_far) < len(render(RECEIPT).printed)
    printer.load_paper()
    assert printer.wait_for_papers(1, PATIENCE_S)
    assert printer.papers[0].text() == render(RECEIPT).text()


def test_a_process_id_is_answered_only_when_what_comes_before_is_on_paper(printer, computer):
    printer.switch(paper_out=True)
    computer.send(RECEIPT + b"\x1d(H\x06\x0000abcd")
    assert computer.hears_nothing()
    printer.load_paper()
    assert computer.read(7) == b"\x37\x22abcd\x00"
    assert len(printer.papers) == 1


def test_the_paper_sensor_is_answered_in_its_turn(printer, computer):
    printer.switch(near_end=True)
    computer.send(b"Hello\n\x1dr1")
    assert computer.read(1) == b"\x03"


def test_automatic_status_comes_when_something_changes(printer, computer):
    computer.send(b"\x1da\xff")
    assert computer.read(4) == b"\x14\x00\x00\x0f"
    printer.switch(cover_open=True)
    assert computer.read(4) == b"\x3c\x00\x00\x0f"
    printer.switch(cover_open=False)
    computer.read(4)
    computer.send(b"\x1da\x00")
    assert computer.ask(1) == 0x16
    printer.switch(cover_open=True)
    assert computer.hears_nothing()


def test_a_mute_printer_prints_and_says_nothing(printer, computer):
    printer.switch(mute=True)
    computer.send(ASK[1] + RECEIPT + b"\x1d(H\x06\x0000abcd")
    assert printer.wait_for_papers(1, PATIENCE_S)
    assert computer.hears_nothing()


def test_a_slow_printer_takes_its_time(printer, computer):
    printer.switch(slow_s=1.0)
    computer.send(RECEIPT)
    until(lambda: len(printer.printed_so_far), lambda rows: rows > 0)
    assert printer.papers == ()
    printer.switch(slow_s=0.0)
    assert printer.wait_for_papers(1, PATIENCE_S)


def test_a_full_buffer_takes_nothing_more(port, computer):
    small = VirtualPrinter(buffer_bytes=64)
    small.switch(paper_out=True)

    class Anyone:
        def reply(self, data: bytes) -> None: ...

    host = Anyone()
    assert small.receive(bytes(100), host) == 64
    assert small.room(0.01) == 0
    assert small.receive(b"x", host) == 0


def test_a_cut_connection_is_gone_at_once(port, computer):
    computer.send(b"Hello")
    until(port.cut_connections, lambda cut: cut == 1)
    with pytest.raises(ConnectionResetError):
        computer.socket.recv(1)


def test_a_job_that_was_broken_off_is_kept_apart_from_the_next(printer, port):
    first = Computer(port.address)
    first.send(RECEIPT[:600])
    until(lambda: len(printer.printed_so_far), lambda rows: rows > 5)
    port.cut_connections()
    first.socket.close()
    second = Computer(port.address)
    second.send(RECEIPT)
    assert printer.wait_for_papers(2, PATIENCE_S)
    second.socket.close()
    assert [paper.cut for paper in printer.papers] == [False, True]
    assert printer.papers[1].data == RECEIPT


def test_an_unknown_command_is_named_on_the_paper_and_printing_goes_on(printer, computer):
    computer.send(b"\x1b@before\n\x1bzafter\n\x1dVB\x00")
    assert printer.wait_for_papers(1, PATIENCE_S)
    paper = printer.papers[0]
    assert paper.unknown == ("ESC z (1B 7A) at byte 9",)
    assert "before\nafter\n" in paper.text()
    assert paper.text().startswith("[unknown: ESC z")


def test_the_drawer_opens_by_its_pulse_and_says_so(printer, computer):
    computer.send(b"\x1b@\x1bp\x00\x19\xfa\x1dr2")
    assert computer.read(1) == b"\x00"
    assert printer.drawer_pulses == 1
    assert computer.ask(1) == 0x12
    assert DrawerPulse(2) in printer.printed_so_far


def test_papers_are_kept_as_bytes_picture_and_text_and_numbered_on(tmp_path: Path):
    for expected in ("0001", "0002"):
        seen: list[Paper] = []
        printer = VirtualPrinter(paper_dir=tmp_path, on_paper=seen.append)
        printer.start()
        port = TcpPort(printer)
        computer = Computer(port.address)
        computer.send(RECEIPT)
        assert printer.wait_for_papers(1, PATIENCE_S)
        computer.socket.close()
        port.close()
        printer.stop()
        assert [paper.number for paper in seen] == [int(expected)]
        assert (tmp_path / f"{expected}.bin").read_bytes() == RECEIPT
        assert (tmp_path / f"{expected}.png").read_bytes().startswith(b"\x89PNG")
        assert "TOTAL RON" in (tmp_path / f"{expected}.txt").read_text("utf-8")
    assert len(list(tmp_path.iterdir())) == 6


def test_the_serial_line_answers_too(printer):
    port = SerialPort(printer)
    line = os.open(port.device, os.O_RDWR | os.O_NOCTTY)
    os.write(line, ASK[1])
    select.select([line], [], [], PATIENCE_S)
    assert os.read(line, 10) == b"\x16"
    os.write(line, RECEIPT)
    assert printer.wait_for_papers(1, PATIENCE_S)
    os.close(line)
    port.close()


def test_the_printer_runs_as_a_program_of_its_own_and_obeys_what_is_typed(tmp_path: Path):
    program = subprocess.Popen(
        [sys.executable, "-m", "printers.virtual", "--port", "0", "--paper", str(tmp_path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert program.stdin is not None
    assert program.stdout is not None
    try:
        words = program.stdout.readline()
        computer = Computer(("127.0.0.1", int(words.rpartition(":")[2])))
        program.stdin.write("paper_out on\n")
        program.stdin.flush()
        until(lambda: computer.ask(4), lambda answer: answer == 0x7E)
        computer.send(RECEIPT)
        program.stdin.write("paper_out off\n")
        program.stdin.flush()
        until((tmp_path / "0001.png").exists, bool)
        computer.socket.close()
    finally:
        program.send_signal(signal.SIGTERM)
        assert program.wait(PATIENCE_S) == 0
        program.stdin.close()
        program.stdout.close()
