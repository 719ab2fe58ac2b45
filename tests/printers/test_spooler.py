"""A receipt prints once: the spooler on real sockets, with a printer that can be out of paper, away or silent."""

from __future__ import annotations

import socket
import time
from dataclasses import replace

from agent.store import print_jobs
from agent.store.status import BacklogAnswer, put_status
from printers.known_printer import KnownPrinter
from printers.sending import Sender
from printers.session import PrinterSession
from printers.transports.tcp import TcpTransport
from printers.virtual.tcp import TcpPort
from tests.patience import PATIENCE_S
from tests.printers.conftest import HASTY, QUICK, until
from tests.printers.receipts import a_receipt


def test_a_receipt_is_printed_and_confirmed_by_the_printer(lane, printer, network):
    lane.spooler(network)
    job_id = lane.queue()
    job = lane.wait_for(job_id, "confirmed")
    assert job.attempt == 1
    assert job.process_id
    assert "TOTAL RON" in printer.papers[0].text()
    assert printer.papers[0].cut
    lane.wait_for_code("ready")


def test_who_is_woken_prints_without_waiting_for_the_next_look(lane, printer, network):
    spooler = lane.spooler(network, timing=replace(QUICK, poll_s=10 * PATIENCE_S))
    for papers in (1, 2):
        job_id = lane.queue()
        spooler.wake()
        lane.wait_for(job_id, "confirmed")
        assert len(printer.papers) == papers


def test_receipts_come_out_in_the_order_of_their_sales(lane, printer, network):
    for number in range(5):
        lane.clock.at_ms += 1
        last = lane.queue(a_receipt(receipt_number=f"2-{number:04}"))
    lane.spooler(network)
    lane.wait_for(last, "confirmed")
    numbers = [number for paper in printer.papers for number in range(5) if f"2-{number:04}" in paper.text()]
    assert numbers == [0, 1, 2, 3, 4]


def test_a_printer_out_of_paper_is_waited_for_and_goes_on_by_itself(lane, printer, network):
    printer.switch(paper_out=True)
    lane.spooler(network)
    job_id = lane.queue()
    lane.wait_for_code("paper_out")
    assert lane.job(job_id).state == "queued"
    printer.load_paper()
    assert lane.wait_for(job_id, "confirmed").attempt == 1
    assert len(printer.papers) == 1
    lane.wait_for_code("ready")


def test_a_roll_that_ends_inside_a_receipt_is_changed_and_the_receipt_is_confirmed_once(
    lane, printer, network
):
    lane.spooler(network)
    lane.wait_for(lane.queue(), "confirmed")
    printer.load_paper(dots=600)
    job_id = lane.queue()
    lane.wait_for_code("paper_out")
    assert lane.job(job_id).state in ("sending", "sent")
    printer.load_paper()
    assert lane.wait_for(job_id, "confirmed", "unconfirmed").state == "confirmed"
    assert len(printer.papers) == 2


def test_an_open_cover_is_waited_for(lane, printer, network):
    printer.switch(cover_open=True)
    lane.spooler(network)
    job_id = lane.queue()
    lane.wait_for_code("cover_open")
    printer.switch(cover_open=False)
    lane.wait_for(job_id, "confirmed")


def test_a_printer_that_is_offline_is_waited_for(lane, printer, network):
    printer.switch(offline=True)
    lane.spooler(network)
    job_id = lane.queue()
    lane.wait_for_code("offline")
    printer.switch(offline=False)
    lane.wait_for(job_id, "confirmed")


def test_paper_that_is_nearly_at_its_end_is_said_and_printed_on(lane, printer, network):
    printer.switch(near_end=True)
    lane.spooler(network)
    lane.wait_for(lane.queue(), "confirmed")
    lane.wait_for_code("paper_low")


def test_a_connection_cut_inside_a_receipt_leaves_it_unconfirmed_and_it_is_never_sent_again(
    lane, printer, port, network
):
    lane.spooler(network)
    lane.wait_for(lane.queue(), "confirmed")
    printer.load_paper(dots=600)
    job_id = lane.queue()
    lane.wait_for_code("paper_out")
    port.cut_connections()
    job = lane.wait_for(job_id, "unconfirmed")
    assert job.reason == "connection_lost"
    printer.load_paper()
    after = lane.queue(a_receipt(receipt_number="2-0999"))
    lane.wait_for(after, "confirmed")
    assert lane.job(job_id).attempt == 1
    assert lane.job(job_id).state == "unconfirmed"
    # What the printer had in its buffer came out, once, and then the next receipt.
    assert sum("2-0415" in paper.text() for paper in printer.papers) <= 2
    assert sum("2-0999" in paper.text() for paper in printer.papers) == 1


def test_a_printer_that_is_away_at_the_start_is_found_when_it_comes_back(lane, printer, clock):
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        where = [nobody.getsockname()]
        lane.spooler(lambda: TcpTransport(*where[0], clock))
        job_id = lane.queue()
        lane.wait_for_code("off")
        assert lane.job(job_id).state == "queued"
    back = TcpPort(printer)
    where[0] = back.address
    assert lane.wait_for(job_id, "confirmed").attempt == 1
    back.close()
    lane.wait_for_code("off")


def test_a_printer_that_never_answers_is_printed_on_and_nothing_is_claimed(lane, printer, network):
    printer.switch(mute=True)
    lane.spooler(network, timing=HASTY)
    job_id = lane.queue()
    job = lane.wait_for(job_id, "sent")
    assert printer.wait_for_papers(1, PATIENCE_S)
    lane.wait_for_code("unknown")
    # Nobody will be asked about it after a restart: no answer was to be expected.
    assert job.process_id == 0
    with lane.store.unit_of_work() as db:
        assert print_jobs.interrupt_open_jobs(db, "interrupted") == 0


def test_a_printer_that_fell_silent_is_not_taken_for_ready(lane, printer, network):
    lane.spooler(network, timing=HASTY)
    lane.wait_for(lane.queue(), "confirmed")
    printer.switch(mute=True)
    job_id = lane.queue()
    lane.wait_for_code("unknown")
    time.sleep(4 * HASTY.reply_s)
    assert lane.job(job_id).state == "queued"
    printer.switch(mute=False)
    lane.wait_for(job_id, "confirmed")


def test_an_answer_that_does_not_come_leaves_the_receipt_unconfirmed(lane, printer, network):
    hasty = replace(HASTY, stall_s=0.6, confirm_s=0.6)
    lane.spooler(network, timing=hasty)
    until(lambda: lane.wait_for(lane.queue(), "confirmed", "unconfirmed").state, "confirmed".__eq__)
    # So slow that the answer behind the last line is far away.
    printer.switch(slow_s=2.0)
    job_id = lane.queue()
    lane.wait_for(job_id, "sending", "sent")
    printer.switch(mute=True)
    job = lane.wait_for(job_id, "unconfirmed")
    assert job.attempt == 1
    printer.switch(mute=False, slow_s=0.0)
    until(lambda: lane.wait_for(lane.queue(), "confirmed", "unconfirmed").state, "confirmed".__eq__)
    assert lane.job(job_id).state == "unconfirmed"


def test_a_printer_whose_buffer_is_full_takes_no_byte_and_the_receipt_is_tried_again(lane, printer, clock):
    from printers.transports.virtual import VirtualTransport

    class Busy(VirtualTransport):
        """Another computer's job fills the buffer the moment our receipt is to be sent."""

        full = True

        def write(self, data: bytes, deadline_s: float) -> int:
            if self.full and data.startswith(b"\x1b@"):
                return 0
            return super().write(data, deadline_s)

    lane.spooler(lambda: Busy(printer, clock))
    job_id = lane.queue()
    until(lambda: lane.job(job_id), lambda job: job.attempt >= 2)
    assert printer.papers == ()
    Busy.full = False
    assert lane.wait_for(job_id, "confirmed").attempt >= 2
    assert len(printer.papers) == 1


def test_what_was_under_way_when_the_program_ended_is_asked_about_and_not_printed(lane, printer, network):
    job_id = lane.queue()
    with lane.store.unit_of_work() as db:
        print_jobs.start_sending(db, job_id, 77)
    sent_id = lane.queue()
    with lane.store.unit_of_work() as db:
        print_jobs.start_sending(db, sent_id, 78)
        print_jobs.mark_sent(db, sent_id)
    lane.spooler(network)
    lane.wait_for(lane.queue(), "confirmed")
    assert lane.job(job_id).state == "unconfirmed"
    assert lane.job(sent_id).state == "unconfirmed"
    assert len(printer.papers) == 1


def test_a_reprint_says_copy_and_keeps_the_coupons_serial(lane, printer, network):
    lane.spooler(network)
    lane.wait_for(lane.queue(kind="reprint"), "confirmed")
    text = printer.papers[0].text()
    assert text.count("COPY") == 2
    assert a_receipt().coupons[0].serial in text


def test_a_job_that_cannot_be_read_is_set_aside_and_the_next_one_prints(lane, printer, network):
    broken = lane.queue(body=b'{"sale_id": 5}')
    lane.clock.at_ms += 1
    good = lane.queue()
    lane.spooler(network)
    lane.wait_for(good, "confirmed")
    assert lane.job(broken).state == "failed"
    assert lane.job(broken).reason == "unreadable"


def test_old_receipts_wait_for_a_persons_word_and_new_ones_do_not(lane, printer, network):
    old = lane.queue(a_receipt(receipt_number="2-0001"))
    lane.clock.at_ms += 11 * 60 * 1000
    new = lane.queue(a_receipt(receipt_number="2-0002"))
    lane.spooler(network, policy="ask")
    lane.wait_for(new, "confirmed")
    assert lane.job(old).state == "queued"
    with lane.store.unit_of_work() as db:
        put_status(db, BacklogAnswer(lane.clock.at_ms))
    lane.wait_for(old, "confirmed")


def test_old_receipts_are_dropped_where_the_shop_wants_that(lane, printer, network):
    old = lane.queue(a_receipt(receipt_number="2-0001"))
    lane.clock.at_ms += 11 * 60 * 1000
    new = lane.queue(a_receipt(receipt_number="2-0002"))
    lane.spooler(network, policy="drop")
    lane.wait_for(new, "confirmed")
    assert lane.job(old).state == "dropped"


def test_a_register_without_a_printer_keeps_its_receipts_waiting(lane):
    job_id = lane.queue()
    lane.spooler(None)
    lane.wait_for_code("none")
    assert lane.job(job_id).state == "queued"


def test_a_printer_that_is_slow_to_answer_is_still_known_by_its_process_ids(lane, printer, network):
    # Slower than the first wait for a process id: its answer and the sensor's come together, in their order.
    class WaitedFor(PrinterSession):
        """The printer's cover is closed when the wait for a process id is over; from then on there is time."""

        def wait_for(self, wanted, timeout_s):
            reply = super().wait_for(wanted, timeout_s if printer.condition.cover_open else PATIENCE_S)
            printer.switch(cover_open=False)
            return reply

    session = WaitedFor(network(), lane.clock)
    try:
        printer.switch(cover_open=True)
        sender = Sender(
            session,
            KnownPrinter(),
            replace(QUICK, probe_s=0.2),
            lane.clock,
            lambda _status: None,
            lambda _seconds: False,
        )

        assert sender.probe() == "process_id"
    finally:
        session.close()


def test_a_start_that_fails_is_logged_and_tried_again_and_the_receipt_still_prints(
    lane, printer, network, caplog
):
    tries = []

    def prepare() -> None:
        tries.append(1)
        if len(tries) == 1:
            raise OSError("No space left on device")

    job_id = lane.queue()
    lane.spooler(network, prepare=prepare)

    lane.wait_for(job_id, "confirmed")
    assert len(printer.papers) == 1
    assert "No space left on device" in caplog.text
