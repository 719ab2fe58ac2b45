"""This register's own sales under another program set: what would have changed, and for whom."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Mapping
from typing import Any

import msgspec

from agent.domain.ledger import points_unit
from agent.domain.program_set import ProgramSet
from agent.service.backtest.outcome import LARGEST, Outcome, ProgramChange, reasons
from agent.service.backtest.replay import Replayed, replay
from agent.service.returns import ReturnDesk
from agent.store import journal
from agent.store.sales import SaleRow, add_sale
from sync.wire.entries import SaleEntry
from tests import builders
from tests.builders import a_program_set, dairy_20, percent_off, points_per_money
from tests.service.shop import ELENA, Shop

CARD = "2980000000016"
OTHER_CARD = "2980000000023"
FIRST, LAST = datetime.date(2026, 11, 1), datetime.date(2026, 12, 31)


def backtest(shop: Shop, program_set: ProgramSet) -> Outcome:
    outcome = Outcome()
    for one in replay(shop.store.reader(), program_set, FIRST, LAST):
        outcome.add(one)
    return outcome


def under(*programs: Mapping[str, Any], version: int = 2) -> ProgramSet:
    return a_program_set(*programs, version=version)


def bought(shop: Shop) -> list[SaleEntry]:
    """A morning of every kind: with and without a member, a claimed reward, a coupon printed and one redeemed."""
    member = shop.know_member(card=CARD, points=900)
    shop.give_lease(member.account_id, 900)
    sales = [shop.sell("100", "102"), shop.sell(CARD, "3*100", "2*101")]
    shop.checkout.enter(CARD)
    shop.checkout.enter("3*105")
    shop.checkout.claim("reward-5")
    sales.append(shop.sell())
    (issued,) = sales[-1].coupons_issued
    shop.clock.move(days=1)
    shop.checkout.enter("105")
    from agent.domain.coupon import serial

    shop.checkout.redeem_coupon(serial(issued.coupon_id))
    sales.append(shop.sell())
    return sales


def test_the_published_set_changes_nothing(shop: Shop) -> None:
    sales = bought(shop)
    assert sales[2].spent
    assert sales[3].coupons_redeemed

    outcome = backtest(shop, a_program_set())

    assert (outcome.compared, outcome.changed, outcome.members) == (4, 0, set())
    assert outcome.discount_minor.before == outcome.discount_minor.after
    assert outcome.discount_minor.before == sum(sale.discount_minor for sale in sales)
    assert outcome.earned[builders.POINTS].difference == 0
    assert outcome.spent[builders.POINTS].before == 500
    assert outcome.largest() == []


def test_more_for_dairy_costs_what_it_takes_off(shop: Shop) -> None:
    member = shop.know_member(card=CARD)
    shop.sell("102")
    shop.sell(CARD, "2*100")  # 16.98: 20 % are 3.40, 30 % are 5.09

    outcome = backtest(
        shop, under(points_per_money(), percent_off("dairy-30", "0.3", {"categories": [["food", "dairy"]]}))
    )

    assert (outcome.compared, outcome.changed, outcome.members) == (2, 1, {member.account_id})
    assert (outcome.discount_minor.before, outcome.discount_minor.after) == (340, 509)
    earned = outcome.earned[builders.POINTS]
    assert (earned.before, earned.after) == (13, 11)
    (largest,) = outcome.largest()
    assert (largest.receipt_number, largest.cost_minor) == ("2-0002", 169)


def test_the_reasons_name_each_program_and_why_it_gives_nothing_now(shop: Shop) -> None:
    shop.know_member(card=CARD)
    shop.sell(CARD, "2*100")
    gold_only = dairy_20(audience={"who": "tiers", "tiers": ["gold"]})

    other = under(points_per_money(), gold_only, percent_off("all-10", "0.1"))
    (one,) = backtest(shop, other).largest()

    assert reasons(one, other) == [
        ProgramChange(program_id="dairy-20", before_minor=340, after_minor=0, code="needs_tier"),
        ProgramChange(program_id="all-10", before_minor=0, after_minor=170, code=""),
    ]


def test_another_name_for_the_same_reward_changes_no_sale(shop: Shop) -> None:
    shop.know_member(card=CARD)
    shop.sell(CARD, "2*100")
    renamed = percent_off("milk-day", "0.2", {"categories": [["food", "dairy"]]})

    assert backtest(shop, under(points_per_money(), renamed)).changed == 0


def test_points_of_a_program_that_is_gone_are_told_by_their_unit(shop: Shop) -> None:
    shop.know_member(card=CARD)
    shop.sell(CARD, "105")

    outcome = backtest(shop, under(points_per_money("coins", points="2")))

    assert outcome.earned[builders.POINTS].after == 0
    assert outcome.earned[points_unit("coins")].before == 0
    assert outcome.earned[points_unit("coins")].after == 200


def test_what_the_new_set_has_no_program_for_is_counted(shop: Shop) -> None:
    shop.publish(*builders.demo_programs(), percent_off("welcome", "0.1", trigger="code", code="HELLO"))
    bought(shop)
    shop.checkout.enter("102")
    shop.checkout.enter("hello")
    shop.sell()

    missing = backtest(shop, under(points_per_money())).missing

    assert (missing.codes, missing.claims, missing.coupons) == (1, 1, 1)


def test_a_sale_of_another_engine_is_not_compared(shop: Shop) -> None:
    shop.sell("102")
    put_again(
        shop, lambda sale: {"quote_input": msgspec.structs.replace(sale.quote_input, engine_semantics=1)}
    )

    outcome = backtest(shop, a_program_set())

    assert (outcome.compared, outcome.left_out["other_engine"]) == (1, 1)


def test_a_sale_whose_journal_is_gone_is_not_compared(shop: Shop) -> None:
    shop.sell("102")
    with shop.store.unit_of_work() as db:
        db.execute("delete from journal where kind = 1")

    assert backtest(shop, a_program_set()).left_out["journal_gone"] == 1


def test_voided_and_returned_sales_are_left_out_and_others_compared_as_they_were_sold(shop: Shop) -> None:
    whole, part, _kept, voided = (shop.sell("2*100"), shop.sell("2*100"), shop.sell("102"), shop.sell("100"))
    desk = ReturnDesk(shop.lane, ELENA)
    for sale, units in ((whole, 2), (part, 1)):
        desk.find(sale.receipt_number)
        desk.choose(1, units)
        desk.give_reason("faulty")
        desk.refund_to("cash")
        desk.commit()
    desk.find(voided.receipt_number)
    desk.void("mistake")

    outcome = backtest(shop, under(percent_off("all-10", "0.1")))

    assert (outcome.left_out["returned"], outcome.left_out["voided"]) == (1, 1)
    assert (outcome.compared, outcome.partly_returned) == (2, 1)
    assert outcome.discount_minor.after == 170 + 129


def test_only_the_days_that_are_asked_for_count_the_last_one_too(shop: Shop) -> None:
    for _day in range(4):
        shop.sell("102")
        shop.clock.move(days=1)

    found = replay(
        shop.store.reader(),
        a_program_set(),
        builders.TODAY + datetime.timedelta(1),
        builders.TODAY + datetime.timedelta(2),
    )

    assert [one.receipt_number for one in found if isinstance(one, Replayed)] == ["2-0002", "2-0003"]


def test_a_new_program_once_a_week_for_each_member_is_counted_from_the_first_sale_on(shop: Shop) -> None:
    shop.know_member(card=CARD)
    shop.know_member("Radu Pop", card=OTHER_CARD)
    shop.clock.move(days=1)  # Monday
    for card, days in ((CARD, 1), (CARD, 0), (OTHER_CARD, 7), (CARD, 0)):
        shop.sell(card, "102")
        shop.clock.move(days=days)
    weekly = percent_off(
        "bread-day", "0.5", {"items": ["102"]}, limits={"member_uses": 1, "member_period": "week"}
    )

    outcome = backtest(shop, under(*builders.demo_programs(), weekly))

    assert [one.receipt_number for one in outcome.largest()] == ["2-0001", "2-0003", "2-0004"]


def test_a_new_budget_ends_when_it_is_given_away(shop: Shop) -> None:
    for _time in range(4):
        shop.sell("102")
    dear = percent_off("bread-day", "0.5", {"items": ["102"]}, limits={"budget_minor": 15_00})

    outcome = backtest(shop, under(dear))

    assert (outcome.changed, outcome.discount_minor.after) == (2, 2 * 645)


def test_what_a_sale_was_told_of_a_limit_stands(shop: Shop) -> None:
    """The sale's own set had the program, and this register had no share of it: the back-test gives it none."""
    limited = percent_off("bread-day", "0.5", {"items": ["102"]}, limits={"budget_minor": 15_00})
    shop.publish(limited)
    sale = shop.sell("102")
    assert sale.discount_minor == 0

    assert backtest(shop, under(limited, percent_off("milk", "0.5", {"items": ["100"]}))).changed == 0


def test_the_ten_largest_changes_come_first(shop: Shop) -> None:
    shop.publish(points_per_money())
    for count in (1, 12, 3, 4, 5, 6, 7, 8, 9, 10, 11, 2):
        shop.sell(f"{count}*102")

    outcome = backtest(shop, under(percent_off("all-10", "0.1")))

    costs = [one.cost_minor for one in outcome.largest()]
    assert costs == sorted(costs, reverse=True)
    assert (len(costs), costs[0], costs[-1]) == (LARGEST, 1548, 387)


def test_more_sales_than_one_page_are_all_replayed(shop: Shop) -> None:
    for _time in range(130):
        shop.sell("102")

    assert backtest(shop, a_program_set()).compared == 130


def put_again(shop: Shop, change: Any) -> None:
    """The last sale once more, changed, as if this register had made it."""
    entry = shop.last_sale()
    sale_id = uuid.UUID(int=entry.sale_id.int + 1)
    changed = msgspec.structs.replace(entry, sale_id=sale_id, receipt_number="2-9999", **change(entry))
    with shop.store.unit_of_work() as db:
        seq, _hash = journal.append(db, shop.chain_id, changed)
        add_sale(
            db,
            SaleRow(
                sale_id=sale_id,
                chain_id=shop.chain_id,
                seq=seq,
                receipt_number=changed.receipt_number,
                business_date=changed.stamp.business_date,
                at_ms=changed.stamp.at_ms,
                operator_id=changed.operator.operator_id,
                account_id=None,
                goods_minor=changed.goods_minor,
                discount_minor=changed.discount_minor,
                total_minor=changed.total_minor,
                change_minor=changed.change_minor,
            ),
        )
