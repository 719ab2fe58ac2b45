"""What people decide about paper: did it print, print it again, and what to do with a backlog."""

from __future__ import annotations

import uuid

import msgspec
import pytest

from agent.domain.errors import LoyaltyError
from agent.domain.receipt import Receipt
from agent.service.print_queue import (
    answer_backlog,
    answer_did_it_print,
    answer_failure,
    count_backlog,
    next_job,
    reprint,
)
from agent.service.register_status import register_status
from agent.store import print_jobs
from agent.store.print_jobs import PrintJob
from tests.service.shop import Shop


def the_receipt(shop: Shop) -> PrintJob:
    sale = shop.sell("2*105")
    (job,) = print_jobs.jobs_of_sale(shop.store.reader(), sale.sale_id)
    return job


def leave_unconfirmed(shop: Shop, job: PrintJob) -> None:
    with shop.store.unit_of_work() as db:
        print_jobs.start_sending(db, job.job_id, 7)
        print_jobs.mark_unconfirmed(db, job.job_id, "timeout")


def state(shop: Shop, job_id: uuid.UUID) -> str:
    job = print_jobs.read_job(shop.store.reader(), job_id)
    assert job is not None
    return job.state


def test_the_till_asks_about_a_receipt_that_may_be_on_paper(shop: Shop) -> None:
    job = the_receipt(shop)
    leave_unconfirmed(shop, job)

    (question,) = register_status(shop.lane).print_questions
    assert (question.job_id, question.receipt_number, question.total_minor) == (job.job_id, "2-0001", 190_00)
    assert next_job(shop.store, "ask", shop.clock.now_ms()) is None


def test_yes_ends_the_question(shop: Shop) -> None:
    job = the_receipt(shop)
    leave_unconfirmed(shop, job)

    assert answer_did_it_print(shop.lane, job.job_id, printed=True) is None

    assert state(shop, job.job_id) == "confirmed"
    assert register_status(shop.lane).print_questions == ()


def test_no_prints_a_copy_with_the_same_coupon(shop: Shop) -> None:
    job = the_receipt(shop)
    leave_unconfirmed(shop, job)

    copy_id = answer_did_it_print(shop.lane, job.job_id, printed=False)

    copy = next_job(shop.store, "ask", shop.clock.now_ms())
    assert copy is not None
    assert (copy.job_id, copy.kind, copy.sale_id) == (copy_id, "reprint", job.sale_id)
    assert copy.body == job.body
    assert msgspec.json.decode(copy.body, type=Receipt).coupons[0].serial
    assert answer_did_it_print(shop.lane, job.job_id, printed=False) is None


def test_a_receipt_is_printed_again_on_request(shop: Shop) -> None:
    job = the_receipt(shop)
    assert job.sale_id is not None

    copy_id = reprint(shop.lane, job.sale_id)

    assert [(one.job_id, one.kind) for one in print_jobs.jobs_of_sale(shop.store.reader(), job.sale_id)] == [
        (job.job_id, "receipt"),
        (copy_id, "reprint"),
    ]


def test_a_sale_of_another_lane_cannot_be_printed_here(shop: Shop) -> None:
    with pytest.raises(LoyaltyError, match="no receipt of that sale"):
        reprint(shop.lane, uuid.UUID(int=5))


def a_backlog(shop: Shop) -> tuple[PrintJob, PrintJob]:
    """A receipt of a quarter of an hour ago, and a fresh one."""
    old = the_receipt(shop)
    shop.clock.move(minutes=15)
    return old, the_receipt(shop)


def test_an_old_backlog_waits_for_a_word_and_fresh_receipts_do_not(shop: Shop) -> None:
    _, fresh = a_backlog(shop)

    job = next_job(shop.store, "ask", shop.clock.now_ms())

    assert job is not None
    assert job.job_id == fresh.job_id
    assert register_status(shop.lane).print_backlog == 1


def test_the_whole_backlog_prints_after_one_yes(shop: Shop) -> None:
    old, _ = a_backlog(shop)

    assert answer_backlog(shop.store, "print", shop.clock.now_ms()) == 1

    job = next_job(shop.store, "ask", shop.clock.now_ms())
    assert job is not None
    assert job.job_id == old.job_id
    assert count_backlog(shop.store.reader(), shop.clock.now_ms()) == 0


def test_what_gets_old_after_the_yes_is_asked_about_again(shop: Shop) -> None:
    old, fresh = a_backlog(shop)
    answer_backlog(shop.store, "print", shop.clock.now_ms())
    shop.clock.move(minutes=30)

    assert count_backlog(shop.store.reader(), shop.clock.now_ms()) == 1
    job = next_job(shop.store, "ask", shop.clock.now_ms())
    assert job is not None
    assert job.job_id == old.job_id
    with shop.store.unit_of_work() as db:
        print_jobs.start_sending(db, old.job_id, 1)
    assert next_job(shop.store, "ask", shop.clock.now_ms()) is None
    assert state(shop, fresh.job_id) == "queued"


def test_a_backlog_is_dropped_on_request_or_by_setting(shop: Shop) -> None:
    old, fresh = a_backlog(shop)

    job = next_job(shop.store, "drop", shop.clock.now_ms())

    assert job is not None
    assert job.job_id == fresh.job_id
    assert state(shop, old.job_id) == "dropped"


def test_a_headless_register_prints_its_backlog_in_order(shop: Shop) -> None:
    old, _ = a_backlog(shop)

    job = next_job(shop.store, "print", shop.clock.now_ms())

    assert job is not None
    assert job.job_id == old.job_id


def leave_failed(shop: Shop, job: PrintJob, reason: str = "fault") -> None:
    with shop.store.unit_of_work() as db:
        assert print_jobs.mark_failed(db, job.job_id, reason)


def test_the_till_tells_of_a_receipt_that_did_not_print_and_will_not_by_itself(shop: Shop) -> None:
    job = the_receipt(shop)
    leave_failed(shop, job)

    (failure,) = register_status(shop.lane).print_failures
    assert (failure.job_id, failure.receipt_number, failure.can_print) == (job.job_id, "2-0001", True)
    assert next_job(shop.store, "print", shop.clock.now_ms()) is None


def test_a_failed_receipt_is_printed_again_as_a_copy_once(shop: Shop) -> None:
    job = the_receipt(shop)
    leave_failed(shop, job)

    copy_id = answer_failure(shop.lane, job.job_id, again=True)

    copy = next_job(shop.store, "ask", shop.clock.now_ms())
    assert copy is not None
    assert (copy.job_id, copy.kind, copy.body) == (copy_id, "reprint", job.body)
    assert register_status(shop.lane).print_failures == ()
    assert answer_failure(shop.lane, job.job_id, again=True) is None


def test_a_copy_that_fails_too_is_told_again(shop: Shop) -> None:
    job = the_receipt(shop)
    leave_failed(shop, job)
    answer_failure(shop.lane, job.job_id, again=True)
    copy = next_job(shop.store, "ask", shop.clock.now_ms())
    assert copy is not None
    leave_failed(shop, copy)

    (failure,) = register_status(shop.lane).print_failures
    assert failure.job_id == copy.job_id


def test_a_failed_receipt_that_is_left_out_is_told_no_more(shop: Shop) -> None:
    job = the_receipt(shop)
    leave_failed(shop, job)

    assert answer_failure(shop.lane, job.job_id, again=False) is None

    assert state(shop, job.job_id) == "dropped"
    assert register_status(shop.lane).print_failures == ()


def test_a_receipt_whose_bytes_cannot_be_read_is_told_by_its_number_and_cannot_print(shop: Shop) -> None:
    job = the_receipt(shop)
    with shop.store.unit_of_work() as db:
        db.execute("update print_job set body = x'7b'")
    leave_failed(shop, job, "unreadable")

    (failure,) = register_status(shop.lane).print_failures
    assert (failure.receipt_number, failure.can_print) == ("2-0001", False)
    assert answer_failure(shop.lane, job.job_id, again=True) is None
    assert register_status(shop.lane).print_failures == ()


def test_a_question_about_a_receipt_that_cannot_be_read_does_not_stop_the_strip(shop: Shop) -> None:
    job = the_receipt(shop)
    leave_unconfirmed(shop, job)
    with shop.store.unit_of_work() as db:
        db.execute("update print_job set body = x'7b'")

    (question,) = register_status(shop.lane).print_questions
    assert (question.receipt_number, question.total_minor) == ("2-0001", 190_00)


def test_a_receipt_that_a_person_saw_missing_is_not_told_a_second_time(shop: Shop) -> None:
    job = the_receipt(shop)
    leave_unconfirmed(shop, job)
    answer_did_it_print(shop.lane, job.job_id, printed=False)

    assert register_status(shop.lane).print_failures == ()
