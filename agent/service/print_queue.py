"""What people decide about printing: did it print, print it again, and what to do with a backlog."""

from __future__ import annotations

import uuid
from gettext import gettext as _
from typing import Final, Literal

import msgspec

from agent.domain.errors import LoyaltyError
from agent.domain.receipt import Receipt
from agent.service.lane import Lane
from agent.service.ports import new_id
from agent.service.views import PrintFailure, PrintQuestion
from agent.store import print_jobs
from agent.store.database import Store
from agent.store.print_jobs import PrintJob
from agent.store.sales import read_sale
from agent.store.sqlite import Connection
from agent.store.status import BacklogAnswer, put_status, read_status

BacklogPolicy = Literal["ask", "print", "drop"]

# A receipt older than this is no longer what the customer at the till waits for.
BACKLOG_AGE_MS: Final = 10 * 60 * 1000

_RECEIPT: Final = msgspec.json.Decoder(Receipt)


def next_job(store: Store, policy: BacklogPolicy, now_ms: int) -> PrintJob | None:
    """The job to print next, oldest first; what belongs to a backlog only as the policy or a person says."""
    reader = store.reader()
    if policy == "drop" and count_backlog(reader, now_ms):
        answer_backlog(store, "drop", now_ms)
    if policy != "ask" or not count_backlog(reader, now_ms):
        return print_jobs.oldest_queued(reader)
    allowed = read_status(reader, BacklogAnswer).print_before_ms
    job = print_jobs.oldest_queued(reader, created_before_ms=allowed)
    # Fresh receipts do not wait for the answer.
    return job or print_jobs.oldest_queued(reader, created_from_ms=now_ms - BACKLOG_AGE_MS)


def count_backlog(db: Connection, now_ms: int) -> int:
    """How many old jobs wait for a person's word."""
    allowed = read_status(db, BacklogAnswer).print_before_ms
    return print_jobs.count_queued(db, allowed, now_ms - BACKLOG_AGE_MS)


def answer_backlog(store: Store, answer: Literal["print", "drop"], now_ms: int) -> int:
    """Print the whole backlog after all, or drop it. Returns how many jobs that concerns."""
    before = now_ms - BACKLOG_AGE_MS
    with store.unit_of_work() as db:
        if answer == "drop":
            return print_jobs.drop_queued_before(db, before, "backlog")
        count = print_jobs.count_queued(db, created_before_ms=before)
        put_status(db, BacklogAnswer(before))
    return count


def print_questions(db: Connection) -> tuple[PrintQuestion, ...]:
    """Jobs that may or may not be on paper, oldest first."""
    return tuple(_question(db, job) for job in print_jobs.unconfirmed_jobs(db))


def answer_did_it_print(lane: Lane, job_id: uuid.UUID, printed: bool) -> uuid.UUID | None:
    """A person looked. Where it did not print, it is printed again as a COPY; returns that job's id."""
    at_ms = lane.clock.now_ms()
    with lane.store.unit_of_work() as db:
        job = print_jobs.read_job(db, job_id)
        if job is None or job.state != "unconfirmed":
            return None
        if printed:
            print_jobs.mark_confirmed(db, job_id)
            return None
        print_jobs.mark_failed(db, job_id, "not_printed")
        return _add_copy(db, lane, job, at_ms)


def print_failures(db: Connection) -> tuple[PrintFailure, ...]:
    """Jobs that did not print and will not by itself, oldest first, until somebody has answered."""
    return tuple(_failure(db, job) for job in print_jobs.failed_jobs(db))


def answer_failure(lane: Lane, job_id: uuid.UUID, again: bool) -> uuid.UUID | None:
    """A person was told. `again`: it is printed as a COPY, where it can be; returns that job's id."""
    at_ms = lane.clock.now_ms()
    with lane.store.unit_of_work() as db:
        job = print_jobs.read_job(db, job_id)
        if job is None or job.state != "failed":
            return None
        again = again and _receipt_of(job) is not None
        print_jobs.mark_dropped(db, job_id, "copied" if again else "left_out")
        return _add_copy(db, lane, job, at_ms) if again else None


def reprint(lane: Lane, sale_id: uuid.UUID) -> uuid.UUID:
    """Print a sale's receipt again: it says COPY, and its coupon keeps the serial. Returns the job's id.

    Raises LoyaltyError where this register has no such receipt.
    """
    at_ms = lane.clock.now_ms()
    with lane.store.unit_of_work() as db:
        jobs = print_jobs.jobs_of_sale(db, sale_id)
        if not jobs:
            raise LoyaltyError(
                _("This register has no receipt of that sale."),
                _("Look at the lane that sold it."),
                code="no_receipt",
            )
        return _add_copy(db, lane, jobs[0], at_ms)


def _add_copy(db: Connection, lane: Lane, job: PrintJob, at_ms: int) -> uuid.UUID:
    copy = PrintJob(
        job_id=new_id(at_ms, lane.entropy),
        kind="reprint",
        sale_id=job.sale_id,
        created_ms=at_ms,
        body=job.body,
    )
    print_jobs.add_job(db, copy)
    return copy.job_id


def _question(db: Connection, job: PrintJob) -> PrintQuestion:
    receipt = _receipt_of(job)
    number, total_minor = (
        (receipt.receipt_number, receipt.total_minor) if receipt is not None else _of_the_sale(db, job)
    )
    return PrintQuestion(
        job_id=job.job_id,
        receipt_number=number,
        total_minor=total_minor,
        created_ms=job.created_ms,
        reason=job.reason,
    )


def _failure(db: Connection, job: PrintJob) -> PrintFailure:
    receipt = _receipt_of(job)
    number = receipt.receipt_number if receipt is not None else _of_the_sale(db, job)[0]
    return PrintFailure(job_id=job.job_id, receipt_number=number, can_print=receipt is not None)


def _receipt_of(job: PrintJob) -> Receipt | None:
    """What the job prints; None where its bytes cannot be read."""
    try:
        return _RECEIPT.decode(job.body)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None


def _of_the_sale(db: Connection, job: PrintJob) -> tuple[str, int]:
    """The number and total by which a person knows a receipt whose bytes cannot be read."""
    sale = read_sale(db, job.sale_id) if job.sale_id is not None else None
    return (sale.receipt_number, sale.total_minor) if sale is not None else ("", 0)
