"""Leaving a household: the account stays with the others, and whoever leaves starts again with nothing, once only."""

from __future__ import annotations

import uuid

import pytest

from agent.domain.errors import LoyaltyError
from hq.devices.models import Store
from hq.members.models import Member
from hq.members.purchases import purchase_days
from hq.membership import joining, leaving
from sync.wire.feed import BalanceRow, MemberRow, TierRow, UsesRow
from sync.wire.messages import Lookup, Want
from tests import builders
from tests.hq.at_console import page, staff_with
from tests.hq.books import available, quarantined, require_sound_books
from tests.hq.shop import IOANA, IOANA_CARD, MEHMET, MEHMET_PHONE
from tests.hq.test_limits import ONCE, publish
from tests.hq.test_one_account_of_several import EARLY, NOW, POINTS, bread, facts, rows_of
from tests.hq.test_returns import Sold
from tests.hq.test_tiers import PLAIN, tiered  # noqa: F401 - a fixture


@pytest.fixture(autouse=True)
def _sound_books(hq):
    yield
    require_sound_books()


ONCE_ONLY = builders.a_program_set(ONCE, version=2)


def home_of_two():
    return joining.make_household([IOANA, MEHMET], NOW)


def leave(member_id=MEHMET):
    return leaving.leave(member_id, "andrei", NOW)


def test_who_leaves_has_nothing_and_the_others_keep_all(lane, other_lane):
    lane.sell(bread(), member=facts(MEHMET))
    lane.sync()
    home = home_of_two()

    own = leave()

    assert (available(home), available(own)) == (EARLY + 40, 0)
    assert joining.shares_with(Member.objects.get(member_id=IOANA)) == []
    rows = other_lane.pull()
    told = {row.member_id: row for row in rows if isinstance(row, MemberRow)}
    assert (told[IOANA].account_id, told[MEHMET].account_id) == (home, own)
    assert told[MEHMET].name == "Mehmet Yılmaz"
    assert not [row for row in rows if isinstance(row, BalanceRow) and row.account_id == own]


def test_a_phone_finds_who_left_under_the_new_account(lane):
    home = home_of_two()

    own = leave()

    found = {
        kind: lane.client.lookup(Lookup(kind=kind, value=value), 5.0).member.account_id
        for kind, value in (("phone", MEHMET_PHONE), ("card", IOANA_CARD))
    }
    assert found == {"phone": own, "card": home}


def test_each_earns_for_themselves_from_then_on(lane):
    home = home_of_two()
    own = leave()

    lane.sell(bread(), member=facts(own, member_id=MEHMET))
    lane.sell(bread(70_00), member=facts(home, EARLY, member_id=IOANA))
    lane.sync()

    assert (available(own), available(home)) == (40, EARLY + 70)


@pytest.mark.parametrize("known_as", ["household", "own of before"])
def test_a_lane_that_has_not_heard_posts_to_the_household_and_nothing_is_lost(lane, other_lane, known_as):
    home = home_of_two()
    lane.sync()
    other_lane.sell(bread(), member=facts(home if known_as == "household" else MEHMET, member_id=MEHMET))
    own = leave()
    other_lane.sync()

    assert (available(home), available(own)) == (EARLY + 40, 0)
    assert not quarantined()


def test_points_lent_to_a_lane_come_back_to_the_household(lane):
    home = home_of_two()
    lane.sync()
    (grant,) = lane.ask(home, POINTS, 500)
    lane.sync()

    own = leave()
    lane.release(grant, 500)
    lane.sync()

    assert (available(home), available(own)) == (EARLY, 0)
    assert lane.push(wants=[Want(own, POINTS, 100)]).grants == ()


def test_goods_of_before_take_their_points_from_who_kept_them(lane):
    sold = Sold(lane, bread(600_00), member=facts(MEHMET))
    lane.sync()
    home = home_of_two()
    own = leave()

    sold.is_voided()
    lane.sync()

    assert (available(home), available(own)) == (EARLY, 0)


def test_the_last_one_cannot_leave(lane):
    home = home_of_two()
    leave()

    for who in (IOANA, MEHMET):
        with pytest.raises(LoyaltyError, match="shares the account with nobody"):
            leave(who)
    assert available(home) == EARLY


def test_somebody_who_never_shared_cannot_leave(lane):
    with pytest.raises(LoyaltyError) as refused:
        leave(IOANA)

    assert refused.value.code == "shares_with_nobody"


def test_who_left_may_join_again_and_brings_what_they_have(lane):
    home = home_of_two()
    own = leave()
    lane.sell(bread(), member=facts(own, member_id=MEHMET))
    lane.sync()

    assert joining.make_household([MEHMET, IOANA], NOW) == home

    assert (available(home), available(own)) == (EARLY + 40, 0)
    again = leave()
    assert again != own
    assert available(home) == EARLY + 40


def test_members_of_the_shop_file_who_share_an_account_can_part_too(lane):
    twin = uuid.UUID(int=77)
    like = Member.objects.get(member_id=IOANA)
    Member.objects.create(
        account_id=like.account_id,
        member_id=twin,
        name="Ion Munteanu",
        enrolled_ms=NOW,
        enrolled_store=like.enrolled_store,
    )

    own = leaving.leave(IOANA, "andrei", NOW)

    assert available(like.account_id) == EARLY
    assert Member.objects.get(member_id=IOANA).account_id == own
    assert Member.objects.get(member_id=twin).account_id == like.account_id


def test_a_use_that_was_the_leavers_own_is_not_had_again(lane, other_lane):
    publish(ONCE)
    home = home_of_two()
    lane.sync()
    lane.sell(bread(), member=facts(home, EARLY, member_id=MEHMET), program_set=ONCE_ONLY)
    lane.sync()

    own = leave()
    gone = leave_third(lane, home)

    told = {row.account_id: row for row in rows_of(other_lane, UsesRow)}
    assert len(told[own].days) == 1
    assert gone not in told


def leave_third(lane, home):
    third = lane.enrol_member(("phone", "+40721000778"))
    lane.sync()
    assert joining.make_household([third, IOANA], NOW) == home
    return leaving.leave(third, "andrei", NOW)


def test_the_tier_stays_with_the_household(tiered):  # noqa: F811
    lane = tiered
    home = home_of_two()
    lane.sync()
    lane.sell(
        builders.a_line("party", 1_000_00), member=facts(home, EARLY, member_id=MEHMET), program_set=PLAIN
    )
    lane.sync()
    assert Member.objects.get(member_id=MEHMET).tier == "gold"

    own = leave()

    tiers = {row.account_id: row.tier for row in rows_of(lane, TierRow)}
    assert (tiers[home], tiers[own]) == ("gold", "")
    assert [Member.objects.get(member_id=one).tier for one in (IOANA, MEHMET)] == ["gold", ""]


def test_what_somebody_bought_is_theirs_alone_after_they_left(lane):
    home = home_of_two()
    lane.sync()
    lane.sell(bread(), member=facts(home, EARLY, member_id=MEHMET))
    lane.sell(bread(), member=facts(home, EARLY + 40, member_id=IOANA))
    lane.sync()

    own = leave()

    both = purchase_days({IOANA: home, MEHMET: own})
    assert [sum(both[who].values()) for who in (IOANA, MEHMET)] == [1, 1]
    assert sum(purchase_days({IOANA: home})[IOANA].values()) == 1
    assert sum(purchase_days({MEHMET: own})[MEHMET].values()) == 1


def test_staff_let_a_member_leave_on_their_page(console, lane):
    home_of_two()
    address = f"/console/members/consolemember/{MEHMET}"
    assert "Leave the shared account" in page(console, f"{address}/change/")

    said = console.post(f"{address}/leave/", follow=True).content.decode()

    assert "an account of their own" in said
    assert "Leave the shared account" not in page(console, f"{address}/change/")
    again = console.post(f"{address}/leave/", follow=True).content.decode()
    assert "shares the account with nobody" in again


def test_who_may_not_join_members_cannot_part_them(lane):
    home_of_two()
    reader = staff_with("reader", "view_consolemember")
    address = f"/console/members/consolemember/{MEHMET}/leave/"

    assert reader.post(address).status_code == 403
    assert staff_with("desk", "view_consolemember", "join_members").get(address).status_code == 405
    assert Store.objects.exists()
    assert len(joining.shares_with(Member.objects.get(member_id=IOANA))) == 1
