"""The till's own demo shop: plausible, ours, and loadable."""

from __future__ import annotations

import unicodedata
from decimal import Decimal
from pathlib import Path
from typing import Any

import msgspec
import pytest

from agent.bootstrap import DATABASE, SystemEntropy
from agent.domain.identifiers import normal_identifier
from agent.domain.payment_cards import holds_payment_card
from agent.domain.program_document import decode_program_set
from agent.domain.program_set import ProgramSet
from agent.key_store import STORE_KEY, KeyStore
from agent.service.checkout import Checkout
from agent.service.entry import is_phone
from agent.service.lane import Lane
from agent.service.ports import NoHq
from agent.store.database import Store
from demo.complete_journey.clock import SimulatedClock
from demo.local_shop import DEMO_SHOP, make_local_register
from sync.signing import RegisterKey
from sync.wire.entries import Operator
from sync.wire.feed import ItemRow

# Sunday 22 November 2026, 14:02 in Brașov.
AFTERNOON_MS = 1_795_348_920_000


@pytest.fixture(scope="module")
def shop() -> dict[str, Any]:
    loaded: dict[str, Any] = msgspec.json.decode(DEMO_SHOP.read_bytes())
    return loaded


@pytest.fixture(scope="module")
def items(shop: dict[str, Any]) -> list[ItemRow]:
    return [
        msgspec.convert(item, ItemRow, dec_hook=lambda _kind, value: Decimal(value)) for item in shop["items"]
    ]


@pytest.fixture(scope="module")
def programs() -> ProgramSet:
    return decode_program_set((DEMO_SHOP.parent / "program_set.json").read_bytes())


def test_the_shop_has_a_few_hundred_items_that_a_till_can_tell_apart(items: list[ItemRow]) -> None:
    codes = [item.item_code for item in items] + [code for item in items for code in item.codes]

    assert 250 <= len(items) <= 500
    assert len(codes) == len(set(codes))
    assert len({item.name for item in items}) == len(items)


def test_every_barcode_has_its_check_digit(items: list[ItemRow]) -> None:
    for code in (code for item in items for code in item.codes):
        weighted = sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(code))
        assert len(code) == 13
        assert weighted % 10 == 0, code


def test_weighed_goods_are_sold_by_the_gram_and_have_no_barcode(items: list[ItemRow]) -> None:
    weighed = [item for item in items if item.uom == "kg"]

    assert len(weighed) > 30
    assert all(item.quantity_step == Decimal("0.001") and not item.codes for item in weighed)
    assert {item.uom for item in items} == {"each", "kg"}


def test_a_card_price_is_below_the_list_price(items: list[ItemRow]) -> None:
    with_card = [item for item in items if item.card_price is not None]

    assert with_card
    assert all(item.card_price is not None and 0 < item.card_price < item.price for item in with_card)


def test_tobacco_and_deposits_take_no_discount_and_earn_nothing(items: list[ItemRow]) -> None:
    kept_out = [item for item in items if item.category[0] in ("tobacco", "deposit")]

    assert len(kept_out) >= 3
    assert not any(item.discountable or item.earns for item in kept_out)
    assert [item.name for item in items if item.deposit] == ["Bottle deposit"]


def test_prices_hold_the_vat_of_romania(items: list[ItemRow]) -> None:
    rates = {(tax.code, tax.rate, tax.included) for item in items for tax in item.taxes}

    assert rates == {("A", Decimal("0.21"), True), ("B", Decimal("0.11"), True)}


def test_each_member_is_found_by_a_number_of_their_own_that_no_real_person_has(shop: dict[str, Any]) -> None:
    members = shop["members"]
    numbers = [member[kind] for member in members for kind in ("card", "phone", "email") if kind in member]

    assert len(numbers) == len(set(numbers))
    for member in members:
        assert normal_identifier("card", member["card"], "RO") == member["card"]
        assert not holds_payment_card(member["card"])
        assert member.get("phone", "+40700000").startswith("+40700000")
        assert "phone" not in member or is_phone("0" + member["phone"][3:], "RO")
        assert member.get("email", "@example.com").endswith("@example.com")


def test_members_have_names_in_four_languages(shop: dict[str, Any]) -> None:
    names = "".join(member["name"] for member in shop["members"])

    assert 40 <= len(shop["members"]) <= 60
    assert {"ș", "ț", "ă", "â"} <= set(names)
    assert {"ı", "İ", "ş", "ğ"} <= set(names)
    assert any(unicodedata.name(letter).startswith("CJK") for letter in names)
    assert "O'Neill" in names


def test_every_program_runs_at_this_register(programs: ProgramSet) -> None:
    assert not programs.disabled
    assert len(programs.programs) == 14
    assert all({"en", "ro", "tr", "zh_Hans"} == set(program.name) for program in programs.programs)


def test_the_basket_of_the_picture_costs_what_the_picture_says(tmp_path: Path) -> None:
    make_local_register(tmp_path, name="Register 2", at_ms=AFTERNOON_MS)
    store = Store(tmp_path / DATABASE)
    clock = SimulatedClock(tmp_path / "clock")
    clock.stand_at(AFTERNOON_MS)
    store_key = KeyStore(tmp_path, "file").read(STORE_KEY)
    assert store_key
    lane = Lane(
        store=store,
        clock=clock,
        entropy=SystemEntropy(),
        signer=RegisterKey(bytes(32)),
        link=NoHq(),
        store_key=store_key,
    )
    checkout = Checkout(lane, Operator("1", "Elena P."))
    for entry in ("2*1001", "1039", "1.264*101", "1010", "2*1141", "3*1197", "3*50", "0.842*112"):
        checkout.enter(entry)
    before = checkout.state().total_minor

    state = checkout.identify("card", "2980000074417")
    store.close()

    assert [line.extended_minor for line in state.lines] == [1698, 1290, 1010, 1850, 4980, 960, 150, 1423]
    assert (state.goods_minor, before - state.total_minor) == (13361, 710)
    assert state.item_count == 11
    assert state.member is not None
    assert (state.member.display_name, state.member.points) == ("Ioana M.", 2340)
