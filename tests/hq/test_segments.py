"""Segments, birthdays and badges: found by HQ from what members do, and what they do at a register then."""

from __future__ import annotations

import datetime
import random
import uuid

import pytest

from agent.service.feed import apply_page
from hq import daily_look
from hq.daily_look import look_at_everybody, look_at_next
from hq.segments.models import MemberSegment
from sync.wire import messages
from sync.wire.entries import SaleEntry, Stamp
from sync.wire.feed import MemberProgramsRow, MemberRow, Row
from tests import builders
from tests.hq.books import available, require_sound_books, rows
from tests.hq.lane import Lane
from tests.hq.programs import of_hq, publish
from tests.hq.shop import IOANA, MEHMET
from tests.hq.test_referrals import voids
from tests.service.shop import Shop

DAY_MS = 86_400_000
LAPSED = of_hq("segment", "lapsed", away_days=60)
WIN_BACK = builders.percent_off("win-back", "0.2", audience={"who": "segments", "segments": ["lapsed"]})
BIRTHDAY_CAKE = builders.percent_off("cake", "0.5", audience={"who": "members", "birthday_week": True})


@pytest.fixture(autouse=True)
def now(hq, tmp_path, monkeypatch):
    """HQ's clock stands at the tests' day; `now(days)` moves it and returns its time."""
    file = tmp_path / "clock"

    def set_days(days: float) -> int:
        at_ms = builders.NOW_MS + round(days * DAY_MS)
        file.write_text(str(at_ms), "ascii")
        return at_ms

    set_days(0)
    monkeypatch.setenv("REGULARS_CLOCK_FILE", str(file))
    yield set_days
    require_sound_books()


def buys(lane: Lane, member_id: uuid.UUID = IOANA, days: int = 0, amount_minor: int = 10_00) -> SaleEntry:
    on = builders.TODAY + datetime.timedelta(days=days)
    sale = lane.a_sale(
        builders.a_line("bread", amount_minor),
        member=builders.a_member(0, member_id=member_id, account_id=member_id),
        program_set=lane.program_set,
        stamp=Stamp(builders.NOW_MS + days * DAY_MS, builders.OFFSET_MIN, on),
    )
    lane.append(sale)
    return sale


def segments(member_id: uuid.UUID = IOANA) -> list[str]:
    return list(MemberSegment.objects.filter(member_id=member_id).values_list("segment", flat=True))


def told(lane: Lane, shape: type[Row] = MemberRow):
    """Ioana's last row of this kind in the feed; None where there is none."""
    found = [row for row in lane.pull() if isinstance(row, shape) and row.member_id == IOANA]
    return found[-1] if found else None


def apply_feed(lane: Lane, shop: Shop) -> None:
    """What the register's courier does: pull HQ's pages over HTTP and apply them."""
    cursor = ""
    while True:
        page = lane.client.pull(messages.Pull(cursor=cursor, scopes=(f"store:{lane.store_id}",)))
        apply_page(shop.store, page, shop.chain_id)
        cursor = page.next_cursor
        if not page.more:
            return


def test_a_member_who_stays_away_is_in_the_segment_from_the_day_on(lane, now):
    lane.program_set = publish(LAPSED)
    buys(lane)
    lane.sync()

    look_at_everybody(now(59))
    assert segments() == []
    look_at_everybody(now(60))
    assert segments() == ["lapsed"]
    assert told(lane).segments == ("lapsed",)
    assert segments(MEHMET) == [], "who never bought is not away"


def test_a_purchase_ends_it_at_once(lane, now):
    lane.program_set = publish(LAPSED)
    buys(lane)
    lane.sync()
    look_at_everybody(now(60))

    buys(lane, days=60)
    lane.sync()

    assert segments() == []
    assert told(lane).segments == ()


def test_a_voided_purchase_is_none(lane, now):
    lane.program_set = publish(LAPSED)
    buys(lane, days=-70)
    sale = buys(lane)
    lane.sync()
    assert segments() == []

    voids(lane, sale)
    lane.sync()

    assert segments() == ["lapsed"]


def test_a_segment_whose_program_is_gone_is_left_and_an_invitation_list_is_not(lane, now):
    lane.program_set = publish(LAPSED)
    MemberSegment.objects.create(member_id=IOANA, segment="invited", kept=False, since_ms=1)
    buys(lane, days=-70)
    lane.sync()
    assert sorted(segments()) == ["invited", "lapsed"]

    publish(version=3)
    look_at_everybody(now(1))

    assert segments() == ["invited"]


def test_the_daily_look_goes_in_pages_and_ends_until_the_next_day(lane, now, monkeypatch):
    monkeypatch.setattr(daily_look, "PAGE", 1)
    lane.program_set = publish(LAPSED)
    buys(lane, IOANA, days=-70)
    lane.sync()
    MemberSegment.objects.all().delete()
    today = now(0)

    looks = 0
    while look_at_next(today):
        looks += 1
    assert looks == 3, "two members, and a last page that is empty"
    assert segments() == ["lapsed"]
    assert not look_at_next(now(0.1))
    assert look_at_next(now(1))


def test_a_lapsed_member_is_won_back_at_the_register_and_only_then(lane, now, tmp_path):
    programs = (builders.points_per_money(audience={"who": "members"}), LAPSED, WIN_BACK)
    lane.program_set = publish(LAPSED, WIN_BACK)
    register = Shop(tmp_path, *programs)
    try:
        buys(lane)
        lane.sync()
        apply_feed(lane, register)
        register.checkout.choose_member(IOANA)
        before = register.checkout.enter("105")
        assert before.total_minor == 100_00

        look_at_everybody(now(60))
        apply_feed(lane, register)
        register.checkout.abandon()
        register.checkout.choose_member(IOANA)
        after = register.checkout.enter("105")
        assert after.total_minor == 80_00
        assert [one.program_id for one in after.offers if one.state == "applied"] == ["win-back"]
        register.sell()
        assert register.last_sale().quote_input.member.segments == ("lapsed",)
    finally:
        register.close()


def test_a_birthday_gives_points_once_a_year_and_its_offer_at_the_register(lane, now, tmp_path):
    # Ioana's is the 11th of April.
    april = (datetime.date(2027, 4, 9) - builders.TODAY).days
    lane.program_set = publish(of_hq("birthday", points_of="points", points=50), BIRTHDAY_CAKE)
    look_at_everybody(now(april - 2))
    assert available(IOANA) == 2340

    for days in (april, april, april + 1, april + 4, april + 365):
        look_at_everybody(now(days))

    assert available(IOANA) == 2340 + 2 * 50
    assert available(MEHMET) == 0, "whose birthday nobody knows"
    register = Shop(tmp_path, BIRTHDAY_CAKE)
    try:
        apply_feed(lane, register)
        register.checkout.choose_member(IOANA)
        assert register.checkout.enter("105").total_minor == 100_00
        register.checkout.abandon()
        register.clock.move(days=april)
        register.checkout.choose_member(IOANA)
        state = register.checkout.enter("105")
        assert state.total_minor == 50_00
        assert state.member is not None and state.member.birthday_week
    finally:
        register.close()


def test_new_and_frequent_members_have_segments_too(lane, now):
    lane.program_set = publish(
        of_hq("segment", "new", joined_days=30), of_hq("segment", "often", visits=3, visits_days=7)
    )
    for days in (-6, -3, -3):
        buys(lane, days=days)
    lane.sync()
    look_at_everybody(now(0))
    assert segments() == ["new", "often"]
    assert segments(MEHMET) == ["new"]

    look_at_everybody(now(1))
    assert segments() == ["new"]
    look_at_everybody(now(40))
    assert segments() == []


def test_a_badge_comes_with_the_visit_that_earns_it_and_stays(lane, now):
    regular = of_hq("badge", "regular", counts="visits", at_least=2, points_of="points", points=30)
    lane.program_set = publish(regular)
    buys(lane)
    lane.sync()
    assert told(lane, MemberProgramsRow) is None

    second = buys(lane)
    lane.sync()
    assert told(lane, MemberProgramsRow).badges == ("regular",)
    assert available(IOANA) == 2340 + 20 + 30

    voids(lane, second)
    lane.sync()
    look_at_everybody(now(1))
    assert rows("SELECT program_id FROM member_badge") == [("regular",)]
    assert available(IOANA) == 2340 + 10 + 30


@pytest.mark.parametrize("seed", range(4))
def test_looking_again_in_any_order_changes_nothing(lane, now, seed):
    lane.program_set = publish(
        LAPSED,
        of_hq("birthday", points_of="points", points=50),
        of_hq("badge", "regular", counts="visits", at_least=2, points_of="points", points=30),
    )
    chance = random.Random(seed)
    april = (datetime.date(2027, 4, 11) - builders.TODAY).days
    for days in (0, 1, april - 90):
        buys(lane, days=days)
    lane.sync()
    days = [april - 1, april, april + 1] * 3
    chance.shuffle(days)
    for day in days:
        if chance.random() < 0.5:
            look_at_everybody(now(day))
        else:
            look_at_next(now(day))
    look_at_everybody(now(april))

    assert available(IOANA) == 2340 + 30 + 50 + 30
    assert segments() == ["lapsed"]
    grants = rows("SELECT program_id, occasion FROM occasion_grant ORDER BY program_id")
    assert grants == [("birthday", "2027"), ("regular", "earned")]
