"""Forgotten cards at HQ: a receipt goes to one member, once, whoever says so first; and its goods may still come back."""

from __future__ import annotations

import uuid

import msgspec
import pytest

from agent.domain.attaching import would_have_earned
from agent.domain.ledger import PENDING, issued_bucket, move
from hq import clock
from hq.ingest.models import ConsoleSale
from hq.membership import attached
from sync.wire.entries import AdjustmentEntry
from sync.wire.feed import AttachedRow, BalanceRow
from tests import builders
from tests.hq.at_console import page, staff_with
from tests.hq.books import available, balance, quarantined, require_sound_books
from tests.hq.lane import DEMO, OPERATOR, a_stamp
from tests.hq.shop import IOANA, IOANA_PHONE, MEHMET, MEHMET_PHONE
from tests.hq.test_returns import Sold, one

HAM = builders.a_line("ham", 90_00)
EARLY = 2340


@pytest.fixture(autouse=True)
def _sound_books(hq):
    yield
    require_sound_books()


@pytest.fixture(autouse=True)
def _today(monkeypatch):
    """HQ's clock stands at the hour of the sales."""
    monkeypatch.setattr(clock, "now_ms", lambda: builders.NOW_MS)


def facts(account_id: uuid.UUID = IOANA):
    return builders.a_member(member_id=account_id, account_id=account_id)


def attach(sold: Sold, member=None, *, by=None, **changed) -> int:
    """Journal what a register journals for a forgotten card; the entry's seq."""
    by, member = by or sold.lane, member or facts()
    earned = would_have_earned(sold.sale, member, DEMO)
    issued = issued_bucket(by.store_id)
    entry = AdjustmentEntry(
        adjustment_id=uuid.uuid4(),
        store_id=by.store_id,
        register_id=by.register_id,
        operator=OPERATOR,
        stamp=a_stamp(),
        reason="forgotten_card",
        sale=sold.ref,
        member=member,
        earned=earned,
        postings=tuple(
            leg for each in earned for leg in move(member.account_id, each.unit, each.points, issued, PENDING)
        ),
    )
    return by.append(msgspec.structs.replace(entry, **changed))


def on_console(console, sold: Sold, number: str):
    return console.post(
        f"/console/ingest/consolesale/{sold.sale.sale_id}/attach/", {"member": number}, follow=True
    ).content.decode()


def test_an_attached_receipt_is_in_the_balance_and_every_lane_hears_of_it(lane, other_lane):
    sold = Sold(lane, HAM)
    seq = attach(sold)
    lane.sync()

    assert lane.outcomes()[seq] == ("posted", "")
    assert available(IOANA) == EARLY + 90
    told = other_lane.pull()
    assert AttachedRow(sale_id=sold.sale.sale_id, account_id=IOANA, business_date=builders.TODAY) in told
    balances = [row for row in told if isinstance(row, BalanceRow) and row.account_id == IOANA]
    assert balances[-1].includes_seq[str(lane.chain_id)] == seq


def test_a_receipt_attached_at_two_lanes_is_posted_for_the_first_and_the_second_waits(lane, other_lane):
    sold = Sold(lane, HAM)
    lane.sync()
    attach(sold, facts(MEHMET), by=other_lane)
    other_lane.sync()
    seq = attach(sold)
    lane.sync()

    assert quarantined() == [(seq, "attached_twice", "waiting")]
    assert (available(MEHMET), available(IOANA)) == (90, EARLY)


def test_the_till_whose_receipt_waits_does_not_count_its_points(lane, other_lane):
    sold = Sold(lane, HAM)
    lane.sync()
    attach(sold, facts(MEHMET), by=other_lane)
    other_lane.sync()
    seq = attach(sold)
    lane.sync()

    told = [row for row in lane.pull() if isinstance(row, BalanceRow) and row.account_id == IOANA][-1]

    assert (told.balance, told.includes_seq[str(lane.chain_id)]) == (EARLY, seq)


def test_pushing_it_twice_posts_it_once(lane):
    sold = Sold(lane, HAM)
    attach(sold)
    lane.sync()
    lane.push(since=0)
    lane.hq.settle()

    assert available(IOANA) == EARLY + 90


def test_goods_that_come_back_later_take_their_points_back(lane):
    sold = Sold(lane, HAM, builders.a_line("bread", 5_00))
    attach(sold)
    sold.comes_back(one(1, 0))
    lane.sync()

    assert not quarantined()
    assert available(IOANA) == EARLY + 5
    sold.comes_back(one(2, 0))
    lane.sync()
    assert available(IOANA) == EARLY


def test_a_voided_sale_takes_all_of_it_back_below_zero_where_it_is_spent(lane, other_lane):
    sold = Sold(lane, builders.a_line("party", 600_00))
    attach(sold, facts(MEHMET))
    lane.sync()
    other_lane.ask(MEHMET, builders.POINTS, 500)
    sold.is_voided()
    lane.sync()

    assert available(MEHMET) == -500
    assert not quarantined()


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"earned": ()}, "adjustment_differs"),
        ({"postings": ()}, "postings_differ"),
        ({"reason": "gift"}, "needs_upgrade"),
        ({"store_id": "cluj-1"}, "wrong_store"),
    ],
)
def test_what_does_not_follow_from_the_sale_waits_for_a_person(lane, changed, code):
    sold = Sold(lane, HAM)
    seq = attach(sold, **changed)
    lane.sync()

    assert quarantined() == [(seq, code, "waiting")]
    assert available(IOANA) == EARLY


def test_a_sale_of_a_member_is_nobody_elses(lane):
    sold = Sold(lane, HAM, member=builders.a_member(EARLY, member_id=IOANA, account_id=IOANA, spendable=0))
    seq = attach(sold, facts(MEHMET))
    lane.sync()

    assert quarantined() == [(seq, "has_member", "waiting")]
    assert balance(MEHMET) == {}


def test_a_sale_whose_goods_came_back_first_is_not_attached(lane):
    sold = Sold(lane, HAM, builders.a_line("bread", 10_00))
    sold.comes_back(one(1, 0))
    seq = attach(sold)
    lane.sync()

    assert quarantined() == [(seq, "came_back", "waiting")]


def test_a_receipt_waits_for_its_sale(lane, other_lane):
    sold = Sold(lane, HAM)
    seq = attach(sold, by=other_lane)
    other_lane.sync()
    assert quarantined() == [(seq, "unknown_sale", "waiting")]


def test_staff_attach_a_receipt_by_a_phone(console, lane):
    sold = Sold(lane, HAM)
    lane.sync()

    said = on_console(console, sold, IOANA_PHONE)

    assert "90 points of receipt" in said
    assert "Attached by andrei" in said
    assert available(IOANA) == EARLY + 90
    assert ConsoleSale.objects.get(pk=sold.sale.sale_id).account_id == IOANA
    assert any(isinstance(row, AttachedRow) for row in lane.pull())


def test_what_staff_attached_a_register_attaches_no_more(console, lane):
    sold = Sold(lane, HAM)
    lane.sync()
    on_console(console, sold, IOANA_PHONE)
    seq = attach(sold, facts(MEHMET))
    lane.sync()

    assert quarantined() == [(seq, "attached_twice", "waiting")]
    assert "attached already" in on_console(console, sold, MEHMET_PHONE)
    assert (available(IOANA), available(MEHMET)) == (EARLY + 90, 0)


def test_goods_of_a_receipt_that_staff_attached_come_back(console, lane):
    sold = Sold(lane, HAM)
    lane.sync()
    on_console(console, sold, IOANA_PHONE)
    sold.is_voided()
    lane.sync()

    assert not quarantined()
    assert available(IOANA) == EARLY


@pytest.mark.parametrize(
    ("number", "words"), [("0799 999 999", "No member has this number"), ("", "No member has this number")]
)
def test_a_number_of_nobody_attaches_nothing(console, lane, number, words):
    sold = Sold(lane, HAM)
    lane.sync()

    assert words in on_console(console, sold, number)
    assert attached.find(lane.chain_id, sold.seq) is None


def test_an_old_receipt_is_not_attached(console, lane, monkeypatch):
    sold = Sold(lane, HAM)
    lane.sync()
    monkeypatch.setattr(clock, "now_ms", lambda: builders.NOW_MS + 8 * 24 * 3600 * 1000)

    assert "for 7 days" in on_console(console, sold, IOANA_PHONE)
    assert available(IOANA) == EARLY


def test_only_so_many_receipts_are_attached_for_one_member(console, lane):
    sales = [Sold(lane, HAM) for _ in range(4)]
    lane.sync()

    said = [on_console(console, sold, IOANA_PHONE) for sold in sales]

    assert "The shop allows 3 in 7 days" in said[-1]
    assert available(IOANA) == EARLY + 3 * 90


def test_who_may_not_attach_sees_no_form_and_can_do_nothing(lane):
    sold = Sold(lane, HAM)
    lane.sync()
    reader = staff_with("reader", "view_consolesale", "view_consolemember")
    address = f"/console/ingest/consolesale/{sold.sale.sale_id}/"

    assert "Forgotten card" not in page(reader, f"{address}change/")
    assert reader.post(f"{address}attach/", {"member": IOANA_PHONE}).status_code == 403
    allowed = staff_with("desk", "view_consolesale", "view_consolemember", "attach_card")
    assert "Forgotten card" in page(allowed, f"{address}change/")
    assert allowed.get(f"{address}attach/").status_code == 405
    assert available(IOANA) == EARLY
