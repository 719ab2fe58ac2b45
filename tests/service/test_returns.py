"""Goods come back at the register that sold them, offline: quote first, then one journal entry with its receipt."""

from __future__ import annotations

import msgspec
import pytest

from agent.domain.errors import LoyaltyError
from agent.domain.ledger import move, require_balanced
from agent.domain.receipt import Receipt
from agent.service.returns import ReturnDesk
from agent.store.balances import add_own_postings
from agent.store.chains import set_state
from agent.store.print_jobs import jobs_of_sale
from agent.store.returns import count_returned_units
from tests import builders
from tests.service.shop import ELENA, Shop
from tests.service.taking_back import (
    CARD,
    a_member,
    give_back,
    returns,
    rules,
    shown,
    the_disk_says_nothing,
)


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
    assert desk.choose(1, 1).tenders == (("card", 2000), ("cash", sale.total_minor - 2000))
    desk.give_reason("faulty")
    assert desk.commit().tenders == (("card", 2000), ("cash", sale.total_minor - 2000))


def test_a_card_that_got_everything_back_gets_no_more(shop: Shop, desk: ReturnDesk) -> None:
    for code in ("105", "102"):
        shop.checkout.enter(code)
    shop.checkout.tender("card", 1000)
    shop.checkout.tender("cash")
    shop.checkout.finish()
    sale = shop.last_sale()
    desk.find(sale.receipt_number)
    desk.choose(2, 1)
    desk.give_reason("faulty")
    assert desk.commit().tenders[0] == ("card", 1000)

    desk.find(sale.receipt_number)
    assert desk.choose(1, 1).refund_kinds == ("cash", "exchange")
    with pytest.raises(LoyaltyError, match="at most what it paid"):
        desk.refund_to("card")


def test_the_receipt_of_a_return_is_not_taken_for_a_sale(shop: Shop, desk: ReturnDesk) -> None:
    give_back(desk, shop.sell("2*102"), (1, 1))

    with pytest.raises(LoyaltyError) as refused:
        desk.find(returns(shop)[0].receipt_number)

    assert refused.value.title == "2-0002 is the receipt of goods that came back."


def test_a_register_that_hq_has_stopped_takes_nothing_back(shop: Shop, desk: ReturnDesk) -> None:
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


def test_points_that_are_gone_may_leave_the_balance_below_zero(shop: Shop, desk: ReturnDesk) -> None:
    account = a_member(shop)
    sale = shop.sell(CARD, "105")
    shop.give_lease(account, 50)
    with shop.store.unit_of_work() as db:
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


def a_return_in_doubt(shop: Shop, desk: ReturnDesk, monkeypatch: pytest.MonkeyPatch, *, saved: bool) -> str:
    """Refund was pressed for a bread, and nobody knows what became of it; the receipt's number."""
    sale = shop.sell("102", "105")
    desk.find(sale.receipt_number)
    desk.choose(1, 1)
    desk.give_reason("faulty")
    with (
        the_disk_says_nothing(shop, monkeypatch, saved=saved),
        pytest.raises(LoyaltyError, match="not known yet whether this return was saved"),
    ):
        desk.commit()
    return sale.receipt_number


def test_a_return_that_was_saved_after_all_cannot_become_another_one(
    shop: Shop, desk: ReturnDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = a_return_in_doubt(shop, desk, monkeypatch, saved=True)

    for step in (
        desk.leave,
        desk.choose_none,
        lambda: desk.choose(2, 1),
        lambda: desk.find(number),
    ):
        with pytest.raises(LoyaltyError, match="was saved, so it stands"):
            step()
    done = desk.commit()

    (back,) = returns(shop)
    assert (done.receipt_number, done.refund_minor) == (back.receipt_number, back.refund_minor)


def test_a_return_that_was_not_saved_after_all_can_be_changed(
    shop: Shop, desk: ReturnDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_return_in_doubt(shop, desk, monkeypatch, saved=False)
    assert returns(shop) == []

    desk.choose_none()
    state = desk.choose(2, 1)

    assert state.refund is not None
    assert desk.commit().refund_minor == state.refund.refund_minor == returns(shop)[0].refund_minor


def test_goods_that_come_back_are_scanned_one_by_one(shop: Shop, desk: ReturnDesk) -> None:
    sale = shop.sell("2*100", "102")
    desk.scan(sale.receipt_number)

    desk.scan("5941234567890")
    state = desk.scan("5941234567890")

    assert [line.chosen for line in state.lines] == [2, 0]
    with pytest.raises(LoyaltyError, match="is chosen or came back already"):
        desk.scan("5941234567890")
    with pytest.raises(LoyaltyError, match="Telemea 300 g is not in this sale"):
        desk.scan("101")


def test_a_gift_that_the_rest_would_not_get_is_asked_for(shop: Shop, desk: ReturnDesk) -> None:
    reward = {"type": "gift", "item": "100", "units": 2, "value_minor": 8_49}
    over_15 = [{"type": "min_spend", "amount_minor": 15_00}]
    shop.publish(builders.a_program("milk-on-us", "promotion", rewards=[reward], conditions=over_15))
    sale = shop.sell("3*102")
    assert len(sale.gifts) == 1
    desk.find(sale.receipt_number)

    kept, broken = desk.choose(1, 1), desk.choose(1, 2)

    assert kept.refund is not None
    assert kept.refund.gifts == ()
    assert broken.refund is not None
    assert [(one.item_name, one.units) for one in broken.refund.gifts] == [("Whole milk 1 l", 2)]
    give_back(desk, sale, (1, 2))
    desk.find(sale.receipt_number)
    last = desk.choose_all()
    assert last.refund is not None
    assert last.refund.gifts == (), "it was asked for with the return before"


@pytest.mark.parametrize("state", ["forked", "revoked"])
def test_a_return_that_was_begun_ends_where_hq_stops_the_register(
    shop: Shop, desk: ReturnDesk, state: str
) -> None:
    sale = shop.sell("102")
    desk.find(sale.receipt_number)
    desk.choose_all()
    desk.give_reason("faulty")
    with shop.store.unit_of_work() as db:
        set_state(db, shop.chain_id, state)  # type: ignore[arg-type]

    with pytest.raises(LoyaltyError, match="has stopped this register's journal"):
        desk.commit()
    assert returns(shop) == []


def test_a_clock_that_cannot_be_right_does_not_make_goods_too_old(shop: Shop, desk: ReturnDesk) -> None:
    rules(shop, days=14)
    sale = shop.sell("102")
    shop.clock.move(days=40)
    shop.sell("101")
    # It now stands before the last sale, so it was wrong then or is now.
    shop.clock.move(days=-10)

    give_back(desk, sale)

    assert returns(shop)[0].stamp.clock == "suspect"
