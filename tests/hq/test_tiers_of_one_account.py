"""Tiers where sales find their account later: forgotten cards, merged members, households."""

from __future__ import annotations

import pytest

from hq import clock
from hq.ingest.models import ConsoleSale
from hq.members.models import ConsoleMember, Member
from hq.membership import attach_at_hq, joining
from hq.tiers.models import TierStanding
from sync.wire.feed import TierRow
from tests import builders
from tests.hq.shop import IOANA, MEHMET
from tests.hq.test_forgotten_card import attach
from tests.hq.test_returns import Sold, one
from tests.hq.test_tiers import PLAIN, TIERS, publish, standing

NOW = builders.NOW_MS


@pytest.fixture(autouse=True)
def _today(monkeypatch):
    monkeypatch.setattr(clock, "now_ms", lambda: NOW)


@pytest.fixture
def tiered(lane):
    publish(TIERS, version=3)
    publish(TIERS, *builders.demo_programs())
    return lane


def facts(account_id):
    return builders.a_member(member_id=account_id, account_id=account_id, spendable=0)


def wine(amount):
    return builders.a_line("wine", amount)


def buys(lane, member_id, amount):
    lane.sell(wine(amount), member=facts(member_id), program_set=PLAIN)


def tier_of(member_id):
    return Member.objects.get(member_id=member_id).tier


def test_a_receipt_attached_at_a_register_counts_and_its_goods_leave_again(tiered):
    sold = Sold(tiered, wine(400_00), builders.a_line("cheese", 200_00))
    attach(sold, facts(IOANA))
    tiered.sync()
    paid = sold.sale.total_minor
    assert standing()[:2] == ("silver", paid)

    back = sold.comes_back(one(2))
    tiered.sync()

    assert standing()[1] == paid - back.refund_minor


def test_a_receipt_attached_at_the_console_counts_at_once(tiered):
    sold = Sold(tiered, wine(600_00))
    tiered.sync()
    sale = ConsoleSale.objects.get(pk=sold.sale.sale_id)

    attach_at_hq.attach(sale, ConsoleMember.objects.get(pk=IOANA), "andrei", NOW)

    assert standing()[0] == tier_of(IOANA) == "silver"


def test_merged_members_have_the_sales_of_both(tiered):
    for member in (IOANA, MEHMET):
        buys(tiered, member, 300_00)
    tiered.sync()
    assert (tier_of(IOANA), tier_of(MEHMET)) == ("", "")

    joining.merge(MEHMET, IOANA, NOW)

    assert standing()[:2] == ("silver", 600_00)
    told = [row for row in tiered.pull() if isinstance(row, TierRow) and row.account_id == IOANA][-1]
    assert (told.tier, told.progress) == ("silver", 600_00)


def test_a_household_has_one_tier_from_what_all_of_it_buys(tiered):
    for member in (IOANA, MEHMET):
        buys(tiered, member, 300_00)
    tiered.sync()

    shared = joining.make_household([IOANA, MEHMET], NOW)

    assert standing(shared)[:2] == ("silver", 600_00)
    assert tier_of(IOANA) == tier_of(MEHMET) == "silver"

    buys(tiered, MEHMET, 400_00)
    tiered.sync()

    assert standing(shared)[:2] == ("gold", 1_000_00)
    assert tier_of(IOANA) == tier_of(MEHMET) == "gold"


def test_who_had_a_tier_before_tiers_were_counted_keeps_it_in_the_household(tiered):
    Member.objects.filter(member_id=IOANA).update(tier="gold")

    shared = joining.make_household([IOANA, MEHMET], NOW)

    assert standing(shared)[0] == "gold"
    assert TierStanding.objects.get(pk=shared).review_on is not None
    assert tier_of(IOANA) == tier_of(MEHMET) == "gold"
