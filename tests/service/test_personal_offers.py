"""Personal offers at the till: only for the member whom HQ offers them, only on their days, with the reason why."""

from __future__ import annotations

import datetime
from typing import Any

import pytest

from agent.domain.explain import explain
from agent.domain.quote import Refusal
from agent.service.feed import BadFeedRow
from agent.service.program_sets import ActivePrograms
from agent.service.views import OfferView
from agent.store.members import forget_member
from agent.store.personal_offers import read_offers
from sync.wire.feed import MAX_PERSONAL_OFFERS, MemberRow, PersonalOffer, PersonalOffersRow
from tests import builders
from tests.service.shop import Shop

MARIA, DAN = "0722123456", "0733123456"
DAY = datetime.timedelta(days=1)
BREAD, TELEMEA, HAM = "102", "101", "105"


def personal(program_id: str, item: str, **fields: Any) -> builders.JsonObject:
    return builders.percent_off(program_id, "0.5", {"items": [item]}, audience={"who": "offered"}, **fields)


def offer(program_id: str, **changes: Any) -> PersonalOffer:
    days = {"valid_from": builders.TODAY, "valid_until": builders.TODAY + 7 * DAY}
    return PersonalOffer(program_id=program_id, **{**days, **changes})


@pytest.fixture
def maria(shop: Shop) -> MemberRow:
    shop.publish(personal("bread", BREAD), personal("telemea", TELEMEA), personal("ham", HAM))
    shop.know_member("Dan Ionescu", phone=DAN)
    return shop.know_member("Maria Pop", phone=MARIA)


def tell(shop: Shop, member: MemberRow, *offers: PersonalOffer) -> None:
    shop.hears(PersonalOffersRow(member_id=member.member_id, offers=offers))


def paid_for_bread(shop: Shop, phone: str) -> int:
    shop.checkout.enter(phone)
    return shop.sell(BREAD).total_minor


def why_not(shop: Shop, program_id: str) -> str:
    programs = ActivePrograms(shop.store).now(builders.CURRENCY)
    told = explain(shop.last_sale().quote_input, programs, program_id)
    return told.code if isinstance(told, Refusal) else ""


def shown(shop: Shop) -> list[tuple[str, str, str]]:
    return [(one.program_id, one.state, one.reason) for one in shop.checkout.state().offers]


def test_an_offer_is_for_the_member_who_was_offered_it_and_for_nobody_else(
    shop: Shop, maria: MemberRow
) -> None:
    tell(shop, maria, offer("bread"))

    assert paid_for_bread(shop, MARIA) == 645
    assert paid_for_bread(shop, DAN) == 1290
    assert why_not(shop, "bread") == "not_offered"
    assert shop.sell(BREAD).total_minor == 1290
    assert why_not(shop, "bread") == "needs_member"


@pytest.mark.parametrize(("first", "last", "paid"), [(0, 0, 645), (-3, -1, 1290), (1, 7, 1290)])
def test_an_offer_holds_on_its_days_both_included(
    shop: Shop, maria: MemberRow, first: int, last: int, paid: int
) -> None:
    today = builders.TODAY
    tell(shop, maria, offer("bread", valid_from=today + first * DAY, valid_until=today + last * DAY))

    assert paid_for_bread(shop, MARIA) == paid


def test_a_new_list_takes_the_place_of_the_old_one(shop: Shop, maria: MemberRow) -> None:
    tell(shop, maria, offer("bread"), offer("ham"))
    tell(shop, maria, offer("ham"))
    assert paid_for_bread(shop, MARIA) == 1290

    tell(shop, maria)
    shop.checkout.enter(MARIA)
    assert shown(shop) == []


def test_the_till_shows_the_best_offer_first_with_its_reason_and_the_others_after_what_the_basket_has(
    shop: Shop, maria: MemberRow
) -> None:
    tell(
        shop,
        maria,
        offer("ham", reason="Bought every week"),
        offer("bread", reason="Never tried"),
        offer("telemea"),
    )
    shop.checkout.enter(MARIA)
    assert shown(shop) == [
        ("ham", "offered", "Bought every week"),
        ("bread", "offered", "Never tried"),
        ("telemea", "offered", ""),
    ]

    shop.checkout.enter(BREAD)
    assert shown(shop) == [
        ("bread", "applied", "Never tried"),
        ("ham", "offered", "Bought every week"),
        ("telemea", "offered", ""),
    ]


def test_what_was_used_up_is_not_shown_as_offered(shop: Shop, maria: MemberRow) -> None:
    shop.publish(personal("bread", BREAD, limits={"member_uses": 1}))
    tell(shop, maria, offer("bread"))
    assert paid_for_bread(shop, MARIA) == 645

    shop.checkout.enter(MARIA)

    assert shown(shop) == []
    assert paid_for_bread(shop, MARIA) == 1290


def test_an_offer_of_a_program_that_is_gone_shows_nothing(shop: Shop, maria: MemberRow) -> None:
    tell(shop, maria, offer("last-year"))
    shop.checkout.enter(MARIA)

    assert shown(shop) == []


def test_a_sale_keeps_what_was_offered_so_that_hq_finds_the_same_quote(shop: Shop, maria: MemberRow) -> None:
    tell(shop, maria, offer("bread"), offer("ham"))
    paid_for_bread(shop, MARIA)

    facts = shop.last_sale().quote_input.member
    assert facts is not None and facts.offered == ("bread", "ham")


def test_a_member_who_is_erased_leaves_no_offers(shop: Shop, maria: MemberRow) -> None:
    tell(shop, maria, offer("bread", reason="Buys it most weeks"))
    with shop.store.unit_of_work() as db:
        forget_member(db, maria.member_id)

    assert read_offers(shop.store.reader(), maria.member_id, builders.TODAY) == ()


def test_a_list_that_is_too_long_is_refused_whole(shop: Shop, maria: MemberRow) -> None:
    tell(shop, maria, offer("bread"))
    too_many = [offer(f"p{number}") for number in range(MAX_PERSONAL_OFFERS + 1)]

    with pytest.raises(BadFeedRow):
        tell(shop, maria, *too_many)

    assert paid_for_bread(shop, MARIA) == 645


def test_an_applied_offer_without_a_personal_reason_says_nothing_personal(
    shop: Shop, maria: MemberRow
) -> None:
    shop.publish(builders.percent_off("all", "0.1"))
    shop.checkout.enter(MARIA)
    shop.checkout.enter(BREAD)

    (view,) = shop.checkout.state().offers
    assert isinstance(view, OfferView) and view.reason == ""
