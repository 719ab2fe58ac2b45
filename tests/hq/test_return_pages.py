"""Returns and voids in the console: who took back what, when and why."""

from __future__ import annotations

import msgspec
import pytest

from agent.domain.errors import LoyaltyError
from hq.ingest.models import ConsoleReturn
from hq.shop_file import read_shop
from sync.wire.entries import Tender
from tests import builders
from tests.hq.at_console import page
from tests.hq.books import require_sound_books
from tests.hq.brought_back import Sold, ioana, one
from tests.hq.lane import OPERATOR

POINTS = builders.POINTS


@pytest.fixture(autouse=True)
def _sound_books(hq):
    yield
    require_sound_books()


def test_the_console_lists_returns_and_shows_each_with_its_sale(console, lane):
    sold = Sold(lane, builders.a_line("pan", 80_00, name="Frying pan"), builders.milk(), member=ioana())
    sold.comes_back(one(1))
    lane.sync()

    text = page(console, "/console/ingest/consolereturn/")
    assert "Faulty" in text
    assert "80.00 RON" in text
    (return_id,) = ConsoleReturn.objects.values_list("return_id", flat=True)
    text = page(console, f"/console/ingest/consolereturn/{return_id}/change/")
    assert "Frying pan" in text
    assert sold.sale.receipt_number in text
    assert "Ioana" in text
    text = page(console, f"/console/ingest/consolesale/{sold.sale.sale_id}/change/")
    assert "Came back" in text
    assert str(return_id) in text


def test_a_void_is_shown_with_who_and_why(console, lane):
    sold = Sold(lane, builders.a_line("pan", 80_00))
    sold.is_voided()
    lane.sync()

    text = page(console, "/console/ingest/consolereturn/")
    assert "Rung up by mistake" in text
    assert OPERATOR.name in text


def test_a_return_that_waits_leads_to_quarantine(console, lane):
    sold = Sold(lane, builders.a_line("pan", 80_00))
    sold.comes_back(goods_minor=1, refund_minor=1, tenders=(Tender("cash", 1),))
    lane.sync()

    (done,) = ConsoleReturn.objects.all()
    text = page(console, f"/console/ingest/consolereturn/{done.pk}/change/")
    assert "HQ calculates another refund" in text
    assert "/consolequarantine/" in text


def test_a_store_says_in_its_shop_file_how_goods_come_back(tmp_path):
    shop = tmp_path / "shop.json"
    document = {
        "format": 1,
        "store": {
            "store_id": "cluj-1",
            "name": "Cluj",
            "country": "RO",
            "zone": "Europe/Bucharest",
            "currency": "RON",
            "currency_exponent": 2,
            "returns": {"days": 14, "broken_offers": "ask"},
        },
    }
    shop.write_bytes(msgspec.json.encode(document))
    assert read_shop(shop).store.returns.days == 14

    document["store"]["returns"]["broken_ofers"] = "keep"
    shop.write_bytes(msgspec.json.encode(document))
    with pytest.raises(LoyaltyError, match=r"store\.returns\.broken_ofers"):
        read_shop(shop)
