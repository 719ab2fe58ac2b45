"""Registers and the real HQ, over a line that loses things: every sale is there once, no point is spent twice."""

from __future__ import annotations

import shutil
import uuid

import pytest

from agent.domain.errors import LoyaltyError
from agent.domain.ledger import coupon_unit
from agent.service.checkout import LeaseNeeded
from agent.service.enrolment import enrol
from agent.store import catalog, coupons, members, name_search, program_sets, settings
from agent.store.balances import read_balances
from agent.store.feed_state import count_waiting_at_hq
from agent.store.leases import all_open_leases
from demo.local_shop import DEMO_SHOP
from sync.wire.entries import Consent, GrantReceived, Release, SaleEntry
from tests.patience import PATIENCE_S
from tests.sync.lanes import eventually
from tests.sync.real_hq import DAY_MS, OPERATOR, TEN_THIRTY_MS, RealLane, a_lossy_line

IOANA = "2980000074417"
MEHMET = "2980000001741"
IPEK = "2980000002113"
CLUB = "points:club"
MILK = "1001"
CONSENT = (Consent("program", True),)


@pytest.fixture(name="hq")
def _hq(real_hq):
    return real_hq


@pytest.fixture
def lane(hq, tmp_path):
    hq.enrol(tmp_path / "r1", "Casa 1")
    made = RealLane(hq, tmp_path / "r1").ready()
    yield made
    made.stop()


@pytest.fixture
def other(hq, tmp_path):
    hq.enrol(tmp_path / "r2", "Casa 2")
    made = RealLane(hq, tmp_path / "r2").ready()
    yield made
    made.stop()


def member_of(lane: RealLane, card: str) -> uuid.UUID:
    state = lane.checkout.identify("card", card)
    lane.checkout.abandon()
    assert state.member is not None
    return state.member.member_id


def points(lane: RealLane, account_id: uuid.UUID) -> int:
    found = read_balances(lane.store.reader(), account_id).get(CLUB)
    return found.points if found else 0


def test_a_new_register_gets_the_whole_shop(hq, lane):
    reader = lane.store.reader()
    eventually(lambda: catalog.count_items(reader) == 330)

    store = settings.read_store(reader)
    assert store is not None and (store.store_id, store.currency) == ("piata-mare", "RON")
    assert members.count_members(reader) >= 50
    assert len(settings.read_operators(reader)) == 4
    assert program_sets.active_program_set(reader) == DEMO_SHOP.with_name("program_set.json").read_bytes()


def test_an_enrolment_code_is_good_for_one_register(hq, tmp_path):
    code = hq.new_code()
    hq.enrol(tmp_path / "first", "Casa 8", code)

    with pytest.raises(LoyaltyError, match="HQ does not enrol this register"):
        hq.enrol(tmp_path / "second", "Casa 9", code)


def test_a_sale_is_at_hq_byte_for_byte_and_its_points_come_back(hq, lane):
    member = member_of(lane, MEHMET)
    before = points(lane, member)
    lane.sell("5*1001", card=MEHMET)
    eventually(lane.all_sent)
    earned = lane.entries()[-1].earned[0].points

    assert hq.entries(lane.chain_id) == lane.journalled()
    eventually(lambda: hq.bucket(member, CLUB, "available") == before + earned)
    eventually(lambda: points(lane, member) == before + earned)
    eventually(lambda: not lane.store.reader().execute("select 1 from own_posting").fetchall())
    assert points(lane, member) == before + earned
    assert (2, "posted") in hq.posted_sales(lane.chain_id)


def test_lost_requests_and_lost_answers_double_no_sale(hq, lane, tmp_path):
    lane.stop()
    with a_lossy_line(hq) as line:
        again = RealLane(hq, tmp_path / "r1", url=line.url)
        for _ in range(3):
            again.sell()
        line.faults.extend(
            ["lose_answer", "lose_request", "lose_answer", "lose_answer", "lose_request", "lose_answer"]
        )
        again.start()
        eventually(again.all_sent)
        again.sell()
        line.faults.extend(["lose_answer"] * 3)
        again.sell()
        eventually(again.all_sent)

        assert hq.entries(again.chain_id) == again.journalled()
        assert len(again.journalled()) == 6
        again.stop()
    lane.reopen()


def test_hq_killed_between_its_commit_and_its_answer_has_every_sale_once(hq, lane):
    hq.marker.touch()
    lane.sell()
    eventually(lambda: not hq.process.running)
    eventually(lambda: not lane.courier.online())
    assert not lane.all_sent()
    lane.sell()
    lane.sell()
    hq.process.wait(PATIENCE_S)
    hq.process.start()
    eventually(lane.all_sent)

    assert hq.entries(lane.chain_id) == lane.journalled()
    eventually(lambda: [state for _, state in hq.posted_sales(lane.chain_id)] == ["posted"] * 3)


def test_a_register_restored_from_a_copy_is_told_apart_and_sells_on(hq, lane, tmp_path):
    lane.sell()
    eventually(lane.all_sent)
    lane.stop()
    shutil.copytree(tmp_path / "r1", tmp_path / "copy")
    lane.reopen().start()
    lane.sell()
    eventually(lane.all_sent)

    copy = RealLane(hq, tmp_path / "copy")
    copy.sell("2*1001")
    copy.start()
    eventually(lambda: copy.chain().state == "forked")
    eventually(lambda: copy.contact().title)
    assert copy.contact().title.startswith("HQ knows another copy of this register")
    assert not copy.courier.online()
    assert copy.sell().receipt_number
    copy.stop()
    assert len(hq.entries(lane.chain_id)) == 3


def test_a_revoked_register_stops_sending_and_sells_on(hq, lane):
    hq.revoke(lane.agent.identity.register_id)
    eventually(lambda: lane.chain().state == "revoked")
    lane.sell()

    eventually(lambda: "revoked" in lane.contact().title)
    assert len(hq.entries(lane.chain_id)) == 1
    with pytest.raises(LoyaltyError):
        lane.checkout.claim("points-500")
    lane.checkout.abandon()


def claim_points(lane: RealLane) -> str:
    """Tap the points reward as the till does: ask in the background, then claim."""
    with pytest.raises(LeaseNeeded) as needed:
        lane.checkout.claim("points-500")
    ask = needed.value.ask
    return lane.courier.ask_lease(ask.account_id, ask.unit, ask.target, PATIENCE_S)


def test_points_are_spent_online_from_a_lease_of_exactly_the_cost(hq, lane):
    member = member_of(lane, IOANA)
    available = hq.bucket(member, CLUB, "available")
    lane.checkout.identify("card", IOANA)
    lane.checkout.enter("4*1001")
    assert claim_points(lane) == "granted"
    assert hq.bucket(member, CLUB, f"lease:{lane.chain_id}") == 500

    lane.checkout.claim("points-500")
    lane.checkout.tender("cash")
    lane.checkout.finish()
    sale = lane.entries()[-1]
    assert isinstance(sale, SaleEntry)
    assert [spend.amount for spend in sale.lease_spends] == [500]
    eventually(lane.all_sent)
    eventually(lambda: hq.bucket(member, CLUB, f"lease:{lane.chain_id}") == 0)
    assert hq.bucket(member, CLUB, "available") == available - 500 + sale.earned[0].points
    assert count_waiting_at_hq(lane.store.reader()) == 0


def test_points_that_were_granted_and_not_used_go_back_when_the_basket_is_left(hq, lane):
    member = member_of(lane, IPEK)
    available = hq.bucket(member, CLUB, "available")
    lane.checkout.identify("card", IPEK)
    lane.checkout.enter("4*1001")
    assert claim_points(lane) == "granted"
    lane.checkout.abandon()
    lane.courier.wake()

    eventually(lambda: hq.bucket(member, CLUB, "available") == available)
    assert hq.bucket(member, CLUB, f"lease:{lane.chain_id}") == 0


def test_a_grant_that_comes_after_the_asker_left_is_received_and_released(hq, lane, tmp_path):
    member = member_of(lane, IPEK)
    available = hq.bucket(member, CLUB, "available")
    lane.stop()
    with a_lossy_line(hq) as line:
        far = RealLane(hq, tmp_path / "r1", url=line.url).ready()
        line.leases_may_pass.clear()

        assert far.courier.ask_lease(member, CLUB, 100, 0.2) == "offline"

        # Whoever left before the courier took the question along asks again.
        eventually(lambda: line.kept_back or far.courier.ask_lease(member, CLUB, 100, 0.2) != "offline")
        assert line.kept_back
        line.leases_may_pass.set()
        eventually(lambda: any(isinstance(entry, Release) for entry in far.entries()))
        received, released = far.entries()[-2:]
        assert isinstance(received, GrantReceived) and isinstance(released, Release)
        assert (released.grant_id, released.amount, released.reason) == (received.grant_id, 100, "late")
        eventually(lambda: far.all_sent() and hq.bucket(member, CLUB, "available") == available)
        assert all_open_leases(far.store.reader()) == ()
        far.stop()
    lane.reopen()


def test_two_lanes_cannot_both_hold_the_last_points_of_a_member(hq, lane, other):
    member = member_of(lane, IPEK)
    available = hq.bucket(member, CLUB, "available")

    assert lane.courier.ask_lease(member, CLUB, available, PATIENCE_S) == "granted"
    assert other.courier.ask_lease(member, CLUB, 1, PATIENCE_S) == "refused"


def test_without_hq_points_wait_and_the_sale_earns(hq, lane):
    hq.process.kill()
    eventually(lambda: not lane.courier.online())
    lane.checkout.identify("card", IOANA)
    lane.checkout.enter("4*1001")
    with pytest.raises(LoyaltyError, match="Points can be used when the connection is back"):
        lane.checkout.claim("points-500")
    lane.checkout.tender("cash")
    lane.checkout.finish()
    assert lane.entries()[-1].earned[0].points > 0

    hq.process.start()
    eventually(lane.all_sent)
    assert hq.entries(lane.chain_id) == lane.journalled()


def test_a_coupon_for_another_day_is_redeemed_at_another_lane_once(hq, lane, other):
    sold = lane.sell("25*1001")
    assert sold.coupons_issued
    issued = next(entry for entry in lane.entries() if isinstance(entry, SaleEntry)).coupons_issued[0]
    eventually(lambda: coupons.read_coupon(lane.store.reader(), issued.coupon_id).state == "free")
    eventually(
        lambda: (
            (seen := coupons.read_coupon(other.store.reader(), issued.coupon_id)) and seen.state == "free"
        ),
    )
    serial = other.store.reader().execute("select serial from coupon where state = 'free'").fetchall()
    hq.set_clock(TEN_THIRTY_MS + DAY_MS)
    try:
        other.checkout.enter(MILK)
        text = next(one for (one,) in serial if _is(one, issued.coupon_id))
        with pytest.raises(LeaseNeeded) as needed:
            other.checkout.redeem_coupon(text)
        ask = needed.value.ask
        assert (ask.account_id, ask.unit, ask.target) == (issued.coupon_id, coupon_unit(issued.coupon_id), 1)
        assert other.courier.ask_lease(ask.account_id, ask.unit, ask.target, PATIENCE_S) == "granted"
        other.checkout.redeem_coupon(text)
        other.checkout.tender("cash")
        other.checkout.finish()
        sale = other.entries()[-1]
        assert isinstance(sale, SaleEntry) and sale.coupons_redeemed[0].coupon_id == issued.coupon_id
        eventually(other.all_sent)

        eventually(lambda: coupons.read_coupon(lane.store.reader(), issued.coupon_id).state == "redeemed")
        lane.checkout.enter(MILK)
        with pytest.raises(LoyaltyError, match="used already"):
            lane.checkout.redeem_coupon(text)
        lane.checkout.abandon()
        assert (
            lane.courier.ask_lease(issued.coupon_id, coupon_unit(issued.coupon_id), 1, PATIENCE_S)
            == "refused"
        )
        assert count_waiting_at_hq(other.store.reader()) == 0
    finally:
        hq.set_clock(TEN_THIRTY_MS)


def _is(serial: str, coupon_id: uuid.UUID) -> bool:
    from agent.domain.coupon import serial as serial_of

    return serial_of(coupon_id).replace(" ", "") == serial


def test_a_member_enrolled_without_hq_is_known_at_the_other_lane_later(hq, lane, other):
    hq.process.kill()
    eventually(lambda: not lane.courier.online())
    member = enrol(lane.agent.lane, OPERATOR, "phone", "0722000111", CONSENT, name="Ana Pop")
    lane.checkout.identify("phone", "0722000111")
    lane.checkout.enter("3*1001")
    lane.checkout.tender("cash")
    lane.checkout.finish()
    earned = lane.entries()[-1].earned[0].points
    assert points(lane, member.account_id) == earned

    hq.process.start()
    eventually(lane.all_sent)
    eventually(lambda: members.read_member(other.store.reader(), member.member_id))
    eventually(lambda: points(other, member.account_id) == earned)
    eventually(lambda: not lane.store.reader().execute("select 1 from pii_blob where data <> x''").fetchall())
    assert name_search.search_names(other.store.reader(), "an", 5)


def test_points_earned_under_an_unknown_phone_join_the_member_who_has_it(hq, lane, other):
    hq.process.kill()
    eventually(lambda: not lane.courier.online() and not other.courier.online())
    lane.checkout.identify("phone", "0722000222")
    lane.checkout.enter("3*1001")
    lane.checkout.tender("cash")
    lane.checkout.finish()
    earned = lane.entries()[-1].earned[0].points
    owner = enrol(other.agent.lane, OPERATOR, "phone", "0722000222", CONSENT)

    hq.process.start()
    eventually(lambda: lane.all_sent() and other.all_sent())
    # Who is first is the owner; either way there is one account, and both lanes see its points.
    eventually(lambda: _points_by_phone(lane) == earned)
    eventually(lambda: _points_by_phone(other) == earned)
    assert hq.bucket(owner.account_id, CLUB, "available") in (0, earned)


def _points_by_phone(lane: RealLane) -> int:
    state = lane.checkout.identify("phone", "0722000222")
    lane.checkout.abandon()
    assert state.member is not None
    return state.member.points


def test_nothing_of_all_this_is_in_quarantine(hq):
    # What a fork leaves behind waits for a person, in the old journal and carried into the new one.
    of_forks = ("forked", "needs_upgrade")
    assert [code for code, _ in hq.quarantined() if code not in of_forks] == []
