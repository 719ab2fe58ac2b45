"""The print spooler: takes print jobs from their rows and sees that each is printed once, or says that nobody knows.

A job's state is written before its bytes leave (printing.md): what was under way when the program ended, when a
printer fell silent or a connection broke is `unconfirmed`, and never sent again by itself. Only where the printer took
not one byte is it tried again. A sale waits for none of this.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from typing import Final

import msgspec

from agent.domain.errors import LoyaltyError
from agent.domain.receipt import Receipt
from agent.service.ports import Clock
from agent.service.print_queue import BacklogPolicy, next_job
from agent.store import print_jobs
from agent.store.database import CommitUnknown, Store
from agent.store.print_jobs import PrintJob
from agent.store.sqlite import Connection
from agent.store.status import PrinterReport, put_status, read_status
from printers.encode import encode_segments
from printers.known_printer import ConfirmsBy, KnownPrinter
from printers.layout import lay_out
from printers.profile import Profile
from printers.receipt_document import receipt_document
from printers.replies import PROCESS_IDS
from printers.sending import Sender, request
from printers.session import PrinterSession
from printers.status import PrinterStatus
from printers.timing import Timing
from printers.transports.base import PrinterAway, Transport

log = logging.getLogger(__name__)

_RECORD_RETRY_S: Final = 1.0
_JOIN_MARGIN_S: Final = 5.0


class Spooler:
    """One worker for one printer. `connect` makes a transport for each new connection; None is a lane without printer.

    `prepare` runs first, in the worker, until it has worked once. Without a printer, jobs wait in their rows for a later one.
    """

    def __init__(
        self,
        store: Store,
        connect: Callable[[], Transport] | None,
        profile: Profile,
        clock: Clock,
        *,
        policy: BacklogPolicy = "print",
        timing: Timing | None = None,
        prepare: Callable[[], None] = lambda: None,
    ) -> None:
        self._store = store
        self._connect = connect
        self._profile = profile
        self._clock = clock
        self._policy: BacklogPolicy = policy
        self._timing = timing or Timing()
        self._prepare = prepare
        self._wake = threading.Event()
        self._stopping = threading.Event()
        self._worker: threading.Thread | None = None
        self._session: PrinterSession | None = None
        self._backoff_s = self._timing.backoff_first_s
        self._next_attempt_s = 0.0
        self._next_status_s = 0.0
        self._printer = KnownPrinter()
        self._reported = ""
        # The job in hand, and whether bytes of it may have left: what a fault of ours must not lose or repeat.
        self._in_hand: PrintJob | None = None
        self._begun = False

    def start(self) -> None:
        """Print from now on. What was under way when the program last ended is marked unconfirmed first."""
        self._worker = threading.Thread(target=self._run, name="printer", daemon=True)
        self._worker.start()

    def wake(self) -> None:
        """There is a new job; returns at once. Without this it is found a moment later."""
        self._wake.set()

    def stop(self) -> bool:
        """End the worker; a job in hand gets a moment to be confirmed. False when it outlasted that."""
        self._stopping.set()
        self._wake.set()
        if self._worker is None:
            return True
        self._worker.join(self._timing.stop_s + self._timing.first_byte_s + _JOIN_MARGIN_S)
        return not self._worker.is_alive()

    def wait_ended(self) -> None:
        """Wait for the worker's end, however long, after `stop`."""
        if self._worker is not None:
            self._worker.join()

    def _run(self) -> None:
        self._record(lambda db: print_jobs.interrupt_open_jobs(db, "interrupted"))
        self._reported = read_status(self._store.reader(), PrinterReport).code
        if self._connect is None:
            self._report("none")
            return
        prepared = False
        while not self._stopping.is_set():
            try:
                if not prepared:
                    self._prepare()
                    prepared = True
                pause_s = self._step()
            except Exception:
                # A bug of ours, loudly in the log; the lane must not be without receipts because of it.
                log.exception("the printer's worker met a fault and goes on")
                self._set_aside()
                self._drop_session("fault")
                pause_s = self._timing.backoff_most_s
            self._pause(pause_s)
        self._drop_session("stopped")

    def _step(self) -> float:
        """Do what can be done now; how long to wait before the next look."""
        session = self._session or self._open_session()
        if session is None:
            return max(self._next_attempt_s - self._clock.monotonic_s(), self._timing.poll_s)
        try:
            job = next_job(self._store, self._policy, self._clock.now_ms())
            if job is None:
                self._look_at_idle(session)
                return self._timing.poll_s
            if not self._can_print(session):
                return self._timing.blocked_s
            self._in_hand, self._begun = job, False
            self._print(session, job)
        except PrinterAway as error:
            log.info("printer away: %s", error)
            self._drop_session("off" if session.lost else "unknown")
        self._in_hand = None
        return 0.0

    def _open_session(self) -> PrinterSession | None:
        if self._connect is None or self._clock.monotonic_s() < self._next_attempt_s:
            return None
        try:
            self._session = PrinterSession(self._connect(), self._clock, self._timing.late_answer_s)
        except PrinterAway as error:
            log.info("printer away: %s", error)
            self._drop_session("off")
            return None
        self._next_status_s = 0.0
        return self._session

    def _drop_session(self, code: str) -> None:
        """The printer is not reached: try again later, each time a little later."""
        if self._session is not None:
            self._session.close()
            self._session = None
        self._report(code)
        self._next_attempt_s = self._clock.monotonic_s() + self._backoff_s
        self._backoff_s = min(self._backoff_s * 2, self._timing.backoff_most_s)

    def _look_at_idle(self, session: PrinterSession) -> None:
        if session.lost:
            raise PrinterAway(session.lost)
        now_s = self._clock.monotonic_s()
        if now_s >= self._next_status_s:
            self._next_status_s = now_s + self._timing.idle_status_s
            self._learn(session, self._ask(session))

    def _can_print(self, session: PrinterSession) -> bool:
        if session.capabilities.replies and not self._printer.answers:
            # It has never answered: it is asked now and then, and not waited for each time.
            self._look_at_idle(session)
            return not self._printer.answers
        status = self._ask(session)
        self._learn(session, status)
        return self._printer.fit(status)

    def _ask(self, session: PrinterSession) -> PrinterStatus:
        status = session.ask_status(self._timing.reply_s)
        self._printer.learn(status)
        self._tell(status)
        return status

    def _tell(self, status: PrinterStatus) -> None:
        if status.code != "unknown":
            self._backoff_s = self._timing.backoff_first_s
        self._report(status.code)

    def _learn(self, session: PrinterSession, status: PrinterStatus) -> None:
        """Once, while it is ready: how this printer confirms."""
        settled = status.code in ("ready", "paper_low") or not session.capabilities.replies
        if self._printer.confirms_by is None and settled:
            self._printer.confirms_by = self._sender(session).probe()

    def _print(self, session: PrinterSession, job: PrintJob) -> None:
        segments = self._encoded(job)
        if segments is None:
            self._record(lambda db: print_jobs.mark_failed(db, job.job_id, "unreadable"))
            return
        way = self._printer.confirms_by or "nothing"
        # Without a process id the row says that nothing will confirm this job: `sent` is its end.
        process_id = 0 if way in ("nothing", "keeping") else _process_id(job)
        if self._start(job, process_id):
            self._begun = True
            self._send(session, job, segments, way, process_id)

    def _encoded(self, job: PrintJob) -> tuple[bytes, ...] | None:
        try:
            receipt = msgspec.json.decode(job.body, type=Receipt)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            log.warning("print job %s cannot be read: %s", job.job_id, error)
            return None
        document = receipt_document(receipt, copy=job.kind == "reprint")
        return encode_segments(lay_out(document, self._profile))

    def _start(self, job: PrintJob, process_id: int) -> bool:
        """queued -> sending, on disk. False where that did not happen, and then nothing may be sent."""
        try:
            with self._store.unit_of_work() as db:
                return print_jobs.start_sending(db, job.job_id, process_id)
        except CommitUnknown:
            written = print_jobs.read_job(self._store.reader(), job.job_id)
            return written is not None and written.state == "sending" and written.attempt == job.attempt + 1
        except LoyaltyError as error:
            log.warning("a print job waits, its row cannot be written: %s", error)
            self._pause(_RECORD_RETRY_S)
            return False

    def _send(
        self,
        session: PrinterSession,
        job: PrintJob,
        segments: tuple[bytes, ...],
        way: ConfirmsBy,
        process_id: int,
    ) -> None:
        session.forget_replies()
        sender = self._sender(session)
        sent = sender.send((*segments, request(way, process_id)))
        if not sent.whole:
            if sent.taken == 0:
                self._record(lambda db: print_jobs.requeue_unsent(db, job.job_id, sent.reason))
            else:
                self._record(lambda db: print_jobs.mark_unconfirmed(db, job.job_id, sent.reason))
            raise PrinterAway(sent.reason)
        self._record(lambda db: print_jobs.mark_sent(db, job.job_id))
        if way == "nothing":
            return
        doubt = "" if way == "keeping" else sender.wait_confirmed(way, process_id)
        if not doubt:
            self._record(lambda db: print_jobs.mark_confirmed(db, job.job_id))
        elif doubt != "stopped":
            self._record(lambda db: print_jobs.mark_unconfirmed(db, job.job_id, doubt))
            # A late answer must not confirm the next job: it dies with this connection.
            raise PrinterAway(doubt)

    def _sender(self, session: PrinterSession) -> Sender:
        return Sender(session, self._printer, self._timing, self._clock, self._tell, self._stopping.wait)

    def _record(self, change: Callable[[Connection], object]) -> None:
        """Write a state, again and again while the disk or another program prevents it: the paper is already out."""
        while True:
            try:
                with self._store.unit_of_work() as db:
                    change(db)
                return
            except (CommitUnknown, LoyaltyError) as error:
                log.warning("a print job's state cannot be written: %s", error)
            if self._stopping.wait(_RECORD_RETRY_S):
                return

    def _set_aside(self) -> None:
        """After a fault: the job in hand did not print, or may have, and is not tried again by itself."""
        job, self._in_hand = self._in_hand, None
        if job is None:
            return
        if self._begun:
            self._record(lambda db: print_jobs.mark_unconfirmed(db, job.job_id, "fault"))
        else:
            self._record(lambda db: print_jobs.mark_failed(db, job.job_id, "fault"))

    def _report(self, code: str) -> None:
        """Tell the till's strip, when it is news."""
        if code != self._reported:
            self._reported = code
            report = PrinterReport(code, self._clock.now_ms())
            self._record(lambda db: put_status(db, report))

    def _pause(self, pause_s: float) -> None:
        if pause_s > 0 and not self._stopping.is_set():
            self._wake.wait(pause_s)
        self._wake.clear()


def _process_id(job: PrintJob) -> int:
    """A number for this attempt that the attempts before and after it do not have; never 0."""
    return 1 + (job.job_id.int + job.attempt) % (PROCESS_IDS - 2)
