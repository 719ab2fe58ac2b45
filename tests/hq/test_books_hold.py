"""Whatever two lanes do with one member's points, in any order and with any answer lost, the books hold."""

from __future__ import annotations

import shutil

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from agent.domain.ledger import Posting
from hq.devices.models import Chain
from hq.ingest.models import Sale
from hq.ledger.books import Books, Origin, Step
from tests import builders
from tests.hq.books import balance, require_sound_books, rows
from tests.hq.conftest import use_database
from tests.hq.lane import Lane
from tests.hq.served import ServedHq
from tests.hq.shop import IOANA

POINTS = builders.POINTS

lanes = st.integers(0, 1)
acts = st.lists(
    st.one_of(
        st.tuples(st.just("sell"), lanes, st.integers(1, 300)),
        st.tuples(st.just("ask"), lanes, st.sampled_from([500, 1000, 2000])),
        st.tuples(st.just("redeem"), lanes, st.just(0)),
        st.tuples(st.just("release"), lanes, st.sampled_from([1, 500, 2500])),
        st.tuples(st.just("push"), lanes, st.just(0)),
        st.tuples(st.just("push all again"), lanes, st.just(0)),
        st.tuples(st.just("project"), lanes, st.just(0)),
        st.tuples(st.just("project all again"), lanes, st.just(0)),
    ),
    min_size=5,
    max_size=25,
)


class Shop:
    """Two lanes and the grants that each holds."""

    def __init__(self, hq):
        self.hq = hq
        self.lanes = [Lane.enrolled(hq), Lane.enrolled(hq)]
        self.grants = [[], []]

    def act(self, what, number, amount):
        lane, grants = self.lanes[number], self.grants[number]
        member = builders.a_member(2340, member_id=IOANA, account_id=IOANA, spendable=500 if grants else 0)
        match what:
            case "sell":
                lane.sell(builders.a_line("bread", amount * 100), member=member)
            case "ask":
                known = {grant.grant_id for grant in grants}
                grants += [g for g in lane.ask(IOANA, POINTS, amount) if g.grant_id not in known]
            case "redeem" if grants:
                lane.sell(
                    builders.a_line("bread", 40_00), member=member, claims=["reward-5"], spends=[grants[-1]]
                )
            case "release" if grants:
                lane.release(grants[-1], amount)
            case "push":
                lane.push()
            case "push all again":
                lane.push(since=0)
            case "project":
                self.hq.settle()
            case "project all again":
                Chain.objects.filter(pk=lane.chain_id).update(projected_seq=0)

    def close(self):
        for lane in self.lanes:
            lane.client.close()


@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(acts=acts)
def test_the_books_hold(data_dir, shop_template, acts):
    use_database(data_dir)
    for name in ("hq.db", "hq.db-wal", "hq.db-shm"):
        (data_dir / name).unlink(missing_ok=True)
    shutil.copy(shop_template / "hq.db", data_dir / "hq.db")
    with ServedHq(data_dir) as hq:
        shop = Shop(hq)
        for act in acts:
            shop.act(*act)
            require_sound_books()
        for lane in shop.lanes:
            lane.push()
        hq.settle()
        shop.close()
    require_sound_books()
    told = balance(IOANA)
    earned = sum(sale.points_earned for sale in Sale.objects.exclude(state="quarantined"))
    assert sum(told.values()) == 0
    assert -told[f"issued:{builders.STORE}"] == 2340 + earned
    spent = sum(amount for bucket, amount in told.items() if bucket.startswith("redeemed:"))
    assert spent == sum(sale.points_spent for sale in Sale.objects.all())
    assert not rows("SELECT 1 FROM lease_grant WHERE remaining < 0 OR remaining > amount")


def test_an_unbalanced_entry_is_never_posted(hq):
    from agent.domain.errors import LoyaltyError

    with pytest.raises(LoyaltyError):
        Books().post(Origin(builders.CHAIN, 1, 0), Step.EARNED, [Posting(IOANA, POINTS, "available", 5)])

    require_sound_books()


def test_an_entry_posted_in_part_is_a_defect(hq):
    books, origin = Books(), Origin(builders.CHAIN, 1, 0)
    books.post(origin, Step.SWEPT, [Posting(IOANA, POINTS, "pending", 5), Posting(IOANA, POINTS, "lost", -5)])

    with pytest.raises(AssertionError, match="posted in part"):
        books.post(
            origin,
            Step.SWEPT,
            [Posting(IOANA, POINTS, "pending", 5), Posting(builders.ACCOUNT, POINTS, "pending", -5)],
        )
