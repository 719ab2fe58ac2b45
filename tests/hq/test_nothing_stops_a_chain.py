"""Whatever an authentic register writes, its chain goes on: one entry waits, and leaves nothing half done."""

from __future__ import annotations

import uuid

import msgspec
import pytest

from agent.domain.ledger import Posting
from agent.domain.quote import Earned
from sync.wire.entries import CouponIssued, LeaseSpend
from sync.wire.feed import AliasRow
from tests import builders
from tests.hq.books import available, quarantined, require_sound_books, rows
from tests.hq.lane import Lane
from tests.hq.shop import IOANA

POINTS = builders.POINTS
OTHER_ENGINE = 9_999


@pytest.fixture(autouse=True)
def _sound_books(hq):
    yield
    require_sound_books()


def ioana(points=2340):
    return builders.a_member(points, member_id=IOANA, account_id=IOANA, spendable=0)


def of_another_engine(lane: Lane, **facts):
    """A sale that HQ's engine cannot replay, so that its figures are only checked against themselves."""
    sale = lane.a_sale(builders.a_line("bread", 40_00), member=ioana())
    quote_input = msgspec.structs.replace(sale.quote_input, engine_semantics=OTHER_ENGINE)
    return msgspec.structs.replace(sale, quote_input=quote_input, **facts)


def earning(lane: Lane, unit: str, points: int):
    postings = (
        Posting(IOANA, unit, f"issued:{lane.store_id}", -points),
        Posting(IOANA, unit, "pending", points),
    )
    return of_another_engine(lane, earned=(Earned("points", unit, points),), postings=postings)


def spending(lane: Lane, unit: str, amount: int):
    spend = LeaseSpend(grant_id=uuid.uuid4(), account_id=IOANA, unit=unit, amount=amount)
    postings = (
        Posting(IOANA, unit, f"lease:{lane.chain_id}", -amount),
        Posting(IOANA, unit, f"redeemed:{lane.store_id}", amount),
    )
    return of_another_engine(lane, earned=(), spent=(), lease_spends=(spend,), postings=postings)


WILD = {
    "a unit that no feed page holds": lambda lane: earning(lane, "points:" + "x" * 70_000, 5),
    "a unit that no feed page holds, spent": lambda lane: spending(lane, "points:" + "x" * 70_000, 5),
    "a unit of nothing": lambda lane: earning(lane, "", 5),
    "a unit of another kind": lambda lane: earning(lane, f"coupon:{IOANA}", 5),
    "an unknown unit, spent": lambda lane: spending(lane, "gold", 5),
    "more points than there can be": lambda lane: earning(lane, POINTS, 2**62),
    "points that take away": lambda lane: earning(lane, POINTS, -2000),
}


@pytest.mark.parametrize("name", WILD)
def test_a_wild_unit_or_amount_waits_and_the_next_sale_is_posted(lane, name):
    lane.append(WILD[name](lane))
    lane.push()
    lane.append(WILD[name](lane))
    lane.push()
    lane.sell(builders.a_line("bread", 12_00), member=ioana())

    lane.sync()

    assert lane.outcomes() == {
        1: ("posted", ""),
        2: ("quarantined", "postings_differ"),
        3: ("quarantined", "postings_differ"),
        4: ("posted", ""),
    }
    assert quarantined() == [(2, "postings_differ", "waiting"), (3, "postings_differ", "waiting")]
    assert available(IOANA) == 2340 + 12


def test_a_coupon_that_no_feed_page_holds_waits_and_the_next_sale_is_posted(lane, caplog):
    name = "x" * 70_000
    coupon = CouponIssued(
        coupon_id=uuid.uuid4(),
        program_id=name,
        redeems_program_id=name,
        valid_from=builders.TODAY,
        valid_until=builders.TODAY,
    )
    unit = f"coupon:{coupon.coupon_id}"
    postings = (
        Posting(coupon.coupon_id, unit, f"issued:{lane.store_id}", -1),
        Posting(coupon.coupon_id, unit, f"lease:{lane.chain_id}", 1),
    )
    lane.append(of_another_engine(lane, earned=(), coupons_issued=(coupon,), postings=postings))
    lane.sell(builders.a_line("bread", 12_00), member=ioana())

    lane.sync()

    assert lane.outcomes() == {
        1: ("posted", ""),
        2: ("quarantined", "hq_defect"),
        3: ("posted", ""),
    }
    assert rows("SELECT COUNT(*) FROM coupon") == [(0,)]
    assert "does not fit into a page" in caplog.text


def test_an_entry_that_failed_half_way_tells_registers_nothing(lane, other_lane, monkeypatch, caplog):
    lane.enrol_member(("phone", "+40721000999"), name="Ana Pop")
    lane.sync()
    other_lane.enrol_member(("phone", "+40721000999"), name="Ana Pop")
    other_lane.push()
    lane.pull()

    def broken(*_arguments):
        raise ZeroDivisionError("a defect")

    monkeypatch.setattr("hq.ingest.desk.Desk.sweep", broken)
    other_lane.hq.settle()

    assert other_lane.outcomes()[2] == ("quarantined", "hq_defect")
    assert not [row for row in lane.pull() if isinstance(row, AliasRow)]
    assert rows("SELECT COUNT(*) FROM alias") == [(0,)]
    assert "ZeroDivisionError" in caplog.text


def test_nobody_is_enrolled_into_another_members_account(lane):
    stranger = uuid.uuid4()
    blob = lane.personal_data(stranger, ("phone", "+40721000777"), name="Somebody Else")
    entry = lane.a_member_entry(stranger, blob)
    lane.append(msgspec.structs.replace(entry, account_id=IOANA))

    lane.sync()

    assert lane.outcomes()[2] == ("quarantined", "wrong_account")
    assert rows("SELECT COUNT(*) FROM member") == [(2,)]
    assert rows("SELECT COUNT(*) FROM identifier WHERE value = '+40721000777'") == [(0,)]


def test_a_member_is_not_enrolled_twice_under_one_number(lane):
    blob = lane.personal_data(IOANA, ("phone", "+40721000777"), name="Somebody Else")
    lane.append(msgspec.structs.replace(lane.a_member_entry(IOANA, blob), account_id=uuid.uuid4()))

    lane.sync()

    assert lane.outcomes()[2] == ("quarantined", "wrong_account")
    assert rows("SELECT COUNT(*) FROM member") == [(2,)]
