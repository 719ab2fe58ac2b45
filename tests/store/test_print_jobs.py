"""A print job's state is written before any byte leaves, and nothing is printed twice by itself."""

from __future__ import annotations

import uuid

from agent.store import print_jobs
from agent.store.database import Store
from agent.store.print_jobs import PrintJob


def queue(store: Store, number: int, created_ms: int = 1_000) -> uuid.UUID:
    job_id = uuid.UUID(int=number)
    with store.unit_of_work() as db:
        print_jobs.add_job(
            db, PrintJob(job_id=job_id, kind="receipt", sale_id=job_id, created_ms=created_ms, body=b"{}")
        )
    return job_id


def state(store: Store, job_id: uuid.UUID) -> str:
    job = print_jobs.read_job(store.reader(), job_id)
    assert job is not None
    return job.state


def test_jobs_print_in_the_order_in_which_they_were_made(store: Store) -> None:
    queue(store, 2, 2_000)
    first = queue(store, 1, 1_000)

    job = print_jobs.oldest_queued(store.reader())

    assert job is not None
    assert job.job_id == first


def test_a_job_goes_from_queued_to_confirmed_once(store: Store) -> None:
    job_id = queue(store, 1)
    with store.unit_of_work() as db:
        assert print_jobs.start_sending(db, job_id, process_id=7)
        assert not print_jobs.start_sending(db, job_id, process_id=8)
        assert print_jobs.mark_sent(db, job_id)
        assert print_jobs.mark_confirmed(db, job_id)
        assert not print_jobs.mark_unconfirmed(db, job_id, "timeout")

    job = print_jobs.read_job(store.reader(), job_id)
    assert job is not None
    assert (job.state, job.attempt, job.process_id) == ("confirmed", 1, 7)
    assert print_jobs.oldest_queued(store.reader()) is None


def test_a_job_that_took_no_byte_is_tried_again(store: Store) -> None:
    job_id = queue(store, 1)
    with store.unit_of_work() as db:
        print_jobs.start_sending(db, job_id, 1)
        assert print_jobs.requeue_unsent(db, job_id, "offline")
        print_jobs.start_sending(db, job_id, 2)
        print_jobs.mark_sent(db, job_id)
        assert not print_jobs.requeue_unsent(db, job_id, "offline")

    job = print_jobs.read_job(store.reader(), job_id)
    assert job is not None
    assert (job.state, job.attempt) == ("sent", 2)


def test_what_was_under_way_at_a_crash_is_asked_about_and_never_resent(store: Store) -> None:
    waiting, sending, sent, done = (queue(store, number) for number in (1, 2, 3, 4))
    with store.unit_of_work() as db:
        for job_id in (sending, sent, done):
            print_jobs.start_sending(db, job_id, 1)
        print_jobs.mark_sent(db, sent)
        print_jobs.mark_sent(db, done)
        print_jobs.mark_confirmed(db, done)

    with store.unit_of_work() as db:
        assert print_jobs.interrupt_open_jobs(db, "restart") == 2

    assert [state(store, job_id) for job_id in (waiting, sending, sent, done)] == [
        "queued",
        "unconfirmed",
        "unconfirmed",
        "confirmed",
    ]
    assert {job.job_id for job in print_jobs.unconfirmed_jobs(store.reader())} == {sending, sent}


def test_only_jobs_that_nobody_waits_for_are_forgotten(store: Store) -> None:
    waiting, done = queue(store, 1), queue(store, 2)
    with store.unit_of_work() as db:
        print_jobs.start_sending(db, done, 1)
        print_jobs.mark_sent(db, done)
        print_jobs.mark_confirmed(db, done)
        assert print_jobs.drop_printed_before(db, 5_000, limit=10) == 1

    assert state(store, waiting) == "queued"
    assert print_jobs.read_job(store.reader(), done) is None


def test_looking_for_the_next_job_reads_open_jobs_only(store: Store) -> None:
    plan = store.reader().execute(
        "explain query plan select job_id from print_job"
        f" where {print_jobs.OPEN} and state = 'queued' and created_ms >= 0 and created_ms < 9"
        " order by created_ms, rowid limit 1"
    )

    assert any("print_job_open" in row[3] for row in plan)


def test_a_receipt_that_its_printer_cannot_confirm_is_done_once_it_was_sent(store: Store) -> None:
    job_id = queue(store, 1)
    with store.unit_of_work() as db:
        print_jobs.start_sending(db, job_id, process_id=0)
        print_jobs.mark_sent(db, job_id)

    (still_open,) = (
        store.reader().execute(f"select count(*) from print_job where {print_jobs.OPEN}").fetchone()
    )
    assert still_open == 0
    with store.unit_of_work() as db:
        assert print_jobs.interrupt_open_jobs(db, "restart") == 0
        assert print_jobs.drop_printed_before(db, 5_000, limit=10) == 1
    assert print_jobs.read_job(store.reader(), job_id) is None


def test_tidying_looks_at_no_more_jobs_than_its_limit(store: Store) -> None:
    for number in range(1, 21):
        job_id = queue(store, number)
        with store.unit_of_work() as db:
            print_jobs.mark_dropped(db, job_id, "backlog")
    waiting = queue(store, 21)

    with store.unit_of_work() as db:
        assert print_jobs.drop_printed_before(db, 5_000, limit=15) == 15
        assert print_jobs.drop_printed_before(db, 5_000, limit=15) == 5
        assert print_jobs.drop_printed_before(db, 5_000, limit=15) == 0
    assert state(store, waiting) == "queued"
