"""The strip: HQ, printer, and what waits, in figures."""

from __future__ import annotations

from dataclasses import replace

from agent.service.ports import NoHq
from agent.service.register_status import register_status
from agent.store import chains, feed_state, journal
from agent.store.status import HqContact, PrinterReport, put_status
from sync.wire.feed import OutcomeRow
from tests import builders
from tests.service.shop import Shop


def test_a_register_that_is_offline_counts_what_it_will_send(shop: Shop) -> None:
    shop.sell("100")
    shop.sell("102")
    with shop.store.unit_of_work() as db:
        put_status(db, HqContact(online=False, since_ms=123_000, address="https://hq.example"))

    status = register_status(shop.lane)

    assert (status.hq, status.offline_since_ms, status.unsent_sales) == ("offline", 123_000, 2)
    assert status.hq_address == "https://hq.example"
    assert (status.business_date, status.next_receipt_number) == (builders.TODAY, "2-0003")


def test_what_hq_has_acked_is_sent(shop: Shop) -> None:
    shop.hq.reachable = True
    shop.sell("100")
    head = journal.head_of(shop.store.reader(), shop.chain_id)
    shop.sell("102")
    with shop.store.unit_of_work() as db:
        chains.set_acked(db, shop.chain_id, head.seq, head.hash, "hq-1")

    status = register_status(shop.lane)

    assert (status.hq, status.unsent_sales, status.offline_since_ms) == ("online", 1, None)


def test_a_forked_or_revoked_chain_is_said_and_the_register_sells_on(shop: Shop) -> None:
    shop.hq.reachable = True
    with shop.store.unit_of_work() as db:
        chains.set_state(db, shop.chain_id, "revoked")

    shop.sell("100")

    assert register_status(shop.lane).hq == "revoked"


def test_a_register_without_hq_says_so(shop: Shop) -> None:
    assert register_status(replace(shop.lane, link=NoHq())).hq == "none"


def test_sales_that_wait_for_a_person_at_hq_are_counted_until_they_are_posted(shop: Shop) -> None:
    quarantined = OutcomeRow(chain_id=shop.chain_id, seq=2, state="quarantined", code="hash_mismatch")
    with shop.store.unit_of_work() as db:
        feed_state.put_outcome(db, quarantined)
    assert register_status(shop.lane).waiting_at_hq == 1

    with shop.store.unit_of_work() as db:
        feed_state.put_outcome(db, OutcomeRow(chain_id=shop.chain_id, seq=2, state="posted"))
    assert register_status(shop.lane).waiting_at_hq == 0


def test_the_printers_state_and_its_waiting_jobs_are_shown(shop: Shop) -> None:
    shop.sell("100")
    with shop.store.unit_of_work() as db:
        put_status(db, PrinterReport("paper_out", 77))

    printer = register_status(shop.lane).printer

    assert (printer.code, printer.since_ms, printer.waiting) == ("paper_out", 77, 1)
