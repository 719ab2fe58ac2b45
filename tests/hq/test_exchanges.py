"""An exchange at HQ: what its return pays out is what its sale is paid with, or a person looks at it."""

from __future__ import annotations

import uuid

import pytest

from hq.ingest.models import ConsoleSale, Quarantine
from hq.ingest.retry import try_again
from sync.wire.entries import Tender
from tests import builders
from tests.hq.at_console import page
from tests.hq.books import available, quarantined, require_sound_books
from tests.hq.brought_back import EARLY, Sold, ioana


@pytest.fixture(autouse=True)
def _sound_books(hq):
    yield
    require_sound_books()


def codes():
    return [code for _seq, code, _state in quarantined()]


def goods_back(lane, sale_id):
    """The return of a pan of 80.00 in the visit of that sale."""
    sold = Sold(lane, builders.a_line("pan", 80_00, discountable=False))
    sold.comes_back(tenders=(Tender("exchange", 80_00),), exchange_sale_id=sale_id)
    return sold


def bought(lane, sale_id, *tenders):
    return lane.sell(
        builders.a_line("pot", 100_00, discountable=False),
        member=ioana(),
        sale_id=sale_id,
        tenders=tuple(tenders),
    )


def test_an_exchange_whose_return_and_sale_agree_is_posted(lane):
    new = uuid.uuid4()
    goods_back(lane, new)
    sale = bought(lane, new, Tender("exchange", 80_00), Tender("cash", 20_00))
    lane.sync()

    assert codes() == []
    assert available(ioana().account_id) == EARLY + sale.earned[0].points


def test_goods_worth_more_than_the_new_ones_pay_out_the_rest(lane):
    new = uuid.uuid4()
    goods_back(lane, new)
    lane.sell(
        builders.a_line("pot", 30_00, discountable=False),
        sale_id=new,
        tenders=(Tender("exchange", 80_00),),
        change_minor=50_00,
    )
    lane.sync()

    assert codes() == []


@pytest.mark.parametrize(
    ("paid", "said"),
    [(90_00, "Goods that came back pay 9000 of the sale"), (60_00, "is worth 8000")],
)
def test_a_sale_that_says_another_amount_than_its_return_waits_for_a_person(lane, paid, said):
    new = uuid.uuid4()
    goods_back(lane, new)
    bought(lane, new, Tender("exchange", paid), Tender("cash", 100_00 - paid))
    lane.sync()

    assert codes() == ["exchange_differs"]
    assert said in Quarantine.objects.get().detail
    assert ConsoleSale.objects.get(pk=new).state == "quarantined"
    assert available(ioana().account_id) == EARLY, "its points wait with it"


def test_a_sale_that_leaves_out_what_came_back_waits_for_a_person(lane):
    new = uuid.uuid4()
    goods_back(lane, new)
    bought(lane, new, Tender("cash", 100_00))
    lane.sync()

    assert codes() == ["exchange_differs"]


def test_goods_that_came_back_nowhere_pay_for_nothing(lane):
    bought(lane, uuid.uuid4(), Tender("exchange", 80_00), Tender("cash", 20_00))
    lane.sync()

    assert codes() == ["exchange_differs"]
    assert "no return of its visit" in Quarantine.objects.get().detail


def test_one_return_pays_one_sale(lane):
    new, second = uuid.uuid4(), uuid.uuid4()
    goods_back(lane, new)
    bought(lane, new, Tender("exchange", 80_00), Tender("cash", 20_00))
    bought(lane, second, Tender("exchange", 80_00), Tender("cash", 20_00))
    lane.sync()

    assert codes() == ["exchange_differs"]
    assert ConsoleSale.objects.get(pk=second).state == "quarantined"


def test_a_return_that_pays_into_no_sale_waits_for_a_person(lane):
    goods_back(lane, uuid.uuid4())
    lane.sell(builders.a_line("bread", 10_00))
    lane.sync()

    assert codes() == ["exchange_differs"]


@pytest.mark.parametrize(
    "changed",
    [
        {"tenders": (Tender("exchange", 80_00),)},
        {"tenders": (Tender("cash", 80_00),), "exchange_sale_id": builders.an_id(5)},
    ],
)
def test_a_return_that_is_half_an_exchange_waits_for_a_person(lane, changed):
    Sold(lane, builders.a_line("pan", 80_00, discountable=False)).comes_back(**changed)
    lane.sync()

    assert codes() == ["exchange_differs"]


def test_an_exchange_that_arrives_in_two_pushes_is_posted(lane):
    new = uuid.uuid4()
    goods_back(lane, new)
    lane.sync()
    bought(lane, new, Tender("exchange", 80_00), Tender("cash", 20_00))
    lane.sync()

    assert codes() == []


def test_goods_of_no_worth_are_exchanged_too(lane):
    new = uuid.uuid4()
    free = Sold(lane, builders.a_line("sample", 0))
    free.comes_back(exchange_sale_id=new)
    bought(lane, new, Tender("cash", 100_00))
    lane.sync()

    assert codes() == []


def test_the_console_says_in_words_why_an_exchange_waits(console, lane):
    bought(lane, uuid.uuid4(), Tender("exchange", 80_00), Tender("cash", 20_00))
    lane.sync()

    assert "An exchange whose return and sale do not agree" in page(
        console, "/console/ingest/consolequarantine/"
    )
    waiting = Quarantine.objects.get()
    assert try_again(waiting, builders.NOW_MS).code == "exchange_differs", "what is wrong stays wrong"
