"""Electronic coupons at the till: in view when their owner is found, one tap brings them in, nobody else can use them."""

from __future__ import annotations

import datetime
import uuid

import pytest

from agent.domain.coupon import serial
from agent.domain.errors import LoyaltyError
from agent.domain.ledger import coupon_unit
from agent.service.checkout import LeaseNeeded
from sync.wire.feed import AliasRow, CouponRow, MemberRow
from tests import builders
from tests.service.shop import Shop

MARIA, DAN, BREAD = "0722123456", "0733123456", "102"
TEN_OFF = builders.percent_off("ten", "0.1", kind="coupon", trigger="coupon")
COUPON = builders.an_id(4711)
DAY = datetime.timedelta(days=1)


@pytest.fixture
def maria(shop: Shop) -> MemberRow:
    shop.publish(TEN_OFF)
    shop.know_member("Dan Ionescu", phone=DAN)
    return shop.know_member("Maria Pop", phone=MARIA)


def give(shop: Shop, owner: uuid.UUID | None, first: int = 0, last: int = 9, state: str = "free") -> None:
    row = CouponRow(
        coupon_id=COUPON,
        program_id="ten",
        valid_from=builders.TODAY + first * DAY,
        valid_until=builders.TODAY + last * DAY,
        chain_id=builders.an_id(9),
        state=state,  # type: ignore[arg-type]
        owner=owner,
    )
    shop.hears(row)
    shop.hq.available[COUPON, coupon_unit(COUPON)] = 1


def offers(shop: Shop) -> list[tuple[str, str, bool]]:
    return [(one.program_id, one.state, one.presents) for one in shop.checkout.state().offers]


def taps(shop: Shop) -> None:
    try:
        shop.checkout.present_coupon(COUPON)
    except LeaseNeeded as needed:
        shop.hq.ask_lease(needed.ask.account_id, needed.ask.unit, needed.ask.target, 1)
        shop.checkout.present_coupon(COUPON)


def refused(shop: Shop, text: str) -> str:
    with pytest.raises(LoyaltyError) as error:
        shop.checkout.enter(text)
    return error.value.code


def test_it_stands_among_the_offers_and_a_tap_brings_it_in(shop: Shop, maria: MemberRow) -> None:
    give(shop, maria.account_id)
    shop.hq.reachable = True
    shop.checkout.enter(MARIA)
    shop.checkout.enter(BREAD)
    assert offers(shop) == [("ten", "available", True)]

    taps(shop)
    assert offers(shop) == [("ten", "applied", False)]

    assert shop.sell().total_minor == 1161
    shop.checkout.enter(MARIA)
    assert offers(shop) == [], "it was used"


def test_nobody_else_uses_it(shop: Shop, maria: MemberRow) -> None:
    give(shop, maria.account_id)
    shop.hq.reachable = True
    shop.checkout.enter(BREAD)
    assert refused(shop, serial(COUPON)) == "coupon_needs_owner"
    shop.checkout.enter(DAN)

    assert offers(shop) == []
    assert refused(shop, serial(COUPON)) == "coupon_of_another"


def test_it_leaves_the_sale_with_its_owner(shop: Shop, maria: MemberRow) -> None:
    give(shop, maria.account_id)
    shop.hq.reachable = True
    shop.checkout.enter(MARIA)
    shop.checkout.enter(BREAD)
    taps(shop)

    shop.checkout.enter(DAN)
    assert shop.checkout.state().total_minor == 1290
    # What was lent went back to HQ with her.
    shop.hq.available[COUPON, coupon_unit(COUPON)] = 1
    shop.checkout.enter(MARIA)
    taps(shop)
    shop.checkout.forget_member()

    assert shop.checkout.state().total_minor == 1290


def test_offline_it_waits(shop: Shop, maria: MemberRow) -> None:
    give(shop, maria.account_id)
    shop.checkout.enter(MARIA)
    shop.checkout.enter(BREAD)

    assert refused(shop, serial(COUPON)) == "coupon_held_elsewhere"


@pytest.mark.parametrize(
    ("first", "last", "state"), [(1, 9, "free"), (-9, -1, "free"), (0, 9, "redeemed"), (0, 9, "void")]
)
def test_only_what_can_be_used_today_is_in_view(
    shop: Shop, maria: MemberRow, first: int, last: int, state: str
) -> None:
    give(shop, maria.account_id, first, last, state)
    shop.checkout.enter(MARIA)

    assert offers(shop) == []


def test_a_household_shares_it_and_a_merged_account_keeps_it(shop: Shop, maria: MemberRow) -> None:
    old = builders.an_id(31)
    give(shop, old)
    shop.hears(AliasRow(old, maria.account_id))
    shop.hq.reachable = True
    shop.checkout.enter(MARIA)
    shop.checkout.enter(BREAD)

    taps(shop)

    assert shop.checkout.state().total_minor == 1161


def test_a_coupon_of_nobody_is_anybodys(shop: Shop, maria: MemberRow) -> None:
    give(shop, None)
    shop.hq.reachable = True
    shop.checkout.enter(BREAD)

    taps(shop)

    assert shop.checkout.state().total_minor == 1161
