"""Loading a shop: all of it or nothing, and a second time only what changed."""

from __future__ import annotations

import msgspec
import pytest

from agent.domain.errors import LoyaltyError
from hq.devices.models import Store
from hq.feed.models import FeedRow, HqState
from hq.members.models import Member
from hq.shop_loading import load_shop
from sync.wire.feed import ItemRow, MemberRow, TypedAmountRow
from tests import builders
from tests.hq.books import available, require_sound_books
from tests.hq.shop import IOANA, IOANA_PHONE, shop, write_shop

NOW = builders.NOW_MS
ANY_CARD = {"item_code": "960", "name": "Gift card", "price": "0", "gift_card": True}


def test_loading_again_changes_nothing(lane, tmp_path):
    lane.pull()
    key = bytes(Store.objects.get().store_key)

    load_shop(write_shop(tmp_path), NOW + 1)

    assert lane.pull() == []
    assert bytes(Store.objects.get().store_key) == key
    assert available(IOANA) == 2340
    require_sound_books()


def test_loading_again_sends_what_changed(lane, tmp_path):
    lane.pull()
    content = shop()
    content["items"][0]["price"] = "899"

    load_shop(write_shop(tmp_path, content), NOW)

    (row,) = lane.pull()
    assert isinstance(row, ItemRow)
    assert (row.item_code, str(row.price)) == ("1001", "899")


def test_between_which_amounts_a_card_is_sold_comes_to_the_registers_and_goes_again(lane, tmp_path):
    lane.pull()
    content = shop()
    content["items"].append({**ANY_CARD, "typed_amount": {"lowest_minor": 1000, "highest_minor": 50000}})
    load_shop(write_shop(tmp_path, content), NOW)
    assert TypedAmountRow(item_code="960", lowest_minor=1000, highest_minor=50000) in lane.pull()

    content["items"][-1] = {**ANY_CARD, "price": "5000"}
    load_shop(write_shop(tmp_path, content), NOW)

    assert TypedAmountRow(item_code="960") in lane.pull()


def test_members_come_with_what_identifies_them(lane):
    told = {row.member_id: row for row in lane.pull() if isinstance(row, MemberRow)}

    assert sorted(ref.kind for ref in told[IOANA].identifiers) == ["card", "phone"]


@pytest.mark.parametrize(
    ("change", "where"),
    [
        (lambda s: s.update(stroe={}), "stroe"),
        (lambda s: s["items"][1].update(prise="5"), "items[1].prise"),
        (lambda s: s["items"][1].update(price="cheap"), "items[1].price"),
        (lambda s: s["items"][1].update(price="1E+400000000"), "items[1].price"),
        (lambda s: s["members"][0].update(member_id="7"), "members[0].member_id"),
        (lambda s: s["members"][1].update(phone="12"), "phone"),
        (lambda s: s["members"][1].update(phone=IOANA_PHONE), "members[1].phone` is also that of members[0]"),
        (lambda s: s["items"][1].update(item_code="1001"), "items[1].item_code` is also that of items[0]"),
        (lambda s: s["store"].pop("zone"), "store.zone"),
        (lambda s: s["store"].update(zone="Mars/Olympus"), "store.zone"),
        (lambda s: s["items"].append({"item_code": "9", "name": "x" * 70_000, "price": "1"}), "items[2]"),
        (
            lambda s: s["items"][1].update(typed_amount={"lowest_minor": 1, "highest_minor": 5}),
            "gift cards alone",
        ),
        (
            lambda s: s["items"].append(
                {**ANY_CARD, "typed_amount": {"lowest_minor": 0, "highest_minor": 5}}
            ),
            "items[2]",
        ),
        (lambda s: s["members"][0].update(balances={"points:points": -5}), "members[0].balances"),
    ],
)
def test_a_mistake_in_the_file_is_named_and_nothing_is_loaded(hq, tmp_path, change, where):
    content = shop()
    content["store"]["name"] = "Another name"
    change(content)
    before = HqState.objects.get().commit_number

    with pytest.raises(LoyaltyError) as refused:
        load_shop(write_shop(tmp_path, content), NOW)

    assert where in refused.value.title
    assert Store.objects.get().name == "Piața Mare"
    assert HqState.objects.get().commit_number == before


def test_a_broken_program_set_stops_the_whole_load(hq, tmp_path):
    path = write_shop(tmp_path)
    (tmp_path / "program_set.json").write_bytes(b'{"format": 1}')
    rows = FeedRow.objects.count()

    with pytest.raises(LoyaltyError) as refused:
        load_shop(path, NOW)

    assert "program set" in refused.value.title
    assert FeedRow.objects.count() == rows


def test_a_file_that_is_not_there_is_said_so(hq, tmp_path):
    with pytest.raises(LoyaltyError) as refused:
        load_shop(tmp_path / "nothing.json", NOW)

    assert "cannot be read" in refused.value.title


def test_a_file_that_is_no_json_is_said_so(hq, tmp_path):
    path = tmp_path / "shop.json"
    path.write_bytes(b"\xff\xfe")

    with pytest.raises(LoyaltyError) as refused:
        load_shop(path, NOW)

    assert "shop file" in refused.value.title


def test_a_shop_without_members_or_programs_is_a_shop(hq, tmp_path):
    content = {"format": 1, "store": {**shop()["store"], "store_id": "bare"}}
    path = tmp_path / "bare.json"
    path.write_bytes(msgspec.json.encode(content))

    assert load_shop(path, NOW).members == 0
    assert Member.objects.count() == 2


def test_a_phone_that_belongs_to_another_member_is_refused(hq, tmp_path):
    content = shop()
    content["members"] = [{"member_id": str(builders.an_id(9)), "phone": IOANA_PHONE}]

    with pytest.raises(LoyaltyError) as refused:
        load_shop(write_shop(tmp_path, content), NOW)

    assert "belongs to member" in refused.value.title
    assert Member.objects.count() == 2
