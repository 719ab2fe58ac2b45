"""Rewards that wait for a tap: some cost points or stamps, and some cost nothing."""

from __future__ import annotations

import uuid

import msgspec
import pytest

from agent.domain.errors import LoyaltyError
from agent.domain.receipt import Receipt
from agent.service.checkout import LeaseNeeded
from agent.service.views import LeaseAsk, OfferView, StampView
from agent.store import balances, print_jobs
from sync.wire.feed import BalanceRow
from tests import builders
from tests.service.shop import Shop

PHONE = "0722123456"
COFFEE_CARD = "stamp:coffee-card"
BREAD = {"items": ["102"]}

HALF_BREAD = builders.percent_off("half-bread", "0.5", BREAD, trigger="choice")
MEMBERS_HALF = builders.percent_off(
    "members-half", "0.5", BREAD, trigger="choice", audience={"who": "members"}
)
STAMPS = builders.a_program(
    "coffee-card",
    "stamps",
    audience={"who": "members"},
    earning=[{"type": "per_unit", "points": "1", "goods": BREAD}],
)
FREE_BREAD = builders.a_program(
    "free-bread",
    "points_reward",
    trigger="choice",
    audience={"who": "members"},
    cost={"points_of": "coffee-card", "points": 9},
    rewards=[{"type": "percent_off", "rate": "1", "units": 1, "goods": BREAD}],
)


def offer(shop: Shop, program_id: str) -> OfferView:
    return next(one for one in shop.checkout.state().offers if one.program_id == program_id)


def collector(shop: Shop, stamps: int) -> uuid.UUID:
    """A member with a stamp card, in front of the till."""
    account_id = shop.know_member(phone=PHONE).account_id
    with shop.store.unit_of_work() as db:
        row = BalanceRow(account_id=account_id, unit=COFFEE_CARD, balance=stamps, available=stamps)
        balances.put_balance(db, row)
    shop.hq.available[account_id, COFFEE_CARD] = stamps
    shop.checkout.enter(PHONE)
    return account_id


def test_a_choice_that_costs_nothing_is_tapped_without_a_member(shop: Shop) -> None:
    shop.publish(HALF_BREAD)
    shop.checkout.enter("102")

    assert offer(shop, "half-bread").state == "available"
    assert shop.checkout.lease_needed("half-bread") is None
    assert shop.checkout.claim("half-bread").total_minor == 645
    assert (offer(shop, "half-bread").state, offer(shop, "half-bread").claimed) == ("applied", True)
    assert shop.checkout.unclaim("half-bread").total_minor == 1290
    assert offer(shop, "half-bread").state == "available"


def test_a_choice_stays_chosen_when_the_member_comes_and_goes(shop: Shop) -> None:
    shop.publish(HALF_BREAD)
    shop.know_member(phone=PHONE)
    shop.checkout.enter("102")
    shop.checkout.claim("half-bread")

    assert shop.checkout.enter(PHONE).total_minor == 645
    assert shop.checkout.forget_member().total_minor == 645


def test_a_choice_for_members_goes_with_the_member(shop: Shop) -> None:
    shop.publish(MEMBERS_HALF)
    shop.know_member(phone=PHONE)
    shop.checkout.enter("102")
    with pytest.raises(LoyaltyError, match="does not apply"):
        shop.checkout.claim("members-half")
    shop.checkout.enter(PHONE)

    assert shop.checkout.claim("members-half").total_minor == 645
    assert shop.checkout.forget_member().total_minor == 1290


def test_stamps_are_earned_and_count_on_the_member_at_once(shop: Shop) -> None:
    shop.publish(STAMPS, FREE_BREAD)
    account_id = collector(shop, stamps=4)

    sale = shop.sell("102", "102")

    assert [(one.unit, one.points) for one in sale.earned] == [(COFFEE_CARD, 2)]
    assert balances.read_balances(shop.store.reader(), account_id)[COFFEE_CARD].points == 6


def test_a_full_stamp_card_is_leased_and_spent_like_points(shop: Shop) -> None:
    shop.publish(STAMPS, FREE_BREAD)
    shop.hq.reachable = True
    account_id = collector(shop, stamps=9)
    shop.checkout.enter("2*102")

    with pytest.raises(LeaseNeeded) as needed:
        shop.checkout.claim("free-bread")
    assert needed.value.ask == LeaseAsk(account_id, COFFEE_CARD, 9)
    shop.hq.ask_lease(account_id, COFFEE_CARD, 9, 2.0)
    assert shop.checkout.claim("free-bread").total_minor == 1290
    sale = shop.sell()

    assert [(one.unit, one.amount) for one in sale.lease_spends] == [(COFFEE_CARD, 9)]
    assert [(one.unit, one.points) for one in sale.spent] == [(COFFEE_CARD, 9)]
    assert shop.held(account_id, COFFEE_CARD) == 0
    # Nine used, and two units of bread earn two.
    assert balances.read_balances(shop.store.reader(), account_id)[COFFEE_CARD].points == 2


def test_stamps_that_were_lent_and_not_used_go_back(shop: Shop) -> None:
    shop.publish(STAMPS, FREE_BREAD)
    shop.hq.reachable = True
    account_id = collector(shop, stamps=9)
    shop.checkout.enter("102")
    with pytest.raises(LeaseNeeded):
        shop.checkout.claim("free-bread")
    shop.hq.ask_lease(account_id, COFFEE_CARD, 9, 2.0)

    shop.checkout.abandon()

    assert shop.held(account_id, COFFEE_CARD) == 0


def test_a_choice_that_cost_nothing_outlives_stamps_that_went_away(shop: Shop) -> None:
    from agent.service.leases import release_grant

    shop.publish(STAMPS, FREE_BREAD, builders.amount_off("one-off", 1_00, trigger="choice"))
    account_id = collector(shop, stamps=9)
    grant_id = shop.give_lease(account_id, 9, unit=COFFEE_CARD)
    shop.checkout.enter("2*102")
    shop.checkout.claim("free-bread")
    shop.checkout.claim("one-off")
    shop.checkout.tender("cash")
    with shop.store.unit_of_work() as db:
        release_grant(db, grant_id, "recalled", shop.clock.now_ms())

    with pytest.raises(LoyaltyError):
        shop.checkout.finish()

    assert shop.checkout.state().total_minor == 2480


def test_the_till_shows_every_stamp_card_apart_from_the_points(shop: Shop) -> None:
    shop.publish(builders.points_per_money(audience={"who": "members"}), STAMPS, FREE_BREAD)
    account_id = collector(shop, stamps=9)
    shop.give_lease(account_id, 9, unit=COFFEE_CARD)
    shop.checkout.enter("3*102")
    member = shop.checkout.claim("free-bread").member

    assert member is not None
    # Two breads are paid: 25.80 earns 25 points, and each of three units one stamp.
    assert (member.points, member.earns_points, member.counts_points) == (0, 25, True)
    assert member.stamps == (
        StampView(program_id="coffee-card", title="Coffee card", stamps=9, earns=3, spends=9),
    )


def test_a_shop_with_stamps_only_shows_no_points(shop: Shop) -> None:
    shop.publish(STAMPS, FREE_BREAD)
    collector(shop, stamps=4)

    member = shop.checkout.enter("102").member

    assert member is not None
    assert (member.counts_points, member.points, member.earns_points) == (False, 0, 0)
    assert [(card.stamps, card.earns) for card in member.stamps] == [(4, 1)]


def test_a_reward_for_stamps_says_what_the_card_lacks_in_stamps(shop: Shop) -> None:
    shop.publish(STAMPS, FREE_BREAD)
    collector(shop, stamps=7)
    shop.checkout.enter("102")

    view = offer(shop, "free-bread")

    assert (view.state, view.in_stamps) == ("nearly", True)
    assert view.refusal is not None and view.refusal.gap_points == 2


def test_the_receipt_counts_the_stamp_card_by_its_name(shop: Shop) -> None:
    shop.publish({**STAMPS, "receipt_text": {"en": "Bread stamps"}}, FREE_BREAD)
    account_id = collector(shop, stamps=9)
    shop.give_lease(account_id, 9, unit=COFFEE_CARD)
    shop.checkout.enter("2*102")
    shop.checkout.claim("free-bread")
    sale = shop.sell()

    (job,) = print_jobs.jobs_of_sale(shop.store.reader(), sale.sale_id)
    receipt = msgspec.json.decode(job.body, type=Receipt)

    assert receipt.member is not None
    (card,) = receipt.member.points
    assert (card.program_name, card.stamps) == ("Bread stamps", True)
    assert (card.before, card.earned, card.spent, card.after) == (9, 2, 9, 2)


def test_a_card_that_is_only_spent_from_is_called_by_its_program(shop: Shop) -> None:
    """The reward's own id is another one."""
    shop.publish(
        {**STAMPS, "earning": [{"type": "per_unit", "points": "1", "goods": {"items": ["100"]}}]}, FREE_BREAD
    )
    account_id = collector(shop, stamps=9)
    shop.give_lease(account_id, 9, unit=COFFEE_CARD)
    shop.checkout.enter("2*102")
    shop.checkout.claim("free-bread")
    sale = shop.sell()

    (job,) = print_jobs.jobs_of_sale(shop.store.reader(), sale.sale_id)
    receipt = msgspec.json.decode(job.body, type=Receipt)

    assert receipt.member is not None
    assert [(card.program_name, card.after) for card in receipt.member.points] == [("Coffee card", 0)]
