"""Paying: left, change, excess; and Finish, which commits once or not at all."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from agent.domain.errors import LoyaltyError
from agent.domain.receipt import Receipt, ReceiptTax
from agent.store import journal
from agent.store.database import CommitUnknown
from agent.store.print_jobs import jobs_of_sale
from agent.store.sales import count_sales, read_sale
from sync.wire.journal import GENESIS, entry_hash
from tests import builders
from tests.service.shop import ELENA, Shop

ROOT = Path(__file__).parents[2]


def test_cash_gives_change(shop: Shop) -> None:
    shop.checkout.enter("102")
    shop.checkout.begin_tender()

    state = shop.checkout.tender("cash", 20_00)

    assert (state.phase, state.left_to_pay_minor, state.change_minor) == ("tender", 0, 7_10)
    assert shop.checkout.finish().change_minor == 7_10
    assert shop.last_sale().change_minor == 7_10


def test_a_sale_may_be_paid_in_parts(shop: Shop) -> None:
    shop.checkout.enter("102")
    shop.checkout.tender("cash", 5_00)
    assert shop.checkout.state().left_to_pay_minor == 7_90

    shop.checkout.tender("card", reference="8830")
    shop.checkout.finish()

    assert [(one.kind, one.amount_minor, one.reference) for one in shop.last_sale().tenders] == [
        ("cash", 500, ""),
        ("card", 790, "8830"),
    ]


@pytest.mark.parametrize(
    ("kind", "amount", "reference", "words"),
    [
        ("card", 20_00, "", "at most what is left"),
        ("cash", 0, "", "no amount"),
        ("cash", -5, "", "no amount"),
        ("bitcoin", 5, "", "does not take"),
        ("card", 5, "4111111111111111", "payment card"),
        ("card", 5, "paid with 4111-1111-1111-1111", "payment card"),
        ("card", 5, "x" * 50, "at most 40"),
    ],
)
def test_a_tender_that_makes_no_sense_changes_nothing(
    shop: Shop, kind: str, amount: int, reference: str, words: str
) -> None:
    shop.checkout.enter("102")

    with pytest.raises(LoyaltyError, match=words):
        shop.checkout.tender(kind, amount, reference)

    assert shop.checkout.state().tenders == ()


def test_a_manufacturers_coupon_may_be_worth_more_than_the_basket(shop: Shop) -> None:
    shop.checkout.enter("104")
    shop.checkout.tender("manufacturer_coupon", 2_00)

    finished = shop.checkout.finish()

    assert finished.change_minor == 0
    sale = shop.last_sale()
    assert (sale.total_minor, sale.change_minor, sale.tender_excess_minor) == (50, 0, 150)


def test_nothing_is_left_to_pay_twice(shop: Shop) -> None:
    shop.checkout.enter("102")
    shop.checkout.tender("card")

    with pytest.raises(LoyaltyError, match="Nothing is left"):
        shop.checkout.tender("cash", 5_00)


def test_a_tender_can_be_taken_back(shop: Shop) -> None:
    shop.checkout.enter("102")
    shop.checkout.tender("cash", 5_00)
    shop.checkout.tender("card")

    state = shop.checkout.untender(0)

    assert [one.kind for one in state.tenders] == ["card"]
    assert state.left_to_pay_minor == 5_00
    with pytest.raises(LoyaltyError, match="not there any more"):
        shop.checkout.untender(4)


def test_the_basket_stands_while_it_is_being_paid(shop: Shop) -> None:
    shop.checkout.enter("102")
    shop.checkout.tender("cash", 5_00)

    with pytest.raises(LoyaltyError, match="Payment has begun"):
        shop.checkout.enter("100")
    state = shop.checkout.back_to_basket()

    assert (state.phase, state.tenders) == ("selling", ())
    assert shop.checkout.enter("100").phase == "selling"


def test_a_scan_before_the_first_tender_goes_on_with_the_basket(shop: Shop) -> None:
    shop.checkout.enter("102")
    assert shop.checkout.begin_tender().phase == "tender"

    assert shop.checkout.enter("100").phase == "selling"


def test_a_sale_is_not_finished_before_it_is_paid(shop: Shop) -> None:
    with pytest.raises(LoyaltyError, match="nothing to pay for"):
        shop.checkout.finish()
    shop.checkout.enter("102")
    shop.checkout.tender("cash", 1)
    with pytest.raises(LoyaltyError, match="left to pay"):
        shop.checkout.finish()

    assert shop.sales() == []


def test_a_basket_that_costs_nothing_needs_no_tender(shop: Shop) -> None:
    from decimal import Decimal

    from agent.service.basket_lines import LineFacts

    shop.checkout.add_line(LineFacts(item_code="1", name="Sample", quantity=Decimal(1), extended_minor=0))

    assert shop.checkout.finish().total_minor == 0


def test_a_finished_sale_stays_on_the_screen_until_the_next_begins(shop: Shop) -> None:
    shop.checkout.enter("102")
    shop.checkout.tender("cash", 20_00)
    finished = shop.checkout.finish()

    state = shop.checkout.state()
    assert (state.phase, state.receipt_number, state.change_minor) == (
        "finished",
        finished.receipt_number,
        7_10,
    )
    assert shop.checkout.enter("100").total_minor == 849


def test_receipt_numbers_follow_the_journal_without_a_gap(shop: Shop) -> None:
    shop.sell("102")
    shop.checkout.enter("100")
    shop.checkout.abandon()
    shop.sell("100")

    assert [sale.receipt_number for sale in shop.sales()] == ["2-0001", "2-0002"]


def test_the_journal_is_one_chain_from_the_registers_first_entry_on(shop: Shop) -> None:
    for code in ("100", "102", "105"):
        shop.sell(code)

    previous = GENESIS
    rows = list(journal.read_all(shop.store.reader()))
    for row in rows:
        previous = entry_hash(previous, row.chain_id, row.seq, row.kind, row.version, row.body)
        assert row.hash == previous
    assert [row.kind for row in rows] == [11, 1, 1, 1]


def test_a_sale_keeps_time_offset_and_business_date_of_its_store(shop: Shop) -> None:
    stamp = shop.sell("102").stamp

    assert (stamp.at_ms, stamp.offset_min, stamp.business_date, stamp.clock) == (
        builders.NOW_MS,
        120,
        builders.TODAY,
        "ok",
    )


def test_the_receipt_says_what_the_journal_says(shop: Shop) -> None:
    shop.know_member(phone="0722123456", points=40, locale="ro")
    shop.checkout.enter("0722123456")
    sale = shop.sell("2*100", "102")

    (job,) = jobs_of_sale(shop.store.reader(), sale.sale_id)
    receipt = msgspec.json.decode(job.body, type=Receipt)
    assert (receipt.sale_id, receipt.receipt_number, receipt.operator_name) == (
        str(sale.sale_id),
        "2-0001",
        ELENA.name,
    )
    assert (receipt.goods_minor, receipt.saved_minor, receipt.total_minor) == (2988, 340, 2648)
    assert receipt.lines[0].discounts == (("Dairy 20", 340),)
    assert receipt.locale == "ro"
    assert receipt.member is not None
    assert [(one.before, one.earned, one.after) for one in receipt.member.points] == [(40, 26, 66)]
    assert (job.state, job.kind) == ("queued", "receipt")


def test_a_points_reward_is_one_line_under_the_goods(shop: Shop) -> None:
    member = shop.know_member(phone="0722123456", points=600)
    shop.give_lease(member.account_id, 600)
    shop.checkout.enter("0722123456")
    shop.checkout.enter("102")
    shop.checkout.claim("reward-5")
    sale = shop.sell()

    (job,) = jobs_of_sale(shop.store.reader(), sale.sale_id)
    receipt = msgspec.json.decode(job.body, type=Receipt)
    assert receipt.rewards == (("Reward 5", 500),)
    assert receipt.lines[0].discounts == ()
    assert receipt.member is not None
    (points,) = receipt.member.points
    assert (points.before, points.earned, points.spent, points.after, points.usable_now) == (
        600,
        7,
        500,
        107,
        100,
    )


def test_the_receipt_shows_the_tax_in_what_was_paid(shop: Shop) -> None:
    from decimal import Decimal

    from agent.domain.basket import Tax
    from agent.store.catalog import put_item
    from sync.wire.feed import ItemRow

    taxes = (Tax("A", Decimal("0.11")),)
    with shop.store.unit_of_work() as db:
        put_item(db, ItemRow(item_code="8", name="Jam", price=Decimal(1110), taxes=taxes))
    sale = shop.sell("8")

    (job,) = jobs_of_sale(shop.store.reader(), sale.sale_id)
    assert msgspec.json.decode(job.body, type=Receipt).taxes == (ReceiptTax("A", Decimal("0.11"), 110),)


def test_a_commit_that_failed_is_looked_up_before_anything_is_said(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """COMMIT worked and its answer got lost: the sale is there, so it is finished, once."""
    shop.checkout.enter("102")
    shop.checkout.tender("cash")
    committed = shop.store.unit_of_work

    def loses_the_answer():  # type: ignore[no-untyped-def]
        import contextlib

        @contextlib.contextmanager
        def unit():  # type: ignore[no-untyped-def]
            with committed() as db:
                yield db
            raise CommitUnknown("disk I/O error")

        return unit()

    monkeypatch.setattr(shop.store, "unit_of_work", loses_the_answer)
    finished = shop.checkout.finish()
    monkeypatch.undo()

    assert finished.receipt_number == "2-0001"
    assert read_sale(shop.store.reader(), finished.sale_id) is not None
    assert count_sales(shop.store.reader()) == 1


def test_on_a_full_disk_nothing_is_said_to_be_saved_and_finish_can_be_pressed_again(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", _SELL_ON_A_FULL_DISK, str(tmp_path)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        cwd=ROOT,
        env={**os.environ, "PYTHONWARNINGS": "error"},
    )

    assert done.stdout.splitlines() == ["not_saved tender", "2-0001", "1 sale, 1 receipt"], done.stderr


def test_finish_pressed_twice_is_one_sale(shop: Shop) -> None:
    shop.checkout.enter("102")
    shop.checkout.tender("cash")
    sale = shop.checkout._sale
    shop.checkout.finish()

    shop.checkout._sale = sale
    again = shop.checkout.finish()

    assert again.receipt_number == "2-0001"
    assert [one.sale_id for one in shop.sales()] == [again.sale_id]


def test_nothing_is_sold_before_the_store_is_known(tmp_path: Path) -> None:
    from tests.service.shop import Shop as AnyShop

    opened = AnyShop(tmp_path)
    with opened.store.unit_of_work() as db:
        db.execute("delete from store_setting")
    with pytest.raises(LoyaltyError, match="does not know its store"):
        opened.checkout.enter("102")
    opened.close()


_SELL_ON_A_FULL_DISK = """
import resource, signal, sys
from pathlib import Path
from agent.domain.errors import LoyaltyError
from agent.store.sales import count_sales
from tests.service.shop import Shop

signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
shop = Shop(Path(sys.argv[1]))
shop.checkout.enter("102")
shop.checkout.tender("cash")
shop.store.checkpoint()
soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
resource.setrlimit(resource.RLIMIT_FSIZE, (shop.store.wal_bytes() + 100, hard))
try:
    shop.checkout.finish()
except LoyaltyError as error:
    print(error.code, shop.checkout.state().phase)
resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
print(shop.checkout.finish().receipt_number)
jobs = shop.store.reader().execute("select count(*) from print_job").fetchone()[0]
print(f"{count_sales(shop.store.reader())} sale, {jobs} receipt")
shop.close()
"""
