"""Limits for each member: what this register has seen counts, by the shop's business dates."""

from __future__ import annotations

import datetime
import uuid

import msgspec
import pytest

from agent.domain.explain import explain
from agent.domain.quote import Refusal
from agent.service.enrolment import enrol
from agent.service.feed import apply_page
from agent.service.program_sets import ActivePrograms
from agent.store.returns import ReturnRow, add_return
from sync.wire import feed
from sync.wire.entries import Consent, SaleEntry
from sync.wire.feed import AliasRow, MemberRow
from sync.wire.messages import FeedRow, Pulled
from tests import builders
from tests.service.shop import ELENA, Shop

PHONE, OTHER = "0722123456", "0733123456"
MEMBERS = {"audience": {"who": "members"}}
PER_LEU = {"type": "per_money", "points": "1", "per_minor": 100}


def once(period: str = "always", **fields: object) -> builders.JsonObject:
    limits = {"member_uses": 1, "member_period": period}
    return builders.percent_off("ten-off", "0.1", limits=limits, **{**MEMBERS, **fields})


def sell_to(shop: Shop, phone: str = PHONE) -> SaleEntry:
    shop.checkout.enter(phone)
    return shop.sell("102")


def why_not(shop: Shop, program_id: str = "ten-off") -> str:
    """Why the last sale got nothing from the program, as HQ's page would say it."""
    programs = ActivePrograms(shop.store).now(builders.CURRENCY)
    told = explain(shop.last_sale().quote_input, programs, program_id)
    return told.code if isinstance(told, Refusal) else ""


def void(shop: Shop, sale: SaleEntry) -> None:
    """What a void leaves in the tables."""
    with shop.store.unit_of_work() as db:
        row = ReturnRow(
            return_id=uuid.uuid4(),
            kind=3,
            sale_id=sale.sale_id,
            chain_id=shop.chain_id,
            seq=99,
            receipt_number="2-0099",
            business_date=builders.TODAY,
            at_ms=shop.clock.now_ms(),
            operator_id="7",
            account_id=None,
            refund_minor=sale.total_minor,
            reason="wrong_goods",
        )
        add_return(db, row, {})


def test_an_offer_for_once_is_given_once(shop: Shop) -> None:
    shop.publish(once())
    shop.know_member(phone=PHONE)

    assert [sell_to(shop).total_minor for _ in range(3)] == [1161, 1290, 1290]
    assert why_not(shop) == "used_up"


def test_a_limit_says_when_it_was_used(shop: Shop) -> None:
    shop.publish(once("year"))
    shop.know_member(phone=PHONE)
    sell_to(shop)
    shop.clock.move(days=9)
    later = sell_to(shop)

    told = explain(later.quote_input, ActivePrograms(shop.store).now(builders.CURRENCY), "ten-off")

    assert told == Refusal("used_up", at="year", on="2026-11-22")


def test_double_points_once_a_month_are_double_once(shop: Shop) -> None:
    points = builders.a_program("club", "points", earning=[PER_LEU], **MEMBERS)
    double = [{"type": "multiply", "points_of": "club", "times": "2", "goods": {"items": ["102"]}}]
    limits = {"member_uses": 1, "member_period": "month"}
    twice = builders.a_program("twice", "points_multiplier", earning=double, limits=limits, **MEMBERS)
    shop.publish(points, twice)
    shop.know_member(phone=PHONE)

    shop.checkout.enter(PHONE)
    without_its_goods = sum(one.points for one in shop.sell("101").earned)
    assert [without_its_goods, *(sell_to(shop).earned[0].points for _ in range(2))] == [16, 25, 12]


def test_another_member_has_their_own_count(shop: Shop) -> None:
    shop.publish(once())
    shop.know_member(phone=PHONE)
    shop.know_member("Dan Vlad", phone=OTHER)
    sell_to(shop)

    assert sell_to(shop, OTHER).total_minor == 1161


def test_an_offer_for_each_day_is_given_again_on_the_next(shop: Shop) -> None:
    shop.publish(once("day"))
    shop.know_member(phone=PHONE)
    sell_to(shop)
    assert sell_to(shop).total_minor == 1290

    shop.clock.move(days=1)

    assert sell_to(shop).total_minor == 1161


def test_an_offer_for_each_week_waits_for_monday(shop: Shop) -> None:
    """The clock stands at a Sunday."""
    shop.publish(once("week"))
    shop.know_member(phone=PHONE)
    sell_to(shop)
    shop.clock.move(days=1)
    assert sell_to(shop).total_minor == 1161
    shop.clock.move(days=6)

    assert sell_to(shop).total_minor == 1290


def test_a_sale_in_which_it_gave_nothing_is_no_use(shop: Shop) -> None:
    shop.publish(once(goods={"items": ["105"]}))
    shop.know_member(phone=PHONE)
    sell_to(shop)
    shop.checkout.enter(PHONE)

    assert shop.sell("105").total_minor == 90_00


def test_a_voided_sale_gives_the_use_back(shop: Shop) -> None:
    shop.publish(once())
    shop.know_member(phone=PHONE)
    void(shop, sell_to(shop))

    assert sell_to(shop).total_minor == 1161


def test_points_given_for_one_visit_a_day_are_counted_too(shop: Shop) -> None:
    visit = [{"type": "per_visit", "points": "10"}]
    limits = {"member_uses": 1, "member_period": "day"}
    shop.publish(builders.a_program("visit", "points", earning=visit, limits=limits, **MEMBERS))
    shop.know_member(phone=PHONE)

    assert [sum(one.points for one in sell_to(shop).earned) for _ in range(2)] == [10, 0]


def test_what_a_gift_gave_is_counted_too(shop: Shop) -> None:
    gift = [{"type": "gift", "item": "100"}]
    shop.publish(builders.a_program("mug", "promotion", rewards=gift, limits={"member_uses": 1}, **MEMBERS))
    shop.know_member(phone=PHONE)

    assert [len(sell_to(shop).gifts) for _ in range(2)] == [1, 0]


def test_what_hq_counted_counts_as_well(shop: Shop) -> None:
    shop.publish(once())
    shop.know_member(phone=PHONE, counters={"used:ten-off": 1})

    assert sell_to(shop).total_minor == 1290


def test_a_use_follows_the_account_to_its_owner(shop: Shop) -> None:
    shop.publish(once())
    first = shop.know_member(phone=PHONE)
    owner = shop.know_member("Dan Vlad", phone=OTHER)
    sell_to(shop)

    body = msgspec.Raw(msgspec.msgpack.encode(AliasRow(first.account_id, owner.account_id)))
    row = FeedRow(commit=1, kind="alias", key=str(first.account_id), body=body)
    apply_page(shop.store, Pulled(rows=(row,), next_cursor="1"), shop.chain_id)

    assert sell_to(shop, OTHER).total_minor == 1290


def test_a_first_purchase_is_known_where_the_member_joined(shop: Shop) -> None:
    audience = {"who": "members", "first_purchase": True}
    shop.publish(builders.percent_off("welcome", "0.5", audience=audience))
    enrol(shop.lane, ELENA, "phone", PHONE, [Consent("program", True)], name="Ana Pop")

    assert [sell_to(shop).total_minor for _ in range(2)] == [645, 1290]


def test_a_first_purchase_that_was_voided_is_still_to_come(shop: Shop) -> None:
    audience = {"who": "members", "first_purchase": True}
    shop.publish(builders.percent_off("welcome", "0.5", audience=audience))
    enrol(shop.lane, ELENA, "phone", PHONE, [Consent("program", True)], name="Ana Pop")
    void(shop, sell_to(shop))

    assert sell_to(shop).total_minor == 645


def test_a_member_from_elsewhere_may_have_bought_there(shop: Shop) -> None:
    audience = {"who": "members", "first_purchase": True}
    shop.publish(builders.percent_off("welcome", "0.5", audience=audience))
    shop.know_member(phone=PHONE)

    assert sell_to(shop).total_minor == 1290


WELCOME = builders.percent_off("welcome", "0.5", audience={"who": "members", "first_purchase": True})
FULL, HALF = 1290, 645


def told(shop: Shop, member: MemberRow, *, bought: bool) -> None:
    shop.hears(feed.FirstPurchaseRow(account_id=member.account_id, bought=bought))


def hq_has_all(shop: Shop) -> None:
    """HQ acknowledged everything that this register wrote."""
    with shop.store.unit_of_work() as db:
        db.execute("update chain set acked_seq = (select max(seq) from journal)")


def test_who_joined_elsewhere_has_the_first_purchase_here_once_hq_has_told(shop: Shop) -> None:
    shop.hq.reachable = True
    shop.publish(WELCOME)
    member = shop.know_member(phone=PHONE)
    told(shop, member, bought=False)

    assert [sell_to(shop).total_minor for _ in range(2)] == [HALF, FULL]


def test_who_bought_elsewhere_has_no_first_purchase_here(shop: Shop) -> None:
    shop.hq.reachable = True
    shop.publish(WELCOME)
    member = shop.know_member(phone=PHONE)
    told(shop, member, bought=False)
    told(shop, member, bought=True)

    assert sell_to(shop).total_minor == FULL


def test_hqs_word_that_nobody_bought_is_not_enough_without_a_connection(shop: Shop) -> None:
    shop.hq.reachable = True
    shop.publish(WELCOME)
    told(shop, shop.know_member(phone=PHONE), bought=False)
    shop.hq.reachable = False

    assert sell_to(shop).total_minor == FULL


def test_a_first_purchase_where_they_joined_needs_no_connection_while_only_we_know_them(shop: Shop) -> None:
    shop.publish(WELCOME)
    shop.hq.reachable = False
    enrol(shop.lane, ELENA, "phone", PHONE, [Consent("program", True)], name="Ana Pop")

    assert [sell_to(shop).total_minor for _ in range(2)] == [HALF, FULL]


def test_once_others_may_know_a_member_offline_gives_no_first_purchase(shop: Shop) -> None:
    shop.hq.reachable = True
    shop.publish(WELCOME)
    enrol(shop.lane, ELENA, "phone", PHONE, [Consent("program", True)], name="Ana Pop")
    hq_has_all(shop)
    shop.hq.reachable = False

    assert sell_to(shop).total_minor == FULL


def test_right_after_joining_online_the_first_purchase_waits_for_no_word(shop: Shop) -> None:
    shop.hq.reachable = True
    shop.publish(WELCOME)
    enrol(shop.lane, ELENA, "phone", PHONE, [Consent("program", True)], name="Ana Pop")
    hq_has_all(shop)

    assert sell_to(shop).total_minor == HALF


def test_a_member_who_joined_here_and_bought_elsewhere_has_had_the_first_purchase(shop: Shop) -> None:
    shop.hq.reachable = True
    shop.publish(WELCOME)
    member = enrol(shop.lane, ELENA, "phone", PHONE, [Consent("program", True)], name="Ana Pop")
    hq_has_all(shop)
    told(shop, member, bought=True)

    assert sell_to(shop).total_minor == FULL


def test_a_voided_first_purchase_is_still_to_come_once_hq_has_told(shop: Shop) -> None:
    shop.hq.reachable = True
    shop.publish(WELCOME)
    member = shop.know_member(phone=PHONE)
    told(shop, member, bought=False)
    void(shop, sell_to(shop))
    told(shop, member, bought=False)

    assert sell_to(shop).total_minor == HALF


def test_what_another_register_gave_is_counted_when_hq_has_told(shop: Shop) -> None:
    shop.publish(once("year"))
    member = shop.know_member(phone=PHONE)
    on = builders.TODAY - datetime.timedelta(days=19)
    shop.hears(feed.UsesRow(account_id=member.account_id, program_id="ten-off", days=(on,)))

    assert sell_to(shop).total_minor == 1290
    assert shop.last_sale().quote_input.member.last_used == {"ten-off": on}


def test_what_hq_has_counted_of_our_own_is_counted_once(shop: Shop) -> None:
    shop.publish(builders.percent_off("ten-off", "0.1", limits={"member_uses": 2}, **MEMBERS))
    member = shop.know_member(phone=PHONE)
    sell_to(shop)
    (seq,) = shop.store.reader().execute("select max(seq) from sale").fetchone()
    row = feed.UsesRow(
        account_id=member.account_id,
        program_id="ten-off",
        days=(builders.TODAY,),
        includes_seq={str(shop.chain_id): seq},
    )
    shop.hears(row)

    assert [sell_to(shop).total_minor for _ in range(2)] == [1161, 1290]


def test_a_use_that_hq_has_counted_comes_back_with_a_void_of_which_it_has_not_heard(shop: Shop) -> None:
    shop.publish(once())
    member = shop.know_member(phone=PHONE)
    sale = sell_to(shop)
    (seq,) = shop.store.reader().execute("select max(seq) from sale").fetchone()
    shop.hears(
        feed.UsesRow(
            account_id=member.account_id,
            program_id="ten-off",
            days=(builders.TODAY,),
            includes_seq={str(shop.chain_id): seq},
        ),
    )
    assert sell_to(shop).total_minor == 1290

    void(shop, sale)

    assert sell_to(shop).total_minor == 1161


def test_uses_from_before_those_that_hq_names_count_for_always_only(shop: Shop) -> None:
    member = shop.know_member(phone=PHONE)
    row = feed.UsesRow(account_id=member.account_id, program_id="ten-off", before=1)
    shop.hears(row)

    shop.publish(once())
    assert sell_to(shop).total_minor == 1290
    shop.publish(once("year"), version=2)
    assert sell_to(shop).total_minor == 1161


@pytest.mark.parametrize("limits", [{"total_uses": 5}, {"budget_minor": 100_00}])
def test_what_is_shared_out_is_not_given_without_a_share(shop: Shop, limits: dict[str, int]) -> None:
    shop.publish(builders.percent_off("ten-off", "0.1", limits=limits))

    assert shop.sell("102").total_minor == 1290
    assert why_not(shop) == "limit_reached"
