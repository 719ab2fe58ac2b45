"""What a manager reads of this register's own books, to the cent and to the point."""

from __future__ import annotations

import datetime
from decimal import Decimal

import msgspec
import pytest

from agent.domain.basket import Tax
from agent.domain.coupon import serial
from agent.domain.errors import LoyaltyError
from agent.domain.program_document import decode_program_set
from agent.domain.receipt import Receipt
from agent.service.enrolment import enrol
from agent.service.period import Period
from agent.service.reports.kinds import REPORTS, described, report_of
from agent.service.reports.report import Books, Cell
from agent.service.returns import ReturnDesk
from agent.store import catalog, settings
from agent.store.print_jobs import jobs_of_sale
from agent.store.program_sets import active_program_set
from sync.wire.entries import Consent, SaleEntry
from sync.wire.feed import ItemRow
from tests import builders
from tests.service.shop import ELENA, STORE, Shop

CARD = "2980000000016"
OTHER_CARD = "2980000000023"
TODAY = builders.TODAY
TOMORROW = TODAY + datetime.timedelta(days=1)
BOTH_DAYS = Period(TODAY, TOMORROW)


def rows(shop: Shop, kind: str, period: Period = BOTH_DAYS) -> list[dict[str, Cell]]:
    """The report's rows, each cell under its column's name."""
    db = shop.store.reader()
    report = report_of(kind)
    books = Books(db, decode_program_set(active_program_set(db) or b""), "en")
    names = [column.name for column in report.columns]
    found = []
    for row in report.rows(books, period):
        assert len(row) == len(names)
        found.append(dict(zip(names, row, strict=True)))
    return found


def row(shop: Shop, kind: str, **where: Cell) -> dict[str, Cell]:
    (found,) = (each for each in rows(shop, kind) if where.items() <= each.items())
    return found


def give_back(shop: Shop, sale: SaleEntry, line_id: int, units: int) -> None:
    desk = ReturnDesk(shop.lane, ELENA)
    desk.find(sale.receipt_number)
    desk.choose(line_id, units)
    desk.give_reason("faulty")
    desk.refund_to("cash")
    desk.commit()


def void(shop: Shop, sale: SaleEntry) -> None:
    desk = ReturnDesk(shop.lane, ELENA)
    desk.find(sale.receipt_number)
    desk.void("mistake")


def test_sales_are_added_up_by_day_with_what_came_back_and_how_they_were_paid(shop: Shop) -> None:
    shop.know_member(card=CARD)
    shop.sell(CARD, "2*100")  # 16.98 less 20 %: 13.58
    bread = shop.sell("2*102", kind="card")  # 25.80
    shop.sell("100")  # 8.49, voided
    void(shop, shop.last_sale())
    shop.clock.move(days=1)
    shop.checkout.enter("102")
    shop.checkout.tender("cash", 20_00)  # 7.10 back
    shop.checkout.finish()
    give_back(shop, bread, 1, 1)

    assert rows(shop, "sales") == [
        {
            "date": TODAY, "sales": 3, "goods": 51_27, "discount": 3_40, "total": 47_87, "tax": 0,
            "cash": 13_58 + 8_49, "card": 25_80, "other_tenders": 0, "returned": 0, "voided": 8_49, "net": 39_38,
        },
        {
            "date": TOMORROW, "sales": 1, "goods": 12_90, "discount": 0, "total": 12_90, "tax": 0,
            "cash": 12_90, "card": 0, "other_tenders": 0, "returned": 12_90, "voided": 0, "net": 0,
        },
    ]  # fmt: skip


def test_tenders_are_net_of_change_and_of_what_was_paid_out(shop: Shop) -> None:
    shop.checkout.enter("2*102")
    shop.checkout.tender("cash", 50_00)
    shop.checkout.finish()
    sale = shop.last_sale()
    shop.sell("102", kind="card")
    give_back(shop, sale, 1, 1)

    card, cash = rows(shop, "tenders")

    assert cash == {
        "date": TODAY, "tender": "cash", "uses": 1, "taken": 50_00, "change": 24_20, "paid_out": 12_90, "net": 12_90,
    }  # fmt: skip
    assert (card["tender"], card["net"]) == ("card", 12_90)


def test_tax_is_what_the_receipts_say_less_what_came_back(shop: Shop) -> None:
    taxed = ItemRow(
        item_code="200", name="Coffee", price=Decimal(1_110), category=(), taxes=(Tax("B", Decimal("0.11")),)
    )
    with shop.store.unit_of_work() as db:
        catalog.put_item(db, taxed)
    sale = shop.sell("3*200")
    give_back(shop, sale, 1, 1)
    shop.sell("200")
    void(shop, shop.last_sale())

    assert rows(shop, "taxes") == [
        {"date": TODAY, "code": "B", "rate": "0.11", "tax_sold": 4_40, "tax_returned": 2_20, "tax": 2_20}
    ]
    assert rows(shop, "sales")[0]["tax"] == 4_40


def test_where_taxes_are_rounded_line_by_line_receipt_and_report_do_so_too(shop: Shop) -> None:
    taxed = ItemRow(
        item_code="200", name="Roll", price=Decimal(6), category=(), taxes=(Tax("B", Decimal("0.11")),)
    )
    with shop.store.unit_of_work() as db:
        catalog.put_item(db, taxed)
        catalog.put_item(db, msgspec.structs.replace(taxed, item_code="201", name="Bun"))
        settings.put_store(db, msgspec.structs.replace(STORE, tax_rounding="line"))
    sale = shop.sell("200", "201")

    assert sale.tax_rounding == "line"
    (job,) = jobs_of_sale(shop.store.reader(), sale.sale_id)
    (tax,) = msgspec.json.decode(job.body, type=Receipt).taxes
    assert tax.amount_minor == 2
    assert [row["tax_sold"] for row in rows(shop, "taxes")] == [2]

    with shop.store.unit_of_work() as db:
        settings.put_store(db, STORE)
    assert [row["tax_sold"] for row in rows(shop, "taxes")] == [2]
    shop.sell("200", "201")
    assert [row["tax_sold"] for row in rows(shop, "taxes")] == [3]
    give_back(shop, sale, 1, 1)
    assert [row["tax"] for row in rows(shop, "taxes")] == [2]


def test_each_program_has_what_it_gave_and_to_how_many(shop: Shop) -> None:
    for name, card in (("Ioana Munteanu", CARD), ("Radu Pop", OTHER_CARD)):
        shop.know_member(name, card=card)
    shop.sell(CARD, "2*100")
    shop.sell(CARD, "100")
    shop.sell(OTHER_CARD, "100", "102")
    shop.sell("102")
    shop.sell(CARD, "100")
    void(shop, shop.last_sale())

    dairy = row(shop, "programs", program="dairy-20")

    assert (dairy["kind"], dairy["name"]) == ("promotion", "Dairy 20")
    assert (dairy["sales"], dairy["discount"], dairy["members"]) == (3, 3_40 + 1_70 + 1_70, 2)
    points = row(shop, "programs", program="points")
    assert (points["sales"], points["points_earned"]) == (3, 13 + 6 + 19)


def test_points_earned_spent_and_returned_by_program(shop: Shop) -> None:
    member = shop.know_member(card=CARD, points=900)
    shop.give_lease(member.account_id, 900)
    shop.checkout.enter(CARD)
    shop.checkout.enter("2*102")
    shop.checkout.claim("reward-5")
    sale = shop.sell()
    earned = sum(one.points for one in sale.earned)
    give_back(shop, sale, 1, 2)

    assert rows(shop, "points") == [
        {
            "unit": builders.POINTS, "program": "points", "name": "Points", "sales": 1, "earned": earned, "spent": 0,
            "given_back": 0, "taken_back": earned, "net": 0,
        },
        {
            "unit": builders.POINTS, "program": "reward-5", "name": "Reward 5", "sales": 1, "earned": 0, "spent": 500,
            "given_back": 500, "taken_back": 0, "net": 0,
        },
    ]  # fmt: skip


def test_stamps_have_a_report_of_their_own(shop: Shop) -> None:
    rule = {"type": "per_unit", "points": "1", "goods": {"items": ["102"]}}
    shop.publish(builders.points_per_money(), builders.a_program("bread-card", "stamps", earning=[rule]))
    shop.know_member(card=CARD)
    shop.sell(CARD, "3*102")

    (stamps,) = rows(shop, "stamps")

    assert (stamps["unit"], stamps["program"], stamps["earned"]) == ("stamp:bread-card", "bread-card", 3)
    assert [each["program"] for each in rows(shop, "points")] == ["points"]


def test_tiers_are_told_by_what_their_members_bought_and_how_many_there_are(shop: Shop) -> None:
    levels = [{"tier": "silver", "reach": 500_00}, {"tier": "gold", "reach": 1_000_00}]
    shop.publish(builders.a_program("our-tiers", "tiers", tiers={"levels": levels}))
    shop.know_member(card=CARD, tier="gold")
    shop.know_member("Mehmet", card=OTHER_CARD)
    shop.sell(CARD, "102")
    shop.sell(CARD, "2*102")
    void(shop, shop.sell(OTHER_CARD, "101"))
    shop.sell("101")

    assert [
        (each["tier"], each["name"], each["sales"], each["accounts"]) for each in rows(shop, "tiers")
    ] == [
        ("", "No tier", 0, 0),
        ("silver", "Silver", 0, 0),
        ("gold", "Gold", 2, 1),
    ]
    assert [each["known"] for each in rows(shop, "tiers")] == [1, 0, 1]
    assert row(shop, "tiers", tier="gold")["total"] == 3 * 12_90


def test_coupons_are_counted_from_print_to_end(shop: Shop) -> None:
    printed = shop.sell("2*105")
    shop.sell("2*105")
    kept = shop.sell("2*105")
    void(shop, shop.sales()[1])
    shop.clock.move(days=1)
    shop.checkout.enter("102")
    shop.checkout.redeem_coupon(serial(printed.coupons_issued[0].coupon_id))
    shop.sell()

    assert kept.coupons_issued
    assert rows(shop, "coupons") == [
        {
            "program": "next-visit-10", "name": "Next visit 10", "issued": 3, "redeemed": 1, "discount": 1_29,
            "given_back": 0, "void": 1, "live": 1,
        }
    ]  # fmt: skip


def test_vouchers_are_counted_when_they_are_issued_and_used(shop: Shop) -> None:
    shop.publish(builders.points_per_money(), builders.course_voucher(), builders.a_course())
    shop.give_lease(shop.know_member(card=CARD, points=2000).account_id, 2000)
    for _time in range(2):
        shop.checkout.enter(CARD)
        shop.checkout.enter("102")
        shop.checkout.claim("book-course")
        shop.sell()
    shop.checkout.enter("102")
    shop.checkout.redeem_coupon(serial(shop.sales()[0].coupons_issued[0].coupon_id))
    shop.sell()

    assert rows(shop, "coupons") == [
        {
            "program": "course", "name": "Barista course", "issued": 2, "redeemed": 1, "discount": 0,
            "given_back": 0, "void": 0, "live": 1,
        }
    ]  # fmt: skip
    used = row(shop, "programs", program="course")
    assert (used["kind"], used["sales"], used["coupons_redeemed"], used["discount"]) == (
        "experience",
        1,
        1,
        0,
    )
    bought = row(shop, "programs", program="book-course")
    assert (bought["points_spent"], bought["coupons_issued"]) == (2000, 2)


def test_a_coupon_that_a_return_gives_back_is_told(shop: Shop) -> None:
    printed = shop.sell("2*105")
    shop.clock.move(days=1)
    shop.checkout.enter("102")
    shop.checkout.redeem_coupon(serial(printed.coupons_issued[0].coupon_id))
    give_back(shop, shop.sell(), 1, 1)

    (told,) = rows(shop, "coupons")

    assert (told["redeemed"], told["given_back"], told["live"]) == (1, 1, 1)


def test_gifts_are_counted_by_item(shop: Shop) -> None:
    reward = {"type": "gift", "item": "100", "units": 2, "value_minor": 8_49}
    shop.publish(builders.a_program("milk-on-us", "promotion", rewards=[reward]))
    shop.sell("102")
    shop.sell("102")
    void(shop, shop.last_sale())

    assert rows(shop, "gifts") == [
        {
            "item": "100", "item_name": "Whole milk 1 l", "program": "milk-on-us", "sales": 1, "units": 2,
            "value": 16_98,
        }
    ]  # fmt: skip


def test_each_return_and_void_says_who_and_why(shop: Shop) -> None:
    sale = shop.sell("3*102")
    give_back(shop, sale, 1, 2)
    shop.sell("100")
    void(shop, shop.last_sale())

    back, undone = rows(shop, "returns")

    assert (back["what"], back["of_receipt"], back["units"], back["refund"]) == ("return", "2-0001", 2, 25_80)
    assert (back["operator"], back["reason"]) == ("Elena P.", "faulty")
    assert (undone["what"], undone["of_receipt"], undone["refund"]) == ("void", "2-0003", 8_49)


def test_members_are_counted_and_never_named(shop: Shop) -> None:
    shop.know_member(card=CARD)
    enrol(shop.lane, ELENA, "phone", "0722123456", (Consent("program", True),), name="Ana Pop")
    shop.sell(CARD, "102")
    shop.sell(CARD, "102")
    shop.sell("102")

    assert rows(shop, "members") == [
        {
            "date": TODAY, "enrolled": 1, "sales": 3, "with_member": 2, "without_member": 1, "share": 67,
            "accounts": 1,
        }
    ]  # fmt: skip


def test_the_business_date_decides_and_both_ends_belong_to_the_period(shop: Shop) -> None:
    for _day in range(3):
        shop.sell("102")
        shop.clock.move(days=1)

    assert [each["date"] for each in rows(shop, "sales")] == [TODAY, TOMORROW]
    assert [each["date"] for each in rows(shop, "sales", Period(TOMORROW, TOMORROW))] == [TOMORROW]
    assert rows(shop, "sales", Period(TODAY - datetime.timedelta(9), TODAY - datetime.timedelta(1))) == []


@pytest.mark.parametrize("kind", sorted(REPORTS))
def test_every_report_of_a_day_without_sales_is_empty(shop: Shop, kind: str) -> None:
    assert rows(shop, kind) == []


def test_every_report_says_what_it_is_about() -> None:
    told = dict(described())

    assert set(told) == set(REPORTS)
    assert all(about and not about.endswith(".") for about in told.values())


def test_a_report_that_there_is_not_is_told_with_those_that_there_are() -> None:
    with pytest.raises(LoyaltyError, match="There is no report weather") as caught:
        report_of("weather")

    assert "coupons, gift-cards, gifts, members" in caught.value.advice


def test_net_points_are_what_the_ledger_moved(shop: Shop) -> None:
    """The report is added up from the sale's own figures; the postings are the ledger's."""
    member = shop.know_member(card=CARD, points=900)
    shop.give_lease(member.account_id, 900)
    for number in range(3):
        shop.checkout.enter(CARD)
        shop.checkout.enter("3*102")
        if number == 1:
            shop.checkout.claim("reward-5")
        shop.sell()
    give_back(shop, shop.sales()[1], 1, 1)
    void(shop, shop.sales()[2])

    net = sum(int(str(each["net"])) for each in rows(shop, "points"))

    ours = ("pending", "available", f"lease:{shop.chain_id}")
    moved = sum(
        leg.amount
        for entry in shop.entries()
        for leg in getattr(entry, "postings", ())
        if leg.unit == builders.POINTS and leg.bucket in ours
    )
    assert net == moved
