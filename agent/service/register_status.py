"""What the till's strip says: HQ, printer, and what waits."""

from __future__ import annotations

from agent.service.lane import Lane, this_register
from agent.service.moment import clock_state, stamp_at
from agent.service.ports import NoHq
from agent.service.print_queue import count_backlog, print_failures, print_questions
from agent.service.views import HqState, Notice, PrinterState, RegisterStatus
from agent.store import feed_state, journal, print_jobs
from agent.store.chains import Chain, read_chain
from agent.store.register import receipt_number
from agent.store.status import HqContact, PrinterReport, ProgramSetRefusal, read_status


def register_status(lane: Lane) -> RegisterStatus:
    """The register at this moment, from its rows. Raises LoyaltyError before its enrolment."""
    now_ms = lane.clock.now_ms()
    with lane.store.snapshot() as db:
        register = this_register(db)
        chain = read_chain(db, register.chain_id)
        contact = read_status(db, HqContact)
        report = read_status(db, PrinterReport)
        refusal = read_status(db, ProgramSetRefusal)
        hq = _hq_state(lane, chain)
        return RegisterStatus(
            hq=hq,
            offline_since_ms=contact.since_ms if hq == "offline" and contact.since_ms else None,
            unsent_sales=journal.count_sales_after(db, register.chain_id, chain.acked_seq if chain else 0),
            waiting_at_hq=feed_state.count_waiting_at_hq(db),
            printer=PrinterState(report.code, report.since_ms or None, print_jobs.count_queued(db)),
            hq_address=contact.address,
            business_date=stamp_at(db, now_ms).business_date,
            next_receipt_number=receipt_number(register.label, register.last_receipt_no + 1),
            print_questions=print_questions(db),
            print_failures=print_failures(db),
            print_backlog=count_backlog(db, now_ms),
            clock_suspect=clock_state(db, now_ms) == "suspect",
            hq_notice=Notice(contact.title, contact.advice) if contact.title else None,
            program_set_refusal=Notice(refusal.title, refusal.advice) if refusal.title else None,
        )


def _hq_state(lane: Lane, chain: Chain | None) -> HqState:
    if isinstance(lane.link, NoHq):
        return "none"
    if chain is not None and chain.state != "ok":
        return chain.state
    return "online" if lane.link.online() else "offline"
