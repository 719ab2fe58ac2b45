"""Print jobs: a row each, written with the sale, moved on by the spooler before any byte leaves.

    queued -> sending(attempt, process id) -> sent -> confirmed | unconfirmed | failed
    queued, unconfirmed, failed -> dropped

A job in `sending` or `sent` when the program ended is `unconfirmed` and never printed again by itself.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Literal

from agent.store.sqlite import Connection

JobState = Literal["queued", "sending", "sent", "confirmed", "unconfirmed", "failed", "dropped"]
JobKind = Literal["receipt", "reprint"]

FOREVER_MS = 1 << 62

# The words of the partial index, so that SQLite uses it: a register keeps many printed jobs and few open ones.
# A job that was sent to a printer which cannot confirm has process id 0: for it `sent` is the end.
OPEN = "(state in ('queued', 'sending', 'unconfirmed') or state = 'sent' and process_id <> 0)"
# A person who said that it did not print has been told. Also the words of an index.
TO_TELL = "state = 'failed' and reason <> 'not_printed'"
_COLUMNS = "job_id, kind, sale_id, state, attempt, process_id, created_ms, reason, body"


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintJob:
    """`body` is the msgspec JSON of a domain.receipt.Receipt; `attempt` counts from 1 at the first try."""

    job_id: uuid.UUID
    kind: JobKind
    sale_id: uuid.UUID | None
    state: JobState = "queued"
    attempt: int = 0
    process_id: int = 0
    created_ms: int
    reason: str = ""
    body: bytes


def add_job(db: Connection, job: PrintJob) -> None:
    """Queue a job, in the unit of work of what it prints."""
    db.execute(
        "insert into print_job (job_id, kind, sale_id, state, created_ms, body) values (?, ?, ?, 'queued', ?, ?)",
        (job.job_id.bytes, job.kind, job.sale_id.bytes if job.sale_id else None, job.created_ms, job.body),
    )


def read_job(db: Connection, job_id: uuid.UUID) -> PrintJob | None:
    """One job, or None."""
    return _one(db, f"select {_COLUMNS} from print_job where job_id = ?", (job_id.bytes,))


def oldest_queued(
    db: Connection, created_from_ms: int = 0, created_before_ms: int = FOREVER_MS
) -> PrintJob | None:
    """The queued job that has waited longest, of those made between two times (the second one excluded)."""
    return _one(
        db,
        f"select {_COLUMNS} from print_job where {OPEN} and state = 'queued'"
        " and created_ms >= ? and created_ms < ? order by created_ms, rowid limit 1",
        (created_from_ms, created_before_ms),
    )


def start_sending(db: Connection, job_id: uuid.UUID, process_id: int) -> bool:
    """queued -> sending, with the process id that the printer will answer. False when it is not queued."""
    changed = db.execute(
        "update print_job set state = 'sending', attempt = attempt + 1, process_id = ?, reason = ''"
        " where job_id = ? and state = 'queued'",
        (process_id, job_id.bytes),
    )
    return changed.rowcount == 1


def requeue_unsent(db: Connection, job_id: uuid.UUID, reason: str) -> bool:
    """sending -> queued: only where the printer took not one byte."""
    return _move(db, job_id, ("sending",), "queued", reason)


def mark_sent(db: Connection, job_id: uuid.UUID) -> bool:
    """sending -> sent: every byte was taken."""
    return _move(db, job_id, ("sending",), "sent", "")


def mark_confirmed(db: Connection, job_id: uuid.UUID) -> bool:
    """The printer, or a person, says that it is on paper."""
    return _move(db, job_id, ("sending", "sent", "unconfirmed"), "confirmed", "")


def mark_unconfirmed(db: Connection, job_id: uuid.UUID, reason: str) -> bool:
    """It may or may not be on paper; a person is asked."""
    return _move(db, job_id, ("sending", "sent"), "unconfirmed", reason)


def mark_failed(db: Connection, job_id: uuid.UUID, reason: str) -> bool:
    """It did not print and will not by itself."""
    return _move(db, job_id, ("queued", "sending", "sent", "unconfirmed"), "failed", reason)


def mark_dropped(db: Connection, job_id: uuid.UUID, reason: str) -> bool:
    """queued, unconfirmed or failed -> dropped: somebody decided that it need not print, or prints a copy."""
    return _move(db, job_id, ("queued", "unconfirmed", "failed"), "dropped", reason)


def interrupt_open_jobs(db: Connection, reason: str) -> int:
    """At start: what was under way when the program ended is unconfirmed. Returns how many."""
    changed = db.execute(
        "update print_job set state = 'unconfirmed', reason = ?"
        f" where {OPEN} and state in ('sending', 'sent')",
        (reason,),
    )
    return changed.rowcount


def drop_queued_before(db: Connection, created_before_ms: int, reason: str) -> int:
    """Drop every queued job made before that time. Returns how many."""
    changed = db.execute(
        "update print_job set state = 'dropped', reason = ?"
        f" where {OPEN} and state = 'queued' and created_ms < ?",
        (reason, created_before_ms),
    )
    return changed.rowcount


def count_queued(db: Connection, created_from_ms: int = 0, created_before_ms: int = FOREVER_MS) -> int:
    """How many jobs wait, of those made between two times (the second one excluded)."""
    (count,) = db.execute(
        f"select count(*) from print_job where {OPEN} and state = 'queued'"
        " and created_ms >= ? and created_ms < ?",
        (created_from_ms, created_before_ms),
    ).fetchone()
    return int(count)


def unconfirmed_jobs(db: Connection, limit: int = 20) -> tuple[PrintJob, ...]:
    """Jobs to ask about, oldest first."""
    rows = db.execute(
        f"select {_COLUMNS} from print_job where {OPEN} and state = 'unconfirmed' order by created_ms, rowid limit ?",
        (limit,),
    )
    return tuple(_job(row) for row in rows)


def failed_jobs(db: Connection, limit: int = 20) -> tuple[PrintJob, ...]:
    """Jobs that did not print and that nobody has been told of, oldest first."""
    rows = db.execute(
        f"select {_COLUMNS} from print_job where {TO_TELL} order by created_ms, rowid limit ?", (limit,)
    )
    return tuple(_job(row) for row in rows)


def drop_printed_before(db: Connection, created_before_ms: int, limit: int) -> int:
    """Forget old jobs that no longer wait for anything. Returns how many.

    It looks at the `limit` oldest jobs only: a sale waits for this, and a register keeps a hundred thousand.
    """
    changed = db.execute(
        "delete from print_job where rowid in (select rowid from"
        " (select rowid, state, reason, process_id, created_ms from print_job order by rowid limit ?)"
        f" where created_ms < ? and not {OPEN} and not ({TO_TELL}))",
        (limit, created_before_ms),
    )
    return changed.rowcount


def jobs_of_sale(db: Connection, sale_id: uuid.UUID) -> tuple[PrintJob, ...]:
    """The sale's receipt and its reprints, oldest first."""
    rows = db.execute(
        f"select {_COLUMNS} from print_job where sale_id = ? order by created_ms, rowid", (sale_id.bytes,)
    )
    return tuple(_job(row) for row in rows)


def _move(
    db: Connection, job_id: uuid.UUID, before: tuple[JobState, ...], after: JobState, reason: str
) -> bool:
    marks = ", ".join("?" * len(before))
    changed = db.execute(
        f"update print_job set state = ?, reason = ? where job_id = ? and state in ({marks})",
        (after, reason, job_id.bytes, *before),
    )
    return changed.rowcount == 1


def _one(db: Connection, sql: str, values: tuple[bytes | int, ...]) -> PrintJob | None:
    row = db.execute(sql, values).fetchone()
    return _job(row) if row else None


def _job(row: tuple[bytes, JobKind, bytes | None, JobState, int, int, int, str, bytes]) -> PrintJob:
    job_id, kind, sale_id, state, attempt, process_id, created_ms, reason, body = row
    return PrintJob(
        job_id=uuid.UUID(bytes=job_id),
        kind=kind,
        sale_id=uuid.UUID(bytes=sale_id) if sale_id else None,
        state=state,
        attempt=attempt,
        process_id=process_id,
        created_ms=created_ms,
        reason=reason,
        body=body,
    )
