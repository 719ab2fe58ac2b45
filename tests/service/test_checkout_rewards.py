"""Rewards are spent from leases that this register holds, and what is not used goes back."""

from __future__ import annotations

import contextlib
import datetime
import uuid
from collections.abc import Callable, Iterator

import pytest

from agent.domain.errors import LoyaltyError
from agent.domain.ledger import lease_bucket, redeemed_bucket
from agent.service import finishing
from agent.service.checkout import Checkout, LeaseNeeded
from agent.service.views import LeaseAsk, OfferView
from agent.store.database import CommitUnknown
from agent.store.sqlite import Connection, OperationalError
from sync.wire.entries import GrantReceived, LotPart, Release
from tests import builders
from tests.service.shop import Shop

PHONE = "0722123456"
REWARD = "reward-5"


def offer(shop: Shop, program_id: str) -> OfferView | None:
    return next((one for one in shop.checkout.state().offers if one.program_id == program_id), None)


def releases(shop: Shop) -> list[tuple[int, str]]:
    return [(entry.amount, entry.reason) for entry in shop.entries() if isinstance(entry, Release)]


def a_rich_member(shop: Shop, points: int = 600) -> uuid.UUID:
    account_id = shop.know_member(phone=PHONE, points=points).account_id
    shop.checkout.enter(PHONE)
    shop.checkout.enter("102")
    return account_id


def redeem_online(shop: Shop) -> None:
    """As the till does it: ask in the background, then claim."""
    ask = shop.checkout.lease_needed(REWARD)
    if ask is not None:
        shop.hq.ask_lease(ask.account_id, ask.unit, ask.target, 2.0)
    shop.checkout.claim(REWARD)


def test_offline_points_wait_for_the_connection_in_the_words_of_the_shop(shop: Shop) -> None:
    a_rich_member(shop)

    with pytest.raises(LoyaltyError) as refused:
        shop.checkout.claim(REWARD)

    assert refused.value.title == "Points can be used when the connection is back."
    assert refused.value.advice == "This sale earns points as usual."
    view = offer(shop, REWARD)
    assert view is not None
    assert (view.state, view.tappable) == ("refused", True)
    assert [earned.points for earned in shop.sell().earned] == [12]


def test_online_the_till_asks_for_exactly_what_the_reward_costs(shop: Shop) -> None:
    shop.hq.reachable = True
    account_id = a_rich_member(shop)

    assert shop.checkout.lease_needed(REWARD) == LeaseAsk(account_id, builders.POINTS, 500)


def test_a_reward_is_paid_from_the_lease_and_takes_its_amount_off(shop: Shop) -> None:
    shop.hq.reachable = True
    account_id = a_rich_member(shop)

    redeem_online(shop)
    assert shop.checkout.state().total_minor == 790
    sale = shop.sell()

    assert [(one.unit, one.amount) for one in sale.lease_spends] == [(builders.POINTS, 500)]
    legs = {posting.bucket: posting.amount for posting in sale.postings if posting.account_id == account_id}
    assert legs[lease_bucket(shop.chain_id)] == -500
    assert legs[redeemed_bucket(builders.STORE)] == 500
    assert shop.held(account_id) == 0
    assert releases(shop) == []
    assert [type(entry) for entry in shop.entries()].count(GrantReceived) == 1


def test_a_lease_that_is_held_already_works_offline(shop: Shop) -> None:
    account_id = a_rich_member(shop)
    shop.give_lease(account_id, 700)

    assert shop.checkout.lease_needed(REWARD) is None
    shop.checkout.claim(REWARD)
    shop.sell()

    assert shop.held(account_id) == 200


def test_a_tap_off_keeps_the_grant_and_a_tap_on_needs_no_second_one(shop: Shop) -> None:
    shop.hq.reachable = True
    account_id = a_rich_member(shop)
    redeem_online(shop)

    assert shop.checkout.unclaim(REWARD).total_minor == 1290
    assert shop.held(account_id) == 500
    assert shop.checkout.lease_needed(REWARD) is None
    assert shop.checkout.claim(REWARD).total_minor == 790


def test_what_was_granted_and_not_used_goes_back_when_the_sale_ends(shop: Shop) -> None:
    shop.hq.reachable = True
    account_id = a_rich_member(shop)
    redeem_online(shop)
    shop.checkout.unclaim(REWARD)

    shop.sell()

    assert shop.held(account_id) == 0
    assert releases(shop) == [(500, "not_used")]


def test_what_was_granted_goes_back_when_the_basket_is_abandoned(shop: Shop) -> None:
    shop.hq.reachable = True
    account_id = a_rich_member(shop)
    redeem_online(shop)

    shop.checkout.abandon()

    assert shop.held(account_id) == 0
    assert releases(shop) == [(500, "abandoned")]


def test_what_was_granted_goes_back_when_another_member_comes(shop: Shop) -> None:
    shop.hq.reachable = True
    account_id = a_rich_member(shop)
    redeem_online(shop)
    shop.know_member("Dan Vlad", card="1234567")

    state = shop.checkout.enter("1234567")

    assert state.total_minor == 1290
    assert shop.held(account_id) == 0


def test_a_grant_that_comes_after_its_sale_goes_back(shop: Shop) -> None:
    shop.hq.reachable = True
    account_id = a_rich_member(shop)
    ask = shop.checkout.lease_needed(REWARD)
    assert ask is not None
    shop.sell()
    shop.give_lease(account_id, 500)

    shop.checkout.release_late(ask)

    assert shop.held(account_id) == 0
    assert releases(shop) == [(500, "not_used")]


def test_a_reward_that_hq_does_not_grant_can_be_asked_for_again(shop: Shop) -> None:
    shop.hq.reachable = True
    account_id = a_rich_member(shop)
    shop.hq.available[account_id, builders.POINTS] = 0

    with pytest.raises(LeaseNeeded) as needed:
        redeem_online(shop)
    assert needed.value.ask == LeaseAsk(account_id, builders.POINTS, 500)
    assert shop.checkout.state().total_minor == 1290
    shop.hq.available[account_id, builders.POINTS] = 500
    redeem_online(shop)
    assert shop.checkout.state().total_minor == 790


def test_points_past_their_date_are_not_spent(shop: Shop) -> None:
    account_id = a_rich_member(shop)
    yesterday = builders.TODAY - datetime.timedelta(days=1)
    shop.give_lease(account_id, 500, lots=(LotPart("old", 400, yesterday), LotPart("new", 100)))

    with pytest.raises(LoyaltyError, match="connection is back"):
        shop.checkout.claim(REWARD)


def test_points_that_expire_first_are_spent_first(shop: Shop) -> None:
    account_id = a_rich_member(shop)
    soon, later = builders.TODAY, builders.TODAY + datetime.timedelta(days=90)
    late = shop.give_lease(account_id, 400, lots=(LotPart("b", 400, later),))
    early = shop.give_lease(account_id, 300, lots=(LotPart("a", 300, soon),))

    shop.checkout.claim(REWARD)
    sale = shop.sell()

    assert [(one.grant_id, one.amount) for one in sale.lease_spends] == [(early, 300), (late, 200)]


def test_a_lease_that_went_away_under_the_sale_stops_it_before_anything_is_written(shop: Shop) -> None:
    from agent.service.leases import release_grant

    account_id = a_rich_member(shop)
    grant_id = shop.give_lease(account_id, 500)
    shop.checkout.claim(REWARD)
    shop.checkout.tender("cash")
    with shop.store.unit_of_work() as db:
        release_grant(db, grant_id, "recalled", shop.clock.now_ms())

    with pytest.raises(LoyaltyError):
        shop.checkout.finish()

    assert shop.sales() == []
    state = shop.checkout.state()
    assert (state.phase, state.total_minor) == ("selling", 1290)
    assert shop.sell().receipt_number == "2-0001"


def test_a_provisional_member_earns_and_cannot_redeem(shop: Shop) -> None:
    shop.checkout.enter(PHONE)
    shop.sell("6*105")
    shop.checkout.enter(PHONE)
    shop.checkout.enter("102")

    with pytest.raises(LoyaltyError, match="once HQ knows this member"):
        shop.checkout.claim(REWARD)


def test_an_offer_that_is_taken_off_stays_off_until_it_is_put_back(shop: Shop) -> None:
    shop.know_member(phone=PHONE)
    shop.checkout.enter(PHONE)
    shop.checkout.enter("2*100")

    assert shop.checkout.take_off("dairy-20").total_minor == 1698
    view = offer(shop, "dairy-20")
    assert view is not None
    assert (view.state, view.tappable) == ("removed", True)
    assert shop.checkout.enter("102").saved_minor == 0
    assert shop.checkout.put_back("dairy-20").saved_minor == 340


def test_an_offer_nearly_reached_shows_its_gap(shop: Shop) -> None:
    shop.checkout.enter("7*102")

    view = offer(shop, "ten-over-100")

    assert view is not None
    assert view.state == "nearly"
    assert view.refusal is not None
    assert view.refusal.gap_minor == 100_00 - 90_30
    assert not view.tappable


def test_an_offer_of_another_name_is_not_claimed(shop: Shop) -> None:
    shop.checkout.enter("102")

    with pytest.raises(LoyaltyError, match="does not apply"):
        shop.checkout.claim("no-such-program")


def test_with_a_suspect_clock_dated_offers_wait_for_a_yes(shop: Shop) -> None:
    from agent.store.status import HqContact, put_status

    november = {"from": "2026-11-01", "until": "2026-11-30"}
    shop.publish(builders.percent_off("november", "0.5", active=november), version=2)
    with shop.store.unit_of_work() as db:
        put_status(db, HqContact(online=True, skew_ms=3_600_000))

    assert shop.checkout.enter("102").saved_minor == 0
    assert shop.checkout.confirm_time_offers().saved_minor == 645
    sale = shop.sell()
    assert (sale.stamp.clock, sale.quote_input.context.clock) == ("suspect", "suspect")


@contextlib.contextmanager
def a_disk_that_answers_nothing(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A commit goes through and its answer is lost, and so is every question about it."""
    committing = shop.store.unit_of_work

    @contextlib.contextmanager
    def loses_the_answer() -> Iterator[Connection]:
        with committing() as db:
            yield db
        disk.setattr(finishing, "read_sale", unreadable)
        raise CommitUnknown("disk I/O error")

    def unreadable(db: Connection, sale_id: uuid.UUID) -> None:
        raise OperationalError("disk I/O error")

    with monkeypatch.context() as disk:
        disk.setattr(shop.store, "unit_of_work", loses_the_answer)
        yield


def test_a_redeemed_sale_that_was_saved_after_all_is_not_priced_again(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop.hq.reachable = True
    account_id = a_rich_member(shop)
    redeem_online(shop)
    shop.checkout.tender("cash")
    with a_disk_that_answers_nothing(shop, monkeypatch):
        for _press in range(2):
            with pytest.raises(LoyaltyError, match="not known yet whether this sale was saved"):
                shop.checkout.finish()

    finished = shop.checkout.finish()

    assert (finished.total_minor, finished.receipt_number) == (790, shop.last_sale().receipt_number)
    assert len(shop.sales()) == 1
    assert shop.held(account_id) == 0


@pytest.mark.parametrize(
    "step",
    [
        lambda checkout: checkout.abandon(),
        lambda checkout: checkout.back_to_basket(),
        lambda checkout: checkout.untender(0),
    ],
    ids=["abandon", "back", "untender"],
)
def test_a_sale_that_may_be_saved_is_neither_changed_nor_left_until_that_is_known(
    shop: Shop, monkeypatch: pytest.MonkeyPatch, step: Callable[[Checkout], object]
) -> None:
    shop.checkout.enter("102")
    shop.checkout.tender("cash")
    with (
        a_disk_that_answers_nothing(shop, monkeypatch),
        pytest.raises(LoyaltyError, match="not known yet whether this sale was saved"),
    ):
        shop.checkout.finish()

    with pytest.raises(LoyaltyError, match="This sale was saved"):
        step(shop.checkout)

    assert shop.checkout.finish().total_minor == shop.last_sale().total_minor
    assert len(shop.sales()) == 1


def test_a_sale_that_turns_out_not_to_be_saved_can_be_changed_again(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop.checkout.enter("102")
    shop.checkout.tender("cash")
    with monkeypatch.context() as disk:

        @contextlib.contextmanager
        def fails() -> Iterator[Connection]:
            raise CommitUnknown("disk I/O error")
            yield

        def unreadable(db: Connection, sale_id: uuid.UUID) -> None:
            raise OperationalError("disk I/O error")

        seen: list[object] = [None]
        reading = finishing.read_sale
        disk.setattr(shop.store, "unit_of_work", fails)
        # The first look, before the commit, still answers.
        disk.setattr(
            finishing,
            "read_sale",
            lambda db, sale_id: seen.pop() if seen else unreadable(db, sale_id),
        )
        with pytest.raises(LoyaltyError, match="not known yet"):
            shop.checkout.finish()
        disk.setattr(finishing, "read_sale", reading)

    shop.checkout.back_to_basket()
    shop.checkout.enter("102")
    shop.sell()

    assert len(shop.sales()) == 1
