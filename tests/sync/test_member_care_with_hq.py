"""Two registers and the real HQ: a forgotten card, a lost one, and two members who are one."""

from __future__ import annotations

import uuid

import pytest

from agent.domain.errors import LoyaltyError
from agent.service.enrolment import enrol
from agent.service.forgotten_card import ForgottenCardDesk
from agent.service.member_changes import change_member, replace_card
from agent.service.member_news import MemberNews
from agent.service.members import PresentMember, find_member
from agent.store.attached_sales import attached_to
from agent.store.balances import read_balances
from agent.store.members import read_member
from sync.wire.entries import Consent
from sync.wire.feed import MemberRow
from tests.sync.lanes import eventually
from tests.sync.real_hq import OPERATOR, RealHq, RealLane

CLUB = "points:club"


@pytest.fixture(name="hq")
def _hq(real_hq):
    return real_hq


@pytest.fixture
def lanes(hq, tmp_path):
    made = []
    for number in (1, 2):
        hq.enrol(tmp_path / f"r{number}", f"Casa {number}")
        made.append(RealLane(hq, tmp_path / f"r{number}").ready())
    yield made
    for lane in made:
        lane.stop()


def found(lane: RealLane, card: str) -> PresentMember:
    return find_member(lane.agent.lane, "card", card)


def a_card() -> str:
    """A card that nobody has: HQ's members are the same for every test."""
    return f"29{uuid.uuid4().int % 10**11:011}"


def joined(lane: RealLane, card: str) -> MemberRow:
    """Somebody who has just joined with this card."""
    return enrol(lane.agent.lane, OPERATOR, "card", card, (Consent("program", True),), name="Ana Pop")


def points(lane: RealLane, account_id: uuid.UUID) -> int:
    balance = read_balances(lane.store.reader(), account_id).get(CLUB)
    return balance.points if balance else 0


def is_lost(lane: RealLane, card: str) -> bool:
    try:
        found(lane, card)
    except LoyaltyError as error:
        return error.code == "lost_card"
    return False


def merge_at_hq(hq: RealHq, duplicate: uuid.UUID, survivor: uuid.UUID) -> None:
    hq._python(
        "import django; django.setup()\n"
        "import uuid\n"
        "from hq import clock\n"
        "from hq.membership import joining\n"
        f"joining.merge(uuid.UUID('{duplicate}'), uuid.UUID('{survivor}'), clock.now_ms())\n"
    )


def test_the_points_of_a_receipt_attached_offline_are_on_every_register_later(hq, lanes):
    lane, other = lanes
    waiting = hq.quarantined()
    ana = joined(lane, a_card())
    sale = lane.sell("1001", "1001", "1001")
    desk = ForgottenCardDesk(lane.agent.lane, OPERATOR)
    done = desk.attach(desk.look(sale.receipt_number, ana.member_id))
    assert done.points > 0
    assert points(lane, ana.account_id) == done.points

    eventually(lambda: points(other, ana.account_id) == done.points)
    eventually(lambda: attached_to(other.store.reader(), sale.sale_id) == ana.account_id)
    eventually(lane.all_sent)
    assert points(lane, ana.account_id) == done.points
    assert hq.quarantined() == waiting


def test_a_card_lost_at_one_register_finds_nobody_at_the_other(hq, lanes):
    lane, other = lanes
    waiting = hq.quarantined()
    old, new = a_card(), a_card()
    ana = joined(lane, old)
    sold = lane.sell("1001", card=old)
    assert sold.member is not None
    replace_card(lane.agent.lane, OPERATOR, ana.member_id, new)

    eventually(lambda: is_lost(other, old))
    assert found(other, new).row.member_id == ana.member_id
    eventually(lambda: points(other, ana.account_id) == sold.member.earns_points)
    assert hq.quarantined() == waiting


def test_what_a_member_tells_at_one_register_is_known_at_the_other(lanes):
    lane, other = lanes
    ana = joined(lane, a_card())
    change_member(lane.agent.lane, OPERATOR, ana.member_id, MemberNews(interests=("coffee",), channel="sms"))

    def told() -> tuple[tuple[str, ...], str]:
        known = read_member(other.store.reader(), ana.member_id)
        return (known.row.interests, known.row.channel) if known is not None else ((), "")

    eventually(lambda: told() == (("coffee",), "sms"))


def test_what_a_member_tells_while_joining_is_known_at_the_other_register(hq, lanes):
    lane, other = lanes
    waiting = hq.quarantined()
    news = MemberNews(locale="tr", interests=("coffee",), channel="email")
    ana = enrol(lane.agent.lane, OPERATOR, "card", a_card(), (Consent("program", True),), news=news)

    def told() -> tuple[str, tuple[str, ...], str]:
        known = read_member(other.store.reader(), ana.member_id)
        return (known.row.locale, known.row.interests, known.row.channel) if known else ("", (), "")

    eventually(lambda: told() == ("tr", ("coffee",), "email"))
    assert hq.quarantined() == waiting


def test_merged_members_are_one_at_every_register_with_every_point(hq, lanes):
    lane, other = lanes
    waiting = hq.quarantined()
    first, second = a_card(), a_card()
    ana, twin = joined(lane, first), joined(lane, second)
    both = 0
    for card in (first, second):
        sold = lane.sell("1001", "1001", card=card)
        assert sold.member is not None
        both += sold.member.earns_points
    eventually(lambda: points(other, twin.account_id) and points(other, ana.account_id))

    merge_at_hq(hq, twin.member_id, ana.member_id)

    for each in lanes:
        eventually(lambda each=each: found(each, second).row.member_id == ana.member_id)
        eventually(lambda each=each: points(each, ana.account_id) == both)
        assert found(each, first).row.member_id == ana.member_id
    more = other.sell("1001", card=second)
    assert more.member is not None
    eventually(lambda: points(lane, ana.account_id) == both + more.member.earns_points)
    assert hq.quarantined() == waiting


def home_at_hq(hq: RealHq, *members: uuid.UUID) -> None:
    hq._python(
        "import django; django.setup()\n"
        "import uuid\n"
        "from hq import clock\n"
        "from hq.membership import joining\n"
        f"joining.make_household([uuid.UUID(one) for one in {[str(one) for one in members]}], clock.now_ms())\n"
    )


def leaves_at_hq(hq: RealHq, member_id: uuid.UUID) -> None:
    hq._python(
        "import django; django.setup()\n"
        "import uuid\n"
        "from hq import clock\n"
        "from hq.membership import leaving\n"
        f"leaving.leave(uuid.UUID('{member_id}'), 'andrei', clock.now_ms())\n"
    )


def test_who_left_a_household_earns_alone_and_the_household_keeps_its_points_at_every_register(hq, lanes):
    lane, other = lanes
    waiting = hq.quarantined()
    hers, his = a_card(), a_card()
    ana, dan = joined(lane, hers), joined(lane, his)
    eventually(lane.all_sent)
    home_at_hq(hq, ana.member_id, dan.member_id)
    for each in lanes:
        eventually(lambda each=each: found(each, his).row.account_id == found(each, hers).row.account_id)
    home = found(lane, hers).row.account_id
    shared = lane.sell("1001", "1001", card=his)
    assert shared.member is not None
    together = shared.member.earns_points
    eventually(lambda: points(other, home) == together)

    leaves_at_hq(hq, dan.member_id)

    for each in lanes:
        eventually(lambda each=each: found(each, his).row.account_id != home)
        own = found(each, his).row.account_id
        assert (points(each, home), points(each, own)) == (together, 0)
    alone = other.sell("1001", card=his)
    assert alone.member is not None
    own = found(other, his).row.account_id
    eventually(lambda: points(lane, own) == alone.member.earns_points)
    assert points(lane, home) == together
    assert hq.quarantined() == waiting
