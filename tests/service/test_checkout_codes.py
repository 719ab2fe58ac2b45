"""A customer says a code: the till takes it as it is typed, shows what it gives, and takes it off again."""

from __future__ import annotations

import msgspec
import pytest

from agent.domain.errors import LoyaltyError
from agent.domain.quote import Refusal
from agent.domain.receipt import Receipt
from agent.service.views import OfferView
from agent.store.print_jobs import jobs_of_sale
from tests import builders
from tests.service.shop import Shop

PHONE = "0722123456"
HELLO = builders.percent_off("welcome", "0.1", trigger="code", code="HELLO")
OVER_20 = builders.amount_off("autumn", 5_00, over_minor=20_00, trigger="code", code="AUTUMN-26")
FOR_MEMBERS = builders.percent_off(
    "secret", "0.2", trigger="code", code="SECRET", audience={"who": "members"}
)


def offer(shop: Shop, program_id: str) -> OfferView:
    return next(one for one in shop.checkout.state().offers if one.program_id == program_id)


@pytest.fixture
def coded(shop: Shop) -> Shop:
    shop.publish(HELLO, OVER_20, FOR_MEMBERS)
    return shop


@pytest.mark.parametrize("typed", ["HELLO", "hello", " Hello "])
def test_a_code_is_taken_however_it_is_typed(coded: Shop, typed: str) -> None:
    coded.checkout.enter("102")

    assert coded.checkout.enter(typed).total_minor == 1161
    view = offer(coded, "welcome")
    assert (view.state, view.code, view.tappable) == ("applied", "HELLO", True)


def test_a_code_counts_once_however_often_it_is_said(coded: Shop) -> None:
    coded.checkout.enter("102")
    coded.checkout.enter("hello")

    assert coded.checkout.enter("HELLO").total_minor == 1161
    assert coded.sell().quote_input.codes == ("HELLO",)


def test_a_code_can_be_said_before_the_goods(coded: Shop) -> None:
    state = coded.checkout.enter("hello")
    assert [(one.code, one.state) for one in state.offers] == [("HELLO", "refused")]

    assert coded.checkout.enter("102").total_minor == 1161


def test_a_code_is_taken_off_again(coded: Shop) -> None:
    coded.checkout.enter("102")
    coded.checkout.enter("hello")

    state = coded.checkout.drop_code("HELLO")

    assert state.total_minor == 1290
    assert [one for one in state.offers if one.code] == []
    assert coded.checkout.enter("hello").total_minor == 1161


def test_a_code_that_lacks_something_says_what(coded: Shop) -> None:
    coded.checkout.enter("102")
    coded.checkout.enter("autumn-26")
    coded.checkout.enter("secret")

    missing = offer(coded, "autumn")
    assert (missing.state, missing.code, missing.tappable) == ("nearly", "AUTUMN-26", True)
    assert missing.refusal is not None and missing.refusal.gap_minor == 710
    members = offer(coded, "secret")
    assert (members.state, members.code, members.tappable) == ("refused", "SECRET", True)
    assert members.refusal is not None and members.refusal.code == "needs_member"
    # Each is shown once.
    assert [one.program_id for one in coded.checkout.state().offers].count("autumn") == 1


def test_a_code_for_members_works_once_the_member_is_there(coded: Shop) -> None:
    coded.know_member(phone=PHONE)
    coded.checkout.enter("102")
    coded.checkout.enter("secret")

    assert coded.checkout.enter(PHONE).total_minor == 1032


def test_an_item_of_the_same_name_comes_before_a_code(coded: Shop) -> None:
    coded.publish(builders.percent_off("clash", "0.5", trigger="code", code="102"), version=2)

    assert coded.checkout.enter("102").total_minor == 1290


def test_a_word_that_is_no_code_is_not_known(coded: Shop) -> None:
    coded.checkout.enter("102")

    with pytest.raises(LoyaltyError, match="HOLLA is not known here") as unknown:
        coded.checkout.enter("HOLLA")
    assert unknown.value.code == "unknown_code"
    assert coded.checkout.state().total_minor == 1290


def test_a_code_stands_in_the_journal_with_what_it_took_off(coded: Shop) -> None:
    coded.checkout.enter("102")
    coded.checkout.enter("hello")

    sale = coded.sell()

    assert sale.quote_input.codes == ("HELLO",)
    assert [(one.program_id, one.amount_minor) for one in sale.discounts] == [("welcome", 129)]


def test_a_code_said_while_paying_is_refused(coded: Shop) -> None:
    coded.checkout.enter("102")
    coded.checkout.tender("cash", 1_00)

    with pytest.raises(LoyaltyError, match="Payment has begun"):
        coded.checkout.enter("hello")


def test_the_next_sale_begins_without_the_code(coded: Shop) -> None:
    coded.checkout.enter("102")
    coded.checkout.enter("hello")
    coded.sell()

    assert coded.checkout.enter("102").total_minor == 1290


def test_the_receipt_says_why_a_code_gave_nothing(coded: Shop) -> None:
    coded.checkout.enter("hello")
    coded.checkout.enter("autumn-26")

    coded.sell("102")

    (job,) = jobs_of_sale(coded.store.reader(), coded.last_sale().sale_id)
    (unused,) = msgspec.json.decode(job.body, type=Receipt).unused
    assert (unused.title, unused.refusal) == ("Autumn", Refusal("below_minimum_spend", gap_minor=710))
