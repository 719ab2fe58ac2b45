"""A member books a course with points, and comes back with the voucher: nothing is taken off, and it counts once."""

from __future__ import annotations

import hashlib

import msgspec
import pytest
from PySide6.QtCore import Qt

from agent.domain.receipt import Receipt
from agent.service.leases import receive_grants
from agent.service.program_sets import install_program_set
from agent.store.balances import put_balance
from agent.store.journal import read_all
from agent.store.print_jobs import jobs_of_sale
from demo.local_till import LocalTill
from sync.wire.entries import LotPart, SaleEntry, decode_entry
from sync.wire.feed import BalanceRow
from sync.wire.messages import Grant
from tests import builders
from tests.journeys.cashier import Cashier, item
from tests.journeys.conftest import Open
from tests.patience import PATIENCE_S

CARD = "2980000074417"
BOOK, COURSE = "Barista course for points", "Barista course"


def last_sale(shop: LocalTill) -> SaleEntry:
    entries = (decode_entry(row.kind, row.version, row.body) for row in read_all(shop.store.reader()))
    return [entry for entry in entries if isinstance(entry, SaleEntry)][-1]


@pytest.fixture
def cashier(open_lane: Open, shop: LocalTill) -> Cashier:
    """The shop has a course for 1,000 points, and the register holds 1,500 of the member's."""
    programs = (builders.points_per_money(), builders.course_voucher(), builders.a_course())
    data = builders.program_set_bytes(*programs, version=9)
    now_ms = shop.clock.now_ms()
    install_program_set(shop.store, data, hashlib.sha256(data).hexdigest(), 9, now_ms)
    cashier = open_lane()
    cashier.types_and_enters(CARD)
    member = cashier.state.member
    assert member is not None
    cashier.presses(Qt.Key.Key_Escape)
    grant = Grant(
        grant_id=builders.an_id(77),
        account_id=member.member_id,
        unit=builders.POINTS,
        amount=1500,
        lots=(LotPart("lot", 1500),),
    )
    with shop.store.unit_of_work() as db:
        put_balance(
            db, BalanceRow(account_id=member.member_id, unit=builders.POINTS, balance=1500, available=0)
        )
        receive_grants(db, [grant], now_ms)
    return cashier


def test_a_course_is_booked_with_points_and_its_voucher_used_at_the_next_visit(
    cashier: Cashier, shop: LocalTill
) -> None:
    cashier.types_and_enters(CARD, item("Sourdough"))
    total = cashier.state.total_minor
    assert (cashier.offer(BOOK).state, cashier.offer(BOOK).voucher) == ("available", "issued")
    cashier.taps_offer(BOOK)
    assert cashier.offer(BOOK).state == "applied"
    assert cashier.state.total_minor == total
    cashier.presses(*[Qt.Key.Key_Return] * 3)
    assert cashier.screen.page == "finished"
    assert cashier.screen.finished.panel.coupons_text() == "Printed with it: Barista course"
    sale = last_sale(shop)
    (job,) = jobs_of_sale(shop.store.reader(), sale.sale_id)
    (printed,) = msgspec.json.decode(job.body, type=Receipt).coupons
    cashier.presses(Qt.Key.Key_Return)

    cashier.scans(printed.qr_payload)
    assert cashier.reads_notice() == (
        "“Barista course” is in this sale.",
        "Scan the goods; a coupon is used with a sale.",
    )
    cashier.types_and_enters(item("Sourdough"))
    used = cashier.offer(COURSE)
    assert (used.state, used.voucher) == ("applied", "used")
    assert cashier.state.total_minor == total
    cashier.presses(*[Qt.Key.Key_Return] * 3)

    assert shop.printer.wait_for_papers(2, PATIENCE_S)
    booked, visited = (paper.text() for paper in shop.printer.papers)
    assert COURSE in booked
    assert "Voucher used" not in booked
    assert "Voucher used" in visited
    cashier.presses(Qt.Key.Key_Return)
    cashier.scans(printed.qr_payload)
    assert cashier.reads_notice() == ("This coupon was used already.", "It counts once only.")
