"""What a member did without buying is entered at the till, once, online or not; the points come from HQ."""

from __future__ import annotations

from typing import Any

import pytest

from agent.domain.errors import LoyaltyError
from agent.store.member_programs import put_programs
from sync.wire.entries import AdjustmentEntry
from sync.wire.feed import MemberProgramsRow
from tests.builders import a_program, points_per_money
from tests.service.shop import ELENA, Shop

PHONE = "0722123456"


def an_activity(program_id: str, activity: str = "visit", **occasion: Any) -> dict[str, Any]:
    facts = {"type": "activity", "activity": activity, "points_of": "points", "points": 5, "at_till": True}
    return a_program(program_id, "activity", occasion={**facts, **occasion})


@pytest.fixture
def visited(shop: Shop) -> Shop:
    shop.publish(
        points_per_money(),
        an_activity("coming-by", once="day"),
        an_activity("profile", "profile", points=50),
        an_activity("survey", "survey", at_till=False),
    )
    shop.know_member("Ioana Munteanu", phone=PHONE)
    return shop


def shown(shop: Shop) -> dict[str, bool]:
    member = shop.checkout.state().member
    assert member is not None
    return {one.program_id: one.done for one in member.activities}


def told(shop: Shop) -> list[AdjustmentEntry]:
    return [entry for entry in shop.entries() if isinstance(entry, AdjustmentEntry)]


def test_a_cashier_sees_what_may_be_entered_and_enters_it_offline(visited: Shop) -> None:
    visited.checkout.enter(PHONE)
    assert shown(visited) == {"coming-by": False, "profile": False}

    visited.checkout.record_activity("coming-by")

    assert shown(visited) == {"coming-by": True, "profile": False}
    (entry,) = told(visited)
    member = visited.checkout.state().member
    assert member is not None and entry.member is not None
    assert (entry.reason, entry.program_id, entry.operator) == ("activity", "coming-by", ELENA)
    assert (entry.member.member_id, entry.postings) == (member.member_id, ())
    assert visited.hq.wakes == 1


def test_the_same_is_not_entered_twice_on_one_day_but_again_on_the_next(visited: Shop) -> None:
    visited.checkout.enter(PHONE)
    visited.checkout.record_activity("coming-by")

    with pytest.raises(LoyaltyError, match="entered for the member before"):
        visited.checkout.record_activity("coming-by")
    visited.clock.move(days=1)
    visited.checkout.abandon()
    visited.checkout.enter(PHONE)
    visited.checkout.record_activity("coming-by")

    assert len(told(visited)) == 2


def test_what_another_lane_entered_is_known_as_soon_as_hq_tells(visited: Shop) -> None:
    visited.checkout.enter(PHONE)
    member = visited.checkout.state().member
    assert member is not None
    with visited.store.unit_of_work() as db:
        put_programs(db, MemberProgramsRow(member_id=member.member_id, done={"coming-by": "2026-11-22"}))
    visited.checkout.enter(PHONE)

    assert shown(visited) == {"coming-by": True, "profile": False}
    with pytest.raises(LoyaltyError, match="entered for the member before"):
        visited.checkout.record_activity("coming-by")
    assert told(visited) == []


def test_surveys_are_not_entered_at_a_till(visited: Shop) -> None:
    visited.checkout.enter(PHONE)

    with pytest.raises(LoyaltyError, match="cannot be entered"):
        visited.checkout.record_activity("survey")


def test_nothing_is_entered_without_a_member_or_for_one_who_is_not_known(visited: Shop) -> None:
    with pytest.raises(LoyaltyError, match="no member yet"):
        visited.checkout.record_activity("coming-by")

    visited.checkout.identify("phone", "0733 000 111")
    assert shown(visited) == {}
    with pytest.raises(LoyaltyError, match="not known here yet"):
        visited.checkout.record_activity("coming-by")
    assert told(visited) == []


def test_entering_it_leaves_the_basket_as_it_is(visited: Shop) -> None:
    visited.checkout.enter(PHONE)
    before = visited.checkout.enter("100")

    after = visited.checkout.record_activity("profile")

    assert (after.lines, after.total_minor) == (before.lines, before.total_minor)
