"""Goods come back at the register that sold them, offline: quote first, then one journal entry with its receipt."""

from __future__ import annotations

import uuid

import msgspec
import pytest

from agent.domain.errors import LoyaltyError
from agent.domain.ledger import coupon_unit, require_balanced
from agent.domain.receipt import Receipt
from agent.domain.returns import ReturnRules
from agent.service.coupons import release_for_any_lane
from agent.service.returns import ReturnDesk
from agent.store import coupons, settings
from agent.store.balances import read_balances
from agent.store.print_jobs import jobs_of_sale
from agent.store.returns import count_returned_units
from sync.wire.entries import ReturnEntry, SaleEntry, VoidEntry
from tests import builders
from tests.service.shop import ELENA, STORE, Shop

CARD = "2980000000016"


@pytest.fixture
def desk(shop: Shop) -> ReturnDesk:
    return ReturnDesk(shop.lane, ELENA)


def rules(shop: Shop, **fields: object) -> None:
    """HQ's feed has brought these switches."""
    row = msgspec.structs.replace(STORE, returns=ReturnRules(**fields))  # type: ignore[arg-type]
    with shop.store.unit_of_work() as db:
        settings.put_store(db, row)


def returns(shop: Shop) -> list[ReturnEntry]:
    return [entry for entry in shop.entries() if isinstance(entry, ReturnEntry)]


def a_member(shop: Shop, points: int = 0) -> uuid.UUID:
    return shop.know_member(card=CARD, points=points).account_id


def shown(shop: Shop, account_id: uuid.UUID) -> int:
    balance = read_balances(shop.store.reader(), account_id).get(builders.POINTS)
    return balance.points if balance else 0


def give_back(desk: ReturnDesk, sale: SaleEntry, *lines: tuple[int, int], reason: str = "faulty") -> None:
    desk.find(sale.receipt_number)
    if not lines:
        desk.choose_all()
    for line_id, count in lines:
        desk.choose(line_id, count)
    desk.give_reason(reason)
    desk.refund_to("cash")
    desk.commit()


def test_a_whole_sale_comes_back_with_its_money_and_its_points(shop: Shop, desk: ReturnDesk) -> None:
    account = a_member(shop, 200)
    sale = shop.sell(CARD, "2*105", "102")
    assert shown(shop, account) == 200 + sum(one.points for one in sale.earned)

    give_back(desk, sale)

    (back,) = returns(shop)
    assert back.refund_minor == sale.total_minor
    assert [(one.kind, one.amount_minor) for one in back.tenders] == [("cash", sale.total_minor)]
    assert shown(shop, account) == 200
    require_balanced(back.postings)


def test_a_return_takes_the_next_receipt_number_and_prints_its_own_receipt(
    shop: Shop, desk: ReturnDesk
) -> None:
    sale = shop.sell("102", "100")
    give_back(desk, sale, (1, 1))

    (back,) = returns(shop)
    assert (sale.receipt_number, back.receipt_number) == ("2-0001", "2-0002")
    (job,) = jobs_of_sale(shop.store.reader(), back.return_id)
    receipt = msgspec.json.decode(job.body, type=Receipt)
    assert receipt.returned is not None
    assert (receipt.receipt_number, receipt.returned.of_receipt) == ("2-0002", "2-0001")
    assert [(line.name, line.extended_minor) for line in receipt.lines] == [("Sourdough bread", 1290)]
    assert receipt.total_minor == back.refund_minor


def test_nothing_is_written_before_the_refund(shop: Shop, desk: ReturnDesk) -> None:
    sale = shop.sell("2*102")
    before = len(shop.entries())

    state = desk.find(sale.receipt_number)
    state = desk.choose(1, 1)

    assert state.refund is not None
    assert state.refund.refund_minor == 1290
    assert not state.ready
    desk.leave()
    assert len(shop.entries()) == before
    assert count_returned_units(shop.store.reader(), sale.sale_id) == 0


def test_the_quote_says_what_happens_to_points(shop: Shop, desk: ReturnDesk) -> None:
    account = a_member(shop, 700)
    shop.give_lease(account, 500)
    for code in (CARD, "105"):
        shop.checkout.enter(code)
    shop.checkout.claim("reward-5")
    sale = shop.sell()
    assert sale.spent[0].points == 500

    desk.find(sale.receipt_number)
    state = desk.choose_all()

    assert state.refund is not None
    (points,) = state.refund.points
    earned = sale.earned[0].points
    assert (points.before, points.given_back, points.taken_back) == (200 + earned, 500, earned)
    assert points.after == 700
    assert ("Reward 5", 500) in state.refund.taken_off


@pytest.mark.parametrize("typed", ["2-0001", " 2-0001 ", "1", "0001"])
def test_a_sale_is_found_by_its_receipt_number(shop: Shop, desk: ReturnDesk, typed: str) -> None:
    sale = shop.sell("102")

    assert desk.find(typed).sale_id == sale.sale_id


def test_another_registers_receipt_is_refused_in_one_sentence(shop: Shop, desk: ReturnDesk) -> None:
    with pytest.raises(LoyaltyError) as refused:
        desk.find("3-0017")

    assert refused.value.title == (
        "Receipts that begin with 3 are of another register, and only that one knows what came back."
    )


@pytest.mark.parametrize("typed", ["2-0099", "bread", "", "2-0001-7"])
def test_a_number_that_is_no_receipt_of_ours_is_refused(shop: Shop, desk: ReturnDesk, typed: str) -> None:
    shop.sell("102")

    with pytest.raises(LoyaltyError, match="has no receipt"):
        desk.find(typed)


def test_no_unit_comes_back_twice(shop: Shop, desk: ReturnDesk) -> None:
    sale = shop.sell("2*102")
    give_back(desk, sale, (1, 1))

    state = desk.find(sale.receipt_number)
    assert [line.left for line in state.lines] == [1]
    with pytest.raises(LoyaltyError, match="cannot come back"):
        desk.choose(1, 2)
    give_back(desk, sale, (1, 1))
    with pytest.raises(LoyaltyError, match="has come back already"):
        desk.find(sale.receipt_number)


def test_two_desks_cannot_pay_out_for_one_unit(shop: Shop, desk: ReturnDesk) -> None:
    sale = shop.sell("102")
    other = ReturnDesk(shop.lane, ELENA)
    for each in (desk, other):
        each.find(sale.receipt_number)
        each.choose_all()
        each.give_reason("faulty")
        each.refund_to("cash")
    desk.commit()

    with pytest.raises(LoyaltyError, match="changed meanwhile"):
        other.commit()
    assert len(returns(shop)) == 1


def test_goods_come_back_only_so_many_days(shop: Shop, desk: ReturnDesk) -> None:
    rules(shop, days=14)
    sale = shop.sell("102")
    shop.clock.move(days=14)
    assert desk.find(sale.receipt_number).day == 14
    shop.clock.move(days=1)

    with pytest.raises(LoyaltyError, match="15 days old; goods come back within 14"):
        desk.find(sale.receipt_number)

    rules(shop, days=0)
    assert desk.find(sale.receipt_number).days == 0


def test_a_reason_is_asked_for(shop: Shop, desk: ReturnDesk) -> None:
    sale = shop.sell("102")
    desk.find(sale.receipt_number)
    desk.choose_all()

    with pytest.raises(LoyaltyError, match="reason is missing"):
        desk.commit()


def test_a_card_gets_back_at_most_what_it_paid(shop: Shop, desk: ReturnDesk) -> None:
    for code in ("105", "102"):
        shop.checkout.enter(code)
    shop.checkout.tender("card", 2000)
    shop.checkout.tender("cash")
    shop.checkout.finish()
    sale = shop.last_sale()

    desk.find(sale.receipt_number)
    assert desk.choose(2, 1).refund_kinds == ("card", "cash", "exchange")
    assert desk.state().refund_to == "card"  # type: ignore[union-attr]
    assert desk.choose(1, 1).refund_kinds == ("cash", "exchange")
    with pytest.raises(LoyaltyError, match="at most what it paid"):
        desk.refund_to("card")


# Coupons


def a_sale_that_prints_a_coupon(shop: Shop) -> SaleEntry:
    sale = shop.sell("2*105")
    assert len(sale.coupons_issued) == 1
    return sale


def test_a_coupon_of_a_returned_sale_is_void(shop: Shop, desk: ReturnDesk) -> None:
    sale = a_sale_that_prints_a_coupon(shop)
    (issued,) = sale.coupons_issued
    desk.find(sale.receipt_number)
    state = desk.choose(1, 1)
    assert state.refund is not None
    assert [(one.title, one.fate) for one in state.refund.coupons] == [("Next visit 10", "void")]

    give_back(desk, sale, (1, 1))

    known = coupons.read_coupon(shop.store.reader(), issued.coupon_id)
    assert known is not None
    assert known.state == "void"
    legs = [(leg.bucket, leg.amount) for leg in returns(shop)[0].postings]
    assert (f"lease:{shop.chain_id}", -1) in legs


def test_a_coupon_that_hq_has_already_is_hqs_to_void(shop: Shop, desk: ReturnDesk) -> None:
    sale = a_sale_that_prints_a_coupon(shop)
    release_for_any_lane(shop.store, shop.clock.now_ms())

    give_back(desk, sale)

    (taken,) = returns(shop)[0].coupons_taken
    assert taken.state == "asked"
    assert not [leg for leg in returns(shop)[0].postings if leg.unit == coupon_unit(taken.coupon_id)]


def test_a_used_coupon_of_a_returned_sale_is_deducted(shop: Shop, desk: ReturnDesk) -> None:
    sale = a_sale_that_prints_a_coupon(shop)
    (issued,) = sale.coupons_issued
    shop.clock.move(days=1)
    shop.checkout.enter("102")
    shop.checkout.enter(_code_of(shop, sale))
    assert shop.sell().coupons_redeemed[0].discount_minor == 129

    give_back(desk, sale)

    (back,) = returns(shop)
    assert (back.goods_minor, back.deducted_minor) == (sale.total_minor, 129)
    assert back.refund_minor == sale.total_minor - 129
    known = coupons.read_coupon(shop.store.reader(), issued.coupon_id)
    assert known is not None
    assert known.state == "redeemed"


def _code_of(shop: Shop, sale: SaleEntry) -> str:
    (job,) = jobs_of_sale(shop.store.reader(), sale.sale_id)
    return msgspec.json.decode(job.body, type=Receipt).coupons[0].qr_payload


def test_a_coupon_that_the_returned_sale_used_can_be_used_again_offline(shop: Shop, desk: ReturnDesk) -> None:
    first = a_sale_that_prints_a_coupon(shop)
    code = _code_of(shop, first)
    shop.clock.move(days=1)
    shop.checkout.enter("102")
    shop.checkout.enter(code)
    second = shop.sell()

    give_back(desk, second)

    assert returns(shop)[0].coupons_back == (first.coupons_issued[0].coupon_id,)
    shop.checkout.enter("102")
    assert shop.checkout.enter(code).saved_minor == 129


def test_a_coupon_used_while_the_return_was_open_stops_it(shop: Shop, desk: ReturnDesk) -> None:
    sale = a_sale_that_prints_a_coupon(shop)
    shop.clock.move(days=1)
    desk.find(sale.receipt_number)
    desk.choose_all()
    desk.give_reason("faulty")
    desk.refund_to("cash")
    shop.checkout.enter("102")
    shop.checkout.enter(_code_of(shop, sale))
    shop.sell()

    with pytest.raises(LoyaltyError, match="changed meanwhile"):
        desk.commit()
    assert returns(shop) == []


# Broken offers


def a_sale_over_a_hundred(shop: Shop) -> SaleEntry:
    sale = shop.sell("105", "102")
    assert sale.discount_minor == 10_00
    return sale


def test_a_broken_offer_is_kept_unless_the_shop_says_otherwise(shop: Shop, desk: ReturnDesk) -> None:
    sale = a_sale_over_a_hundred(shop)
    desk.find(sale.receipt_number)

    state = desk.choose(1, 1)

    assert state.refund is not None
    assert state.refund.repriced_minor == 0
    assert state.refund.kept_minor is None


def test_a_shop_may_price_the_rest_again(shop: Shop, desk: ReturnDesk) -> None:
    rules(shop, broken_offers="reprice")
    sale = a_sale_over_a_hundred(shop)
    desk.find(sale.receipt_number)

    state = desk.choose(1, 1)

    assert state.refund is not None
    assert state.refund.refund_minor == sale.total_minor - 1290
    assert state.refund.repriced_minor > 0
    give_back(desk, sale, (1, 1))
    give_back(desk, sale)
    assert [one.repriced for one in returns(shop)] == [True, False]
    assert sum(one.refund_minor for one in returns(shop)) == sale.total_minor


def test_a_shop_may_ask_each_time(shop: Shop, desk: ReturnDesk) -> None:
    rules(shop, broken_offers="ask")
    sale = a_sale_over_a_hundred(shop)
    desk.find(sale.receipt_number)
    desk.give_reason("faulty")
    state = desk.choose(1, 1)
    assert state.refund is not None
    assert state.refund.kept_minor != state.refund.repriced_refund_minor
    assert not state.ready
    with pytest.raises(LoyaltyError, match="no longer holds"):
        desk.commit()

    state = desk.answer_broken_offers("reprice")

    assert state.ready
    assert state.refund is not None
    assert state.refund.refund_minor == sale.total_minor - 1290
    state = desk.answer_broken_offers("keep")
    assert state.refund is not None
    assert state.refund.repriced_minor == 0


def test_the_rest_is_not_priced_by_programs_that_came_after_the_sale(shop: Shop, desk: ReturnDesk) -> None:
    rules(shop, broken_offers="reprice")
    sale = a_sale_over_a_hundred(shop)
    for version in (2, 3):
        shop.publish(builders.points_per_money(), version=version)
    desk.find(sale.receipt_number)

    state = desk.choose(1, 1)

    assert state.refund is not None
    assert state.refund.repriced_minor == 0


# Points


def test_points_that_are_gone_may_leave_the_balance_below_zero(shop: Shop, desk: ReturnDesk) -> None:
    account = a_member(shop)
    sale = shop.sell(CARD, "105")
    shop.give_lease(account, 50)
    with shop.store.unit_of_work() as db:
        from agent.domain.ledger import move
        from agent.store.balances import add_own_postings

        # Spent at another lane: HQ's row would say so.
        add_own_postings(
            db, shop.chain_id, 9_999, move(account, builders.POINTS, 60, "available", "redeemed:x")
        )

    give_back(desk, sale)

    assert shown(shop, account) == -60
    state = shop.checkout.enter(CARD)
    assert state.member is not None
    assert state.member.usable_now == 0


def test_a_shop_may_keep_spent_points(shop: Shop, desk: ReturnDesk) -> None:
    rules(shop, spent_points_back=False)
    account = a_member(shop, 500)
    shop.give_lease(account, 500)
    for code in (CARD, "105"):
        shop.checkout.enter(code)
    shop.checkout.claim("reward-5")
    sale = shop.sell()

    give_back(desk, sale)

    assert returns(shop)[0].given_back == ()
    assert shown(shop, account) == 0


# Voids


def test_a_void_on_the_same_day_restores_everything(shop: Shop, desk: ReturnDesk) -> None:
    account = a_member(shop, 500)
    shop.give_lease(account, 500)
    for code in (CARD, "2*105"):
        shop.checkout.enter(code)
    shop.checkout.claim("reward-5")
    shop.checkout.tender("card", 5_000)
    shop.checkout.tender("cash", 20_000)
    shop.checkout.finish()
    sale = shop.last_sale()
    assert desk.find(sale.receipt_number).can_void

    done = desk.void("mistake")

    assert (done.void, done.refund_minor) == (True, sale.total_minor)
    assert done.tenders == (("cash", sale.total_minor - 5_000), ("card", 5_000))
    assert shown(shop, account) == 500
    (void,) = [entry for entry in shop.entries() if isinstance(entry, VoidEntry)]
    assert (void.reason, void.operator) == ("mistake", ELENA)
    known = coupons.read_coupon(shop.store.reader(), sale.coupons_issued[0].coupon_id)
    assert known is not None
    assert known.state == "void"
    with pytest.raises(LoyaltyError, match="was voided"):
        desk.find(sale.receipt_number)


def test_a_void_needs_a_reason(shop: Shop, desk: ReturnDesk) -> None:
    sale = shop.sell("102")
    desk.find(sale.receipt_number)

    with pytest.raises(LoyaltyError, match="reason is missing"):
        desk.void("  ")


def test_a_sale_of_yesterday_is_not_voided(shop: Shop, desk: ReturnDesk) -> None:
    sale = shop.sell("102")
    shop.clock.move(days=1)
    assert not desk.find(sale.receipt_number).can_void

    with pytest.raises(LoyaltyError, match="Only a sale of today"):
        desk.void("mistake")


def test_a_sale_that_came_back_in_part_is_not_voided(shop: Shop, desk: ReturnDesk) -> None:
    sale = shop.sell("2*102")
    give_back(desk, sale, (1, 1))
    desk.find(sale.receipt_number)

    with pytest.raises(LoyaltyError, match="came back already, so it cannot be voided"):
        desk.void("mistake")


def test_a_register_that_hq_has_stopped_takes_nothing_back(shop: Shop, desk: ReturnDesk) -> None:
    from agent.store.chains import set_state

    sale = shop.sell("102")
    with shop.store.unit_of_work() as db:
        set_state(db, shop.chain_id, "forked")

    with pytest.raises(LoyaltyError, match="has stopped this register's journal"):
        desk.find(sale.receipt_number)


def test_a_refund_that_cannot_be_saved_pays_nothing(shop: Shop, desk: ReturnDesk) -> None:
    sale = shop.sell("102")
    desk.find(sale.receipt_number)
    desk.choose_all()
    desk.give_reason("faulty")
    desk.refund_to("cash")
    with shop.store.unit_of_work() as db:
        db.execute(
            "create trigger full before insert on print_job begin select raise(abort, 'disk full'); end"
        )

    with pytest.raises(Exception, match=r"disk full|could not be"):
        desk.commit()

    assert returns(shop) == []
    assert count_returned_units(shop.store.reader(), sale.sale_id) == 0
    with shop.store.unit_of_work() as db:
        db.execute("drop trigger full")
    desk.commit()
    assert len(returns(shop)) == 1


# Exchanges: goods come back and others are sold in one visit


def goods_for_an_exchange(shop: Shop, desk: ReturnDesk, sale: SaleEntry, *lines: tuple[int, int]) -> None:
    desk.find(sale.receipt_number)
    for line_id, count in lines:
        desk.choose(line_id, count)
    desk.give_reason("wrong_item")
    desk.refund_to("exchange")
    shop.checkout.exchange(desk.ready())


def test_an_exchange_pays_the_difference_and_is_saved_with_its_sale(shop: Shop, desk: ReturnDesk) -> None:
    sold = shop.sell("102")
    goods_for_an_exchange(shop, desk, sold, (1, 1))
    assert returns(shop) == []
    assert shop.checkout.state().exchange_minor == 1290

    shop.checkout.enter("101")
    state = shop.checkout.begin_tender()
    assert state.left_to_pay_minor == 1850 - 1290
    shop.checkout.tender("cash")
    shop.checkout.finish()

    (back,) = returns(shop)
    sale = shop.last_sale()
    assert back.exchange_sale_id == sale.sale_id
    assert [(one.kind, one.amount_minor) for one in back.tenders] == [("exchange", 1290)]
    assert [(one.kind, one.amount_minor) for one in sale.tenders] == [("exchange", 1290), ("cash", 560)]
    assert (back.receipt_number, sale.receipt_number) == ("2-0002", "2-0003")


def test_a_dearer_exchange_pays_out_the_rest(shop: Shop, desk: ReturnDesk) -> None:
    sold = shop.sell("101")
    goods_for_an_exchange(shop, desk, sold, (1, 1))
    shop.checkout.enter("102")

    assert shop.checkout.begin_tender().change_minor == 1850 - 1290
    assert shop.checkout.finish().change_minor == 560


def test_the_goods_of_an_exchange_cannot_be_left_out_of_the_payment(shop: Shop, desk: ReturnDesk) -> None:
    sold = shop.sell("102")
    goods_for_an_exchange(shop, desk, sold, (1, 1))
    shop.checkout.enter("101")
    shop.checkout.tender("cash", 560)
    assert [one.kind for one in shop.checkout.state().tenders] == ["exchange", "cash"]

    state = shop.checkout.untender(0)

    assert (state.phase, state.tenders) == ("selling", ())
    assert state.exchange_minor == 1290


def test_an_exchange_that_is_left_pays_nothing_out(shop: Shop, desk: ReturnDesk) -> None:
    sold = shop.sell("102")
    goods_for_an_exchange(shop, desk, sold, (1, 1))
    shop.checkout.enter("101")

    assert shop.checkout.abandon().exchange_minor == 0

    assert returns(shop) == []
    give_back(desk, sold)
    assert len(returns(shop)) == 1


def test_an_exchange_is_not_paid_out_beside_its_sale(shop: Shop, desk: ReturnDesk) -> None:
    sold = shop.sell("102")
    goods_for_an_exchange(shop, desk, sold, (1, 1))

    with pytest.raises(LoyaltyError, match="goes into a sale"):
        desk.commit()


def test_a_members_exchange_says_the_points_after_both(shop: Shop, desk: ReturnDesk) -> None:
    account = a_member(shop, 100)
    sold = shop.sell(CARD, "105")
    goods_for_an_exchange(shop, desk, sold, (1, 1))
    shop.checkout.enter(CARD)
    shop.checkout.enter("102")
    shop.checkout.finish()

    sale = shop.last_sale()
    (job,) = jobs_of_sale(shop.store.reader(), sale.sale_id)
    receipt = msgspec.json.decode(job.body, type=Receipt)
    assert receipt.member is not None
    assert receipt.member.points[0].after == shown(shop, account) == 100 + sale.earned[0].points


def test_goods_that_came_back_elsewhere_stop_the_whole_exchange(shop: Shop, desk: ReturnDesk) -> None:
    sold = shop.sell("102")
    goods_for_an_exchange(shop, desk, sold, (1, 1))
    give_back(ReturnDesk(shop.lane, ELENA), sold)
    shop.checkout.enter("101")
    shop.checkout.tender("cash")

    with pytest.raises(LoyaltyError, match="changed meanwhile"):
        shop.checkout.finish()
    assert len(shop.sales()) == 1
    assert len(returns(shop)) == 1
