"""What HQ says of a gift card that another store sold, and to whom: one account, whatever a store calls it."""

from __future__ import annotations

import msgspec
import pytest

from agent.domain.gift_cards import card_account
from hq import clock
from hq.devices.enrolment import new_code
from hq.devices.models import Store
from hq.members import aliases
from hq.shop_loading import load_shop
from sync.outcomes import HqRefused
from sync.wire.feed import AliasRow, BalanceRow
from sync.wire.messages import Lookup, Want
from tests import builders
from tests.hq.books import available, quarantined, require_sound_books
from tests.hq.lane import Lane
from tests.hq.shop import shop, write_shop
from tests.hq.test_gift_cards import MONEY, a_load, lent, pays_with_card, sells_card

NUMBER = "6300123456784417"


@pytest.fixture(autouse=True)
def _sound_books(hq):
    yield
    require_sound_books()


def loaded(tmp_path, **store):
    content = shop()
    content["store"] |= {"gift_cards": True, **store}
    content["members"] = content["members"] if "store_id" not in store else []
    load_shop(write_shop(tmp_path, content), builders.NOW_MS)


@pytest.fixture
def second(hq, tmp_path, lane):
    """A register of another store that takes cards."""
    loaded(tmp_path)
    loaded(tmp_path, store_id="second", name="Strada Lungă")
    with Lane.enrolled(hq, new_code(Store.objects.get(pk="second"), clock.now_ms())) as made:
        made.sync()
        yield made


def name_of(lane):
    """What the lane's store calls the card."""
    return card_account(lane.store_key, NUMBER)


def asks(lane, number=NUMBER):
    found = lane.client.lookup(Lookup(kind="gift_card", value=number), 5.0).gift_card
    return None if found is msgspec.UNSET else found


def sold(lane):
    sells_card(lane, a_load(card=name_of(lane)))
    lane.sync()


def test_another_store_hears_what_is_on_the_card_and_whose_it_is(lane, second):
    sold(lane)
    second.pull()

    found = asks(second, "6300 1234 5678 4417")

    assert (found.account_id, found.unit, found.balance) == (name_of(lane), MONEY, 50_00)
    told = second.pull()
    assert AliasRow(name_of(second), name_of(lane)) in told
    assert [row.balance for row in told if isinstance(row, BalanceRow)] == [50_00]
    assert asks(second).account_id == name_of(lane), "asked twice it is the same"


def test_the_other_store_may_borrow_it_only_once_it_was_shown_there(lane, second):
    sold(lane)
    assert second.push(wants=[Want(name_of(lane), MONEY, 10_00)]).grants == ()

    asks(second)
    grant = lent(second, 10_00, name_of(lane))
    pays_with_card(second, grant, 10_00)
    second.sync()

    assert available(name_of(lane), MONEY) == 40_00
    assert quarantined() == []
    assert [row.balance for row in lane.pull() if isinstance(row, BalanceRow)][-1] == 40_00


def test_what_one_store_holds_the_other_is_not_lent(lane, second):
    sold(lane)
    asks(second)
    lent(second, 40_00, name_of(lane))

    assert lane.push(wants=[Want(name_of(lane), MONEY, 11_00)]).grants == ()
    assert lent(lane, 10_00, name_of(lane)).amount == 10_00
    assert available(name_of(lane), MONEY) == 0


def test_a_register_that_had_not_heard_puts_value_onto_the_same_card(lane, second):
    sold(lane)
    asks(second)
    sells_card(second, a_load(card=name_of(second)))
    second.sync()

    assert (available(name_of(lane), MONEY), available(name_of(second), MONEY)) == (100_00, 0)
    assert quarantined() == []


def test_a_card_that_both_stores_sold_stays_two(lane, second):
    sold(lane)
    sold(second)
    pays_with_card(second, lent(second, 20_00, name_of(second)), 20_00)
    second.sync()

    assert (asks(second).account_id, asks(second).balance) == (name_of(second), 30_00)
    assert (asks(lane).account_id, asks(lane).balance) == (name_of(lane), 50_00)
    assert aliases.owner_of(name_of(second)) == name_of(second)


@pytest.mark.parametrize(
    "store", [{"gift_cards": False}, {"currency": "EUR"}], ids=["takes no cards", "another currency"]
)
def test_a_store_that_cannot_take_it_hears_nothing(hq, lane, tmp_path, store):
    loaded(tmp_path)
    loaded(tmp_path, store_id="third", **store)
    sold(lane)
    with Lane.enrolled(hq, new_code(Store.objects.get(pk="third"), clock.now_ms())) as third:
        assert asks(third) is None


def test_nobody_knows_a_number_that_was_never_sold(second):
    assert asks(second) is None


def test_what_is_no_number_is_a_clear_answer(second):
    with pytest.raises(HqRefused) as refused:
        asks(second, "12")
    assert refused.value.problem.code == "bad_identifier"
