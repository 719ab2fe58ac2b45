"""A forgotten card: the receipt is attached afterwards, once, and earns what the sale would have earned."""

from __future__ import annotations

import msgspec
import pytest

from agent.domain.attaching import AttachRules, would_have_earned
from agent.domain.errors import LoyaltyError
from agent.domain.evaluate import evaluate
from agent.domain.ledger import require_balanced
from agent.domain.program_document import decode_program_set
from agent.service.feed import apply_page
from agent.service.forgotten_card import ForgottenCardDesk
from agent.service.returns import ReturnDesk
from agent.store import settings
from agent.store.balances import read_balances
from sync.wire.entries import AdjustmentEntry, SaleEntry
from sync.wire.feed import AttachedRow, MemberRow
from sync.wire.messages import FeedRow, Pulled
from tests import builders
from tests.service.shop import ELENA, STORE, Shop

CARD = "2980000000016"
HAM = "105"


@pytest.fixture
def desk(shop: Shop) -> ForgottenCardDesk:
    return ForgottenCardDesk(shop.lane, ELENA)


@pytest.fixture
def ioana(shop: Shop) -> MemberRow:
    return shop.know_member(card=CARD, points=40)


def rules(shop: Shop, **fields: int) -> None:
    """HQ's feed has brought these switches."""
    with shop.store.unit_of_work() as db:
        settings.put_store(db, msgspec.structs.replace(STORE, forgotten_card=AttachRules(**fields)))


def shown(shop: Shop, member: MemberRow) -> int:
    return read_balances(shop.store.reader(), member.account_id)[builders.POINTS].points


def sold(shop: Shop, *codes: str) -> SaleEntry:
    return shop.sell(*(codes or (HAM,)))


def attach(desk: ForgottenCardDesk, sale: SaleEntry, member: MemberRow) -> int:
    return desk.attach(desk.look(sale.receipt_number, member.member_id)).points


def adjustments(shop: Shop) -> list[AdjustmentEntry]:
    return [entry for entry in shop.entries() if isinstance(entry, AdjustmentEntry)]


def test_an_attached_receipt_earns_what_the_sale_would_have(
    shop: Shop, desk: ForgottenCardDesk, ioana: MemberRow
) -> None:
    sale = sold(shop)

    found = desk.look(sale.receipt_number, ioana.member_id)
    assert (found.points, found.display_name, found.total_minor) == (90, "Ioana M.", 90_00)
    assert shown(shop, ioana) == 40
    desk.attach(found)

    assert shown(shop, ioana) == 130
    (entry,) = adjustments(shop)
    assert (entry.reason, entry.operator, entry.sale.receipt_number) == (
        "forgotten_card",
        ELENA,
        sale.receipt_number,
    )
    require_balanced(entry.postings)
    assert {(leg.bucket, leg.amount) for leg in entry.postings} == {
        (f"issued:{builders.STORE}", -90),
        ("pending", 90),
    }


def test_what_was_paid_stays_as_it_was_paid(shop: Shop, desk: ForgottenCardDesk, ioana: MemberRow) -> None:
    sale = sold(shop, "100")
    assert sale.discount_minor == 0, "dairy is cheaper for members only"

    points = attach(desk, sale, ioana)

    assert points == 8
    assert shop.last_sale() == sale


def test_a_sale_attached_is_not_attached_again(shop: Shop, desk: ForgottenCardDesk, ioana: MemberRow) -> None:
    sale = sold(shop)
    found = desk.look(sale.receipt_number, ioana.member_id)
    desk.attach(found)

    with pytest.raises(LoyaltyError, match="were attached already"):
        desk.attach(found)
    with pytest.raises(LoyaltyError, match="were attached already"):
        desk.look(sale.receipt_number, ioana.member_id)

    assert len(adjustments(shop)) == 1
    assert shown(shop, ioana) == 130


def test_what_was_attached_elsewhere_is_known_here(
    shop: Shop, desk: ForgottenCardDesk, ioana: MemberRow
) -> None:
    sale = sold(shop)
    row = AttachedRow(sale_id=sale.sale_id, account_id=builders.an_id(77), business_date=builders.TODAY)
    page = Pulled(
        rows=(
            FeedRow(
                commit=1,
                kind="attached",
                key=str(sale.sale_id),
                body=msgspec.Raw(msgspec.msgpack.encode(row)),
            ),
        ),
        next_cursor="1",
        more=False,
    )
    apply_page(shop.store, page, shop.chain_id)

    with pytest.raises(LoyaltyError, match="were attached already"):
        desk.look(sale.receipt_number, ioana.member_id)


def test_a_sale_with_a_member_has_its_points_already(
    shop: Shop, desk: ForgottenCardDesk, ioana: MemberRow
) -> None:
    shop.checkout.enter(CARD)
    sale = sold(shop)

    with pytest.raises(LoyaltyError, match="has its member already"):
        desk.look(sale.receipt_number, ioana.member_id)


def test_goods_that_came_back_take_the_chance_with_them(
    shop: Shop, desk: ForgottenCardDesk, ioana: MemberRow
) -> None:
    sale = sold(shop, HAM, "102")
    back = ReturnDesk(shop.lane, ELENA)
    back.find(sale.receipt_number)
    back.choose(1, 1)
    back.give_reason("faulty")
    back.refund_to("cash")
    back.commit()

    with pytest.raises(LoyaltyError, match="came back"):
        desk.look(sale.receipt_number, ioana.member_id)


def test_a_voided_sale_earns_nothing(shop: Shop, desk: ForgottenCardDesk, ioana: MemberRow) -> None:
    sale = sold(shop)
    back = ReturnDesk(shop.lane, ELENA)
    back.find(sale.receipt_number)
    back.void("mistake")

    with pytest.raises(LoyaltyError, match="was taken back"):
        desk.look(sale.receipt_number, ioana.member_id)


@pytest.mark.parametrize(("days", "allowed"), [(7, True), (8, False)])
def test_a_receipt_can_be_attached_for_so_many_days(
    shop: Shop, desk: ForgottenCardDesk, ioana: MemberRow, days: int, allowed: bool
) -> None:
    sale = sold(shop)
    shop.clock.move(days=days)

    if allowed:
        assert attach(desk, sale, ioana) == 90
        return
    with pytest.raises(LoyaltyError, match="for 7 days, and this one is older"):
        desk.look(sale.receipt_number, ioana.member_id)


def test_only_so_many_receipts_are_attached_for_one_member(
    shop: Shop, desk: ForgottenCardDesk, ioana: MemberRow
) -> None:
    rules(shop, days=7, sales_per_member=1)
    first, second = sold(shop), sold(shop)
    attach(desk, first, ioana)

    with pytest.raises(LoyaltyError, match="No more receipts"):
        desk.look(second.receipt_number, ioana.member_id)

    assert attach(desk, second, shop.know_member("Dan Vlad", card="1234567", points=1)) == 90


def test_a_shop_that_attaches_nothing_says_so(shop: Shop, desk: ForgottenCardDesk, ioana: MemberRow) -> None:
    rules(shop, days=7, sales_per_member=0)
    sale = sold(shop)

    with pytest.raises(LoyaltyError, match="No more receipts"):
        desk.look(sale.receipt_number, ioana.member_id)


def test_without_the_programs_of_that_day_hq_must_do_it(
    shop: Shop, desk: ForgottenCardDesk, ioana: MemberRow
) -> None:
    sale = sold(shop)
    for version in (2, 3):
        shop.publish(builders.points_per_money(points=str(version)), version=version)

    with pytest.raises(LoyaltyError, match="programs of that day are no longer") as refused:
        desk.look(sale.receipt_number, ioana.member_id)

    assert "HQ" in refused.value.advice


def test_a_set_that_was_replaced_since_still_counts_its_own_sale(
    shop: Shop, desk: ForgottenCardDesk, ioana: MemberRow
) -> None:
    sale = sold(shop)
    shop.publish(builders.points_per_money(points="7"), version=2)

    assert attach(desk, sale, ioana) == 90


def test_a_blocked_member_gets_nothing(shop: Shop, desk: ForgottenCardDesk) -> None:
    blocked = shop.know_member("Dan Vlad", card="1234567", blocked=True)
    sale = sold(shop)

    with pytest.raises(LoyaltyError, match="blocked"):
        desk.look(sale.receipt_number, blocked.member_id)


def test_a_receipt_of_another_lane_is_attached_there_or_at_hq(
    shop: Shop, desk: ForgottenCardDesk, ioana: MemberRow
) -> None:
    with pytest.raises(LoyaltyError, match="another register"):
        desk.look("9-0001", ioana.member_id)
    with pytest.raises(LoyaltyError, match="has no receipt"):
        desk.look("4711", ioana.member_id)


def test_a_sale_that_earns_nothing_needs_no_card(
    shop: Shop, desk: ForgottenCardDesk, ioana: MemberRow
) -> None:
    sale = sold(shop, "104")

    with pytest.raises(LoyaltyError, match="earned nothing"):
        desk.look(sale.receipt_number, ioana.member_id)


def test_attaching_counts_as_the_engine_would_have_with_the_same_money_paid() -> None:
    """Where no program depends on the member, the points are those of the sale with the member in it."""
    data = builders.program_set_bytes(
        builders.points_per_money(points="1.5"),
        builders.percent_off("all-10", "0.1"),
        builders.dairy_20(),
    )
    programs = decode_program_set(data)
    basket = builders.a_basket(
        builders.milk(9_99, quantity=3), builders.a_line("bread", 6_49), builders.a_deposit()
    )
    nobody = builders.a_quote_input(basket, program_set=programs)
    somebody = msgspec.structs.replace(nobody, member=builders.a_member())
    quote = evaluate(nobody, programs)

    class Paid:
        quote_input = nobody
        discounts = quote.discounts

    assert quote.discounts
    assert would_have_earned(Paid(), builders.a_member(), programs) == evaluate(somebody, programs).earned
