"""Gifts and stamps at HQ: compared with the replay, kept apart from points, and shown on the sale's page."""

from __future__ import annotations

import msgspec
import pytest
from django.contrib.auth import get_user_model
from django.test import Client

from hq.ingest.models import Sale
from hq.programs import publishing
from tests import builders
from tests.hq.books import available, quarantined, require_sound_books
from tests.hq.shop import IOANA

COFFEE_CARD = "stamp:coffee-card"
PROGRAMS = (
    builders.points_per_money(audience={"who": "members"}),
    builders.a_program(
        "coffee-card",
        "stamps",
        audience={"who": "members"},
        earning=[{"type": "per_unit", "points": "1", "goods": {"items": ["coffee"]}}],
    ),
    builders.a_program(
        "milk-on-us",
        "promotion",
        conditions=[{"type": "min_spend", "amount_minor": 50_00}],
        rewards=[{"type": "gift", "item": "1001", "units": 2}],
    ),
)


@pytest.fixture
def with_gifts(lane):
    data = builders.program_set_bytes(*PROGRAMS, version=2)
    publishing.publish(publishing.upload(data, "andrei", builders.NOW_MS), "andrei", builders.NOW_MS)
    lane.program_set = builders.a_program_set(*PROGRAMS, version=2)
    yield lane
    require_sound_books()


def ioana():
    return builders.a_member(2340, member_id=IOANA, account_id=IOANA, spendable=0)


def coffee(units, each_minor=15_00):
    return builders.a_line("coffee", units * each_minor, quantity=units, category=("drinks", "coffee"))


def test_stamps_are_spendable_as_soon_as_the_sale_is_posted(with_gifts):
    with_gifts.sell(coffee(4), member=ioana(), program_set=with_gifts.program_set)

    with_gifts.sync()

    assert available(IOANA, COFFEE_CARD) == 4
    (grant,) = with_gifts.ask(IOANA, COFFEE_CARD, 3)
    assert (grant.unit, grant.amount) == (COFFEE_CARD, 3)


def test_points_of_a_sale_are_counted_without_its_stamps(with_gifts):
    with_gifts.sell(coffee(4), member=ioana(), program_set=with_gifts.program_set)

    with_gifts.sync()

    assert Sale.objects.get().points_earned == 60


def test_a_gift_that_the_sale_hides_is_a_replay_difference(with_gifts):
    sale = with_gifts.a_sale(coffee(4), program_set=with_gifts.program_set)
    assert [(gift.item_code, gift.units) for gift in sale.gifts] == [("1001", 2)]
    with_gifts.append(msgspec.structs.replace(sale, gifts=()))

    with_gifts.sync()

    assert [code for _seq, code, _state in quarantined()] == ["replay_difference"]


def test_a_sale_of_an_unknown_set_that_gave_a_gift_waits_for_a_person(with_gifts):
    unknown = builders.a_program_set(PROGRAMS[2], version=77)
    with_gifts.sell(coffee(4), program_set=unknown)

    with_gifts.sync()

    assert [code for _seq, code, _state in quarantined()] == ["unknown_program_set"]


def test_the_sales_page_names_gifts_and_stamps(with_gifts):
    with_gifts.sell(coffee(4), member=ioana(), program_set=with_gifts.program_set)
    with_gifts.sync()
    client = Client()
    client.force_login(get_user_model().objects.create_superuser("andrei", password="x" * 20))

    text = client.get(f"/console/ingest/consolesale/{Sale.objects.get().sale_id}/change/").content.decode()

    for said in ("Whole milk", "Milk on us", "free", "2 gifts handed over", "Coffee card", "4 stamps earned"):
        assert said in text, said
