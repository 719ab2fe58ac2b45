"""Who has bought before is told by HQ to every register that knows the member, and only where HQ knows it."""

from __future__ import annotations

import uuid

import msgspec
import pytest

from agent.domain.conditions.audience import VISITS
from hq.ingest.models import ConsoleSale
from hq.membership import joining, leaving
from sync.wire.feed import FirstPurchaseRow
from sync.wire.messages import Lookup
from tests import builders
from tests.hq.books import require_sound_books
from tests.hq.brought_back import Sold
from tests.hq.shop import IOANA
from tests.hq.test_forgotten_card import attach

NOW = builders.NOW_MS


@pytest.fixture(autouse=True)
def _sound_books(hq):
    yield
    require_sound_books()


@pytest.fixture
def ana(lane):
    member_id = lane.enrol_member(("phone", "+40721000555"))
    lane.sync()
    return member_id


def told(lane, account_id):
    """What HQ told since the last look: the latest row, or None."""
    rows = [row for row in lane.pull() if isinstance(row, FirstPurchaseRow) and row.account_id == account_id]
    return rows[-1].bought if rows else None


def of(account_id, member_id=None, **counters):
    facts = builders.a_member(member_id=member_id or account_id, account_id=account_id)
    return msgspec.structs.replace(facts, counters=counters)


def bread():
    return builders.a_line("bread", 10_00)


def test_who_enrolled_has_not_bought_and_every_register_hears_it(ana, lane, other_lane):
    assert [told(one, ana) for one in (lane, other_lane)] == [False, False]


def test_the_first_sale_is_told_and_the_next_ones_are_not(ana, lane, other_lane):
    lane.sell(bread(), member=of(ana))
    lane.sync()
    assert told(other_lane, ana) is True

    lane.sell(bread(), member=of(ana))
    lane.sync()
    assert told(other_lane, ana) is None


def test_a_first_purchase_that_was_voided_is_still_to_come(ana, lane, other_lane):
    sold = Sold(lane, bread(), member=of(ana))
    lane.sync()
    assert told(other_lane, ana) is True

    sold.is_voided()
    lane.sync()
    assert told(other_lane, ana) is False


def test_goods_that_came_back_were_a_purchase_all_the_same(ana, lane, other_lane):
    sold = Sold(lane, bread(), member=of(ana))
    sold.comes_back()
    lane.sync()

    assert told(other_lane, ana) is True


def test_a_sale_that_waits_for_a_person_was_a_purchase(ana, lane, other_lane):
    lane.sell(bread(), member=of(ana), change_minor=1)
    lane.sync()

    assert ConsoleSale.objects.get().state == "quarantined"
    assert told(other_lane, ana) is True


def test_of_a_member_from_the_shops_list_nobody_knows_it(lane, other_lane):
    assert told(other_lane, IOANA) is None
    Sold(lane, bread(), member=of(IOANA))
    lane.sync()
    assert told(other_lane, IOANA) is True


def test_a_sale_attached_afterwards_was_a_purchase(ana, lane, other_lane):
    attach(Sold(lane, bread()), of(ana))
    lane.sync()

    assert told(other_lane, ana) is True


def test_what_was_bought_before_the_enrolment_arrived_counts(lane, other_lane):
    ana = uuid.uuid4()
    blob = other_lane.personal_data(ana, ("phone", "+40721000556"))
    other_lane.append(other_lane.a_member_entry(ana, blob))
    other_lane.sell(bread(), member=of(ana))
    other_lane.sync()

    assert told(lane, ana) is True


def test_one_who_turns_out_to_be_somebody_who_bought_has_bought(ana, lane, other_lane):
    twin = lane.enrol_member(("phone", "+40721000557"))
    lane.sell(bread(), member=of(twin))
    lane.sync()
    other_lane.pull()

    joining.merge(twin, ana, NOW)

    assert told(other_lane, ana) is True


def test_a_household_has_one_first_purchase_and_leaving_gives_no_second(ana, lane, other_lane):
    twin = lane.enrol_member(("phone", "+40721000557"))
    lane.sync()
    home = joining.make_household([ana, twin], NOW)
    assert told(other_lane, home) is False
    lane.sell(bread(), member=of(home, ana))
    lane.sync()
    assert told(other_lane, home) is True

    assert told(other_lane, leaving.leave(twin, "andrei", NOW)) is True


def test_a_store_that_meets_the_member_later_hears_it_too(ana, lane, hq, other_lane):
    lane.sell(bread(), member=of(ana))
    lane.sync()
    other_lane.cursor = ""

    other_lane.client.lookup(Lookup(kind="phone", value="+40721000555"), 5.0)
    assert told(other_lane, ana) is True


def test_a_sale_that_was_taken_for_the_first_and_was_not_is_counted(ana, lane, other_lane):
    lane.sell(bread(), member=of(ana, **{VISITS: 0}))
    second = other_lane.sell(bread(), member=of(ana, **{VISITS: 0}))
    lane.sync()
    other_lane.sync()

    assert [
        ConsoleSale.objects.get(pk=one).stale_facts
        for one in ConsoleSale.objects.order_by("at_ms", "receipt_number").values_list("pk", flat=True)
    ].count(True) == 1
    assert ConsoleSale.objects.get(pk=second.sale_id).stale_facts
