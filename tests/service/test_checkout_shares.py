"""Programs with a total: a register gives what HQ has shared out to it, and then refuses, online or not."""

from __future__ import annotations

import uuid

import msgspec
import pytest

from agent.domain.errors import LoyaltyError
from agent.domain.explain import explain
from agent.domain.quote import Refusal
from agent.service.checkout import Checkout
from agent.service.feed import apply_page
from agent.service.program_sets import ActivePrograms
from agent.store.returns import ReturnRow, add_return
from sync.wire import feed
from sync.wire.entries import SaleEntry
from sync.wire.messages import FeedRow, Pulled
from tests import builders
from tests.service.shop import ELENA, Shop

BREAD, CHEAPER = 12_90, 11_61


def share(shop: Shop, uses: int = 0, budget_minor: int = 0) -> None:
    """What HQ has shared out to this register."""
    row = feed.ShareRow(program_id="ten-off", uses=uses, budget_minor=budget_minor)
    body = msgspec.Raw(msgspec.msgpack.encode(row))
    page = Pulled(rows=(FeedRow(commit=1, kind="share", key="ten-off", body=body),), next_cursor="1")
    apply_page(shop.store, page, shop.chain_id)


def ten_off(**limits: int) -> builders.JsonObject:
    return builders.percent_off("ten-off", "0.1", limits=limits)


def void(shop: Shop, sale: SaleEntry) -> None:
    """What a void leaves in the tables."""
    row = ReturnRow(
        return_id=uuid.uuid4(),
        kind=3,
        sale_id=sale.sale_id,
        chain_id=shop.chain_id,
        seq=99,
        receipt_number="2-0099",
        business_date=builders.TODAY,
        at_ms=shop.clock.now_ms(),
        operator_id="7",
        account_id=None,
        refund_minor=sale.total_minor,
        reason="mistake",
    )
    with shop.store.unit_of_work() as db:
        add_return(db, row, {})


def test_a_share_of_uses_is_given_and_no_more(shop: Shop) -> None:
    shop.publish(ten_off(total_uses=100))
    share(shop, uses=2)

    assert [shop.sell("102").total_minor for _ in range(3)] == [CHEAPER, CHEAPER, BREAD]


def test_a_share_of_a_budget_is_given_and_no_more(shop: Shop) -> None:
    shop.publish(ten_off(budget_minor=100_00))
    share(shop, budget_minor=3_00)

    assert [shop.sell("102").total_minor for _ in range(3)] == [CHEAPER, CHEAPER, BREAD]
    programs = ActivePrograms(shop.store).now(builders.CURRENCY)
    told = explain(shop.last_sale().quote_input, programs, "ten-off")
    assert told == Refusal("budget_too_small", gap_minor=87)


def test_more_comes_with_the_feed_and_what_was_used_stays_used(shop: Shop) -> None:
    shop.publish(ten_off(total_uses=100))
    share(shop, uses=1)
    shop.sell("102")

    share(shop, uses=2)

    assert [shop.sell("102").total_minor for _ in range(2)] == [CHEAPER, BREAD]


def test_a_voided_sale_gives_its_part_back(shop: Shop) -> None:
    shop.publish(ten_off(total_uses=100, budget_minor=100_00))
    share(shop, uses=1, budget_minor=1_29)
    void(shop, shop.sell("102"))

    assert [shop.sell("102").total_minor for _ in range(2)] == [CHEAPER, BREAD]


def test_the_sale_says_with_which_share_it_was_priced(shop: Shop) -> None:
    shop.publish(ten_off(total_uses=100), builders.percent_off("dairy", "0.1", {"items": ["100"]}))
    share(shop, uses=2)
    shop.sell("102")

    shares = shop.sell("102").quote_input.shares

    assert isinstance(shares, dict)
    assert {program_id: one.uses for program_id, one in shares.items()} == {"ten-off": 1}


def test_the_last_one_is_given_to_one_basket_of_two(shop: Shop) -> None:
    shop.publish(ten_off(total_uses=100))
    share(shop, uses=1)
    slow = Checkout(shop.lane, ELENA)
    assert slow.enter("102").total_minor == CHEAPER
    assert shop.sell("102").total_minor == CHEAPER

    slow.tender("cash")
    with pytest.raises(LoyaltyError) as refused:
        slow.finish()

    assert refused.value.code == "share_is_gone"
    state = slow.state()
    assert (state.total_minor, state.tenders) == (BREAD, ())
    slow.tender("cash")
    assert slow.finish().total_minor == BREAD
