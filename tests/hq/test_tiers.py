"""Tiers at HQ: counted from what is posted, whatever came first, told to registers, changed by hand with a reason."""

from __future__ import annotations

import datetime

import msgspec
import pytest

from hq import clock
from hq.members.models import Member
from hq.programs import publishing
from hq.tiers.models import TierByHand, TierStanding
from hq.tiers.standings import review
from sync.wire.feed import MemberRow, TierRow
from tests import builders
from tests.hq.at_console import page, staff_with
from tests.hq.lane import Lane, a_stamp
from tests.hq.shop import IOANA, MEHMET
from tests.hq.test_returns import Sold, one

LEVELS = [{"tier": "silver", "reach": 500_00}, {"tier": "gold", "reach": 1_000_00}]
TIERS = builders.a_program("our-tiers", "tiers", tiers={"levels": LEVELS})
PLAIN = builders.a_program_set(TIERS, version=3)
DAY_MS = 24 * 3600 * 1000
YEAR_MS = 366 * DAY_MS


def publish(*programs, version=2):
    data = builders.program_set_bytes(*programs, version=version)
    publishing.publish(publishing.upload(data, "andrei", builders.NOW_MS), "andrei", builders.NOW_MS)


@pytest.fixture
def tiered(lane):
    """A shop with tiers beside its other programs."""
    publish(TIERS, version=3)
    publish(*builders.demo_programs(), TIERS)
    return lane


def ioana():
    return builders.a_member(2340, member_id=IOANA, account_id=IOANA, spendable=0)


def standing(account_id=IOANA):
    found = TierStanding.objects.get(pk=account_id)
    return found.tier, found.progress, found.next_tier, found.missing


def a_sale_of(lane: Lane, amount: int, **facts):
    return lane.sell(builders.a_line("party", amount), member=ioana(), **{"program_set": PLAIN, **facts})


def tier_rows(lane):
    return [row for row in lane.pull() if isinstance(row, TierRow) and row.account_id == IOANA]


def test_a_sale_brings_its_member_nearer_to_a_tier_and_into_it(tiered):
    a_sale_of(tiered, 380_00)
    tiered.sync()
    assert standing() == ("", 380_00, "silver", 120_00)

    a_sale_of(tiered, 120_00)
    tiered.sync()

    assert standing() == ("silver", 500_00, "gold", 500_00)
    rows = tiered.pull()
    member = next(row for row in rows if isinstance(row, MemberRow) and row.member_id == IOANA)
    told = next(row for row in rows if isinstance(row, TierRow))
    assert member.tier == "silver"
    assert (told.progress, told.tier) == (500_00, "silver")
    assert told.includes_seq == {str(tiered.chain_id): 3}


def test_sales_of_two_lanes_in_either_order_give_one_standing(tiered, other_lane):
    a_sale_of(tiered, 600_00)
    a_sale_of(other_lane, 450_00)
    other_lane.sync()
    tiered.sync()

    assert standing() == ("gold", 1_050_00, "", 0)
    (told,) = tier_rows(tiered)
    assert told.includes_seq == {str(tiered.chain_id): 2, str(other_lane.chain_id): 2}


def test_a_sale_sent_twice_counts_once(tiered):
    a_sale_of(tiered, 380_00)
    tiered.sync()
    tiered.push(since=0)
    tiered.hq.settle()

    assert standing()[1] == 380_00


def test_a_sale_in_quarantine_does_not_count_until_it_is_posted(tiered):
    wrong = tiered.a_sale(builders.a_line("party", 600_00), member=ioana(), program_set=PLAIN)
    tiered.append(msgspec.structs.replace(wrong, total_minor=1))
    tiered.sync()

    assert standing() == ("", 0, "silver", 500_00)


def test_goods_that_come_back_lower_the_progress(tiered):
    sold = Sold(tiered, builders.a_line("party", 400_00), builders.a_line("bread", 200_00), member=ioana())
    tiered.sync()
    paid = sold.sale.total_minor
    assert standing()[:2] == ("silver", paid)
    stamp = a_stamp()
    tomorrow = datetime.date.fromordinal(stamp.business_date.toordinal() + 1)

    back = sold.comes_back(one(2), stamp=msgspec.structs.replace(stamp, business_date=tomorrow))
    tiered.sync()

    assert back.refund_minor > 0
    left = paid - back.refund_minor
    assert standing() == ("silver", left, "gold", 1_000_00 - left)


def test_the_nightly_review_lets_a_tier_go_down_one_step(tiered):
    a_sale_of(tiered, 1_000_00)
    tiered.sync()
    assert standing()[0] == "gold"

    assert review(clock.now_ms() + YEAR_MS) == 1
    assert standing()[0] == "silver"
    assert review(clock.now_ms() + YEAR_MS) == 0
    assert review(clock.now_ms() + 2 * YEAR_MS) == 1
    assert standing()[0] == ""
    assert Member.objects.get(member_id=IOANA).tier == ""


def test_a_tier_from_before_tiers_were_counted_is_kept(tiered):
    Member.objects.filter(member_id=IOANA).update(tier="silver")
    a_sale_of(tiered, 1_00)
    tiered.sync()

    assert standing()[0] == "silver"


def test_sales_of_an_unknown_card_count_for_its_owner_once_they_enrol(tiered):
    """The provisional account's sales become the member's."""
    import uuid

    account = uuid.uuid4()
    blob = tiered.personal_data(account, ("card", "2980000099999"))
    member = builders.a_member(member_id=account, account_id=account, provisional=True)
    tiered.sell(builders.a_line("party", 600_00), member=member, blob=blob, program_set=PLAIN)
    tiered.sync()

    owner = tiered.enrol_member(("card", "2980000099999"))
    tiered.sync()

    assert standing(owner)[:2] == ("silver", 600_00)


def test_points_may_count_instead_of_money(lane):
    rules = {"counts": "points", "points_of": "points", "levels": [{"tier": "silver", "reach": 100}]}
    programs = (*builders.demo_programs(), builders.a_program("our-tiers", "tiers", tiers=rules))
    publish(*programs)
    lane.sell(
        builders.a_line("party", 80_00),
        member=ioana(),
        program_set=builders.a_program_set(*programs, version=2),
    )
    lane.sync()

    assert standing() == ("", 80, "silver", 20)
    assert tier_rows(lane)[0].counts == "points"


def test_a_shop_without_tiers_leaves_them_as_they_were(lane):
    Member.objects.filter(member_id=IOANA).update(tier="gold")
    a_sale_of(lane, 10_00)
    lane.sync()

    assert Member.objects.get(member_id=IOANA).tier == "gold"
    assert not TierStanding.objects.exists()


def test_a_member_s_page_shows_tier_progress_and_history(tiered, console):
    a_sale_of(tiered, 620_00)
    tiered.sync()

    text = page(console, f"/console/members/consolemember/{IOANA}/change/")

    assert "380.00 more to gold" in text
    assert "Reached" in text
    assert "silver" in text


def test_a_tier_is_changed_by_hand_with_a_reason_and_stays_in_the_history(tiered, console):
    path = f"/console/members/consolemember/{MEHMET}/tier/"
    assert console.post(path, {"tier": "gold", "reason": "Complaint of 3 May"}).status_code == 302

    assert standing(MEHMET)[0] == "gold"
    text = page(console, f"/console/members/consolemember/{MEHMET}/change/")
    assert "andrei: Complaint of 3 May" in text
    assert Member.objects.get(member_id=MEHMET).tier == "gold"


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"tier": "gold", "reason": " "}, "The change has no reason."),
        ({"tier": "iron", "reason": "x"}, "no tier iron"),
    ],
)
def test_a_change_that_cannot_be_made_is_said_in_one_sentence_and_changes_nothing(
    tiered, console, sent, said
):
    answer = console.post(f"/console/members/consolemember/{MEHMET}/tier/", sent)

    assert said in answer.content.decode()
    assert not TierByHand.objects.exists()


def test_only_people_with_the_right_change_a_tier(tiered):
    client = staff_with("mara", "view_consolemember")

    answer = client.post(f"/console/members/consolemember/{MEHMET}/tier/", {"tier": "gold", "reason": "x"})

    assert answer.status_code == 403
    assert not TierByHand.objects.exists()
