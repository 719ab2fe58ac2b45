"""Whatever a cashier taps: what was granted is spent, given back or still held, and never more than that."""

from __future__ import annotations

import contextlib
import tempfile
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from agent.domain.errors import LoyaltyError
from agent.domain.ledger import require_balanced
from agent.service.coupons import is_held
from agent.store import chains, coupons
from sync.wire.entries import GrantReceived, Release
from sync.wire.messages import ChainState
from tests import builders
from tests.service.shop import Shop

REWARD = "reward-5"
TAPS = st.lists(
    st.sampled_from(
        ["member", "other", "forget", "goods", "claim", "unclaim", "finish", "abandon", "recall", "on", "off"]
    ),
    max_size=25,
)


def tap(shop: Shop, what: str) -> None:
    checkout = shop.checkout
    match what:
        case "member":
            checkout.enter("0722123456")
        case "other":
            checkout.enter("0733000111")
        case "forget":
            checkout.forget_member()
        case "goods":
            checkout.enter("102")
        case "claim":
            ask = checkout.lease_needed(REWARD)
            if ask is not None:
                shop.hq.ask_lease(ask.account_id, ask.unit, ask.target, 2.0)
            checkout.claim(REWARD)
        case "unclaim":
            checkout.unclaim(REWARD)
        case "finish":
            if checkout.state().total_minor:
                checkout.tender("cash")
            checkout.finish()
        case "abandon":
            checkout.abandon()
        case "recall":
            from agent.service.leases import answer_recall
            from agent.store.leases import all_open_leases
            from sync.wire.messages import LeaseRecall

            with shop.store.unit_of_work() as db:
                for lease in all_open_leases(db):
                    answer_recall(db, LeaseRecall(lease.grant_id, 300), shop.clock.now_ms())
        case "on" | "off":
            shop.hq.reachable = what == "on"


@settings(max_examples=30, deadline=None)
@given(TAPS)
@example(["member", "goods", "claim", "finish", "member", "goods", "claim", "forget"])
@example(["member", "goods", "claim", "off", "recall", "finish", "finish"])
@example(["member", "goods", "claim", "unclaim", "other", "claim", "finish"])
def test_granted_is_spent_released_and_held(taps: list[str]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        shop = Shop(Path(folder))
        shop.know_member("Ioana Munteanu", phone="0722123456", points=1_800)
        shop.know_member("Dan Vlad", phone="0733000111", points=700)
        shop.hq.reachable = True
        for what in taps:
            with contextlib.suppress(LoyaltyError):
                tap(shop, what)
        entries = shop.entries()
        granted = sum(entry.amount for entry in entries if isinstance(entry, GrantReceived))
        released = sum(entry.amount for entry in entries if isinstance(entry, Release))
        spent = sum(spend.amount for sale in shop.sales() for spend in sale.lease_spends)
        rows = shop.store.reader().execute("select coalesce(sum(remaining), 0) from lease").fetchone()
        left_at_hq = sum(amount for (_, unit), amount in shop.hq.available.items() if unit == builders.POINTS)

        assert granted == spent + released + rows[0]
        assert granted + left_at_hq == 2_500
        for sale in shop.sales():
            require_balanced(sale.postings)
            assert sum(one.points for one in sale.spent) == sum(one.amount for one in sale.lease_spends)
            paid = sum(tender.amount_minor for tender in sale.tenders) - sale.change_minor
            assert paid == sale.total_minor
        numbers = [sale.receipt_number for sale in shop.sales()]
        assert numbers == [f"2-{number:04d}" for number in range(1, len(numbers) + 1)]
        shop.close()


@pytest.mark.parametrize("state", ["forked", "revoked"])
def test_a_register_whose_journal_was_stopped_spends_no_points_that_it_holds(
    tmp_path: Path, state: ChainState
) -> None:
    shop = Shop(tmp_path)
    member = shop.know_member("Ioana Munteanu", phone="0722123456", points=1_800)
    shop.give_lease(member.account_id, 500)
    with shop.store.unit_of_work() as db:
        chains.set_state(db, shop.chain_id, state)
    shop.checkout.enter("0722123456")
    shop.checkout.enter("102")
    with pytest.raises(LoyaltyError, match="Points can be used when the connection is back"):
        shop.checkout.claim(REWARD)
    sale = shop.sell()

    assert (sale.spent, sale.earned[0].points > 0) == ((), True)
    shop.close()


@pytest.mark.parametrize("state", ["forked", "revoked"])
def test_a_journal_stopped_while_the_basket_is_paid_takes_the_points_reward_off_again(
    tmp_path: Path, state: ChainState
) -> None:
    shop = Shop(tmp_path)
    shop.know_member("Ioana Munteanu", phone="0722123456", points=1_800)
    shop.hq.reachable = True
    shop.checkout.enter("0722123456")
    shop.checkout.enter("102")
    tap(shop, "claim")
    shop.checkout.tender("cash")
    with shop.store.unit_of_work() as db:
        chains.set_state(db, shop.chain_id, state)
    shop.hq.reachable = False

    with pytest.raises(LoyaltyError, match="Points can be used when the connection is back"):
        shop.checkout.finish()
    assert shop.sell().spent == ()
    shop.close()


@pytest.mark.parametrize("state", ["forked", "revoked"])
def test_a_register_whose_journal_was_stopped_takes_none_of_the_coupons_that_it_printed(
    tmp_path: Path, state: ChainState
) -> None:
    # Valid on the day it is printed, so that this register keeps it.
    shop = Shop(tmp_path)
    issued = shop.sell("2*105").coupons_issued[0]
    coupon = coupons.read_coupon(shop.store.reader(), issued.coupon_id)
    assert coupon is not None and is_held(shop.store.reader(), coupon)
    with shop.store.unit_of_work() as db:
        chains.set_state(db, shop.chain_id, state)

        assert not is_held(db, coupon)
        assert not coupons.redeem_own(db, coupon.coupon_id, shop.chain_id)
    shop.close()
