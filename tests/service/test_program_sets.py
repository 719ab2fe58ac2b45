"""A new program set counts when it is whole; a broken one changes nothing and says why."""

from __future__ import annotations

import hashlib

import pytest

from agent.domain.errors import LoyaltyError
from agent.service.program_sets import ActivePrograms, install_program_set
from agent.service.register_status import register_status
from agent.store.program_sets import active_hash
from tests import builders
from tests.service.shop import Shop


def digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def install(shop: Shop, data: bytes, sha256: str = "", version: int = 2) -> None:
    install_program_set(shop.store, data, sha256 or digest(data), version, shop.clock.now_ms())


def test_a_new_set_is_in_force_for_the_next_basket(shop: Shop) -> None:
    shop.publish(builders.percent_off("all", "0.5"), version=2)

    assert shop.checkout.enter("100").saved_minor == 425


BROKEN = {
    "misspelt": (
        builders.program_set_bytes({**builders.dairy_20(), "condtions": []}),
        "programs[0].condtions",
    ),
    "torn": (builders.program_set_bytes(builders.dairy_20())[:-20], "not JSON"),
    "not text": (b"\xff\xfe\x00", "The program set"),
    "empty": (b"", "not JSON"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_set_keeps_the_last_good_one_and_names_the_place(shop: Shop, name: str) -> None:
    data, words = BROKEN[name]
    before = active_hash(shop.store.reader())

    with pytest.raises(LoyaltyError) as refused:
        install(shop, data)

    assert words in refused.value.title
    assert active_hash(shop.store.reader()) == before
    shop.know_member(phone="0722123456")
    shop.checkout.enter("0722123456")
    assert shop.checkout.enter("100").saved_minor == 170
    told = register_status(shop.lane).program_set_refusal
    assert told is not None
    assert told.title == refused.value.title


def test_bytes_that_are_not_those_announced_are_not_used(shop: Shop) -> None:
    with pytest.raises(LoyaltyError, match="did not arrive whole"):
        install(shop, builders.program_set_bytes(builders.dairy_20()), sha256="00" * 32)


def test_a_good_set_clears_the_notice_of_a_broken_one(shop: Shop) -> None:
    with pytest.raises(LoyaltyError):
        install(shop, b"{}")
    shop.publish(builders.dairy_20(), version=3)

    assert register_status(shop.lane).program_set_refusal is None


def test_only_the_set_before_is_kept(shop: Shop) -> None:
    for version in range(2, 6):
        shop.publish(builders.dairy_20(priority=version), version=version)

    assert shop.store.reader().execute("select count(*) from program_set").fetchone() == (2,)


def test_going_back_to_an_older_set_puts_it_in_force(shop: Shop) -> None:
    first = builders.program_set_bytes(builders.dairy_20())
    install(shop, first)
    shop.publish(builders.points_per_money(), version=3)

    install(shop, first, version=4)

    assert active_hash(shop.store.reader()) == digest(first)


def test_a_shop_without_programs_sells(shop: Shop) -> None:
    with shop.store.unit_of_work() as db:
        db.execute("delete from program_set")

    sale = shop.sell("100")

    assert (sale.total_minor, sale.discount_minor) == (849, 0)
    assert ActivePrograms(shop.store).now("RON").programs == ()


def test_a_set_that_was_damaged_on_the_disk_gives_way_to_the_one_before(shop: Shop) -> None:
    shop.publish(builders.percent_off("all", "0.5"), version=2)
    shop.publish(builders.percent_off("all", "0.9"), version=3)
    with shop.store.unit_of_work() as db:
        db.execute("update program_set set data = x'00' where version = 3")

    assert shop.checkout.enter("100").saved_minor == 425
