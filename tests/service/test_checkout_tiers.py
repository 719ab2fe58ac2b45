"""The till says which tier a member has and what is missing to the next, with what this register sold them since."""

from __future__ import annotations

import datetime
from typing import Any

import msgspec
import pytest

from agent.domain.evaluate import evaluate
from agent.domain.program_document import decode_program_set
from agent.domain.quote_input import QuoteInput
from agent.domain.receipt import Receipt
from agent.domain.sale_check import check_sale
from agent.service.feed import apply_page
from agent.service.returns import ReturnDesk
from agent.service.tier_view import NextTier
from agent.store import print_jobs
from agent.store.program_sets import active_program_set
from sync.wire.feed import MemberRow, TierRow
from sync.wire.messages import FeedRow, Pulled
from tests import builders
from tests.service.shop import Shop
from tests.service.test_exchanges import goods_for_an_exchange

CARD = "2600004417"
HAM = "105"
RULES = {"levels": [{"tier": "silver", "reach": 500_00}, {"tier": "gold", "reach": 1_000_00}]}
TIERS = builders.a_program("our-tiers", "tiers", tiers=RULES)
SILVER_5 = builders.a_program(
    "silver-5",
    "promotion",
    audience={"who": "tiers", "tiers": ["silver", "gold"]},
    rewards=[{"type": "percent_off", "rate": "0.05"}],
)


@pytest.fixture
def tiered(shop: Shop) -> Shop:
    shop.publish(TIERS, SILVER_5, version=2)
    return shop


def told(shop: Shop, member: MemberRow, **facts: Any) -> None:
    """HQ's row of the member's standing comes down the feed."""
    row = TierRow(account_id=member.account_id, program_id="our-tiers", **facts)
    page = Pulled(
        rows=(FeedRow(commit=1, kind="tier", key="k", body=msgspec.Raw(msgspec.msgpack.encode(row))),),
        next_cursor="1",
        more=False,
    )
    apply_page(shop.store, page, shop.chain_id)


def way(shop: Shop) -> NextTier | None:
    member = shop.checkout.enter(CARD).member
    assert member is not None
    return member.next_tier


def last_receipt(shop: Shop) -> Receipt:
    (job,) = print_jobs.jobs_of_sale(shop.store.reader(), shop.last_sale().sale_id)
    return msgspec.json.decode(job.body, type=Receipt)


def test_the_member_panel_says_what_is_missing_to_the_next_tier(tiered: Shop) -> None:
    told(tiered, tiered.know_member(card=CARD), progress=380_00)

    assert way(tiered) == NextTier("silver", 120_00, in_points=False)


def test_a_member_whom_hq_has_not_counted_yet_is_promised_nothing(tiered: Shop) -> None:
    tiered.know_member(card=CARD)

    assert way(tiered) is None


def test_nothing_is_above_the_highest_tier(tiered: Shop) -> None:
    told(tiered, tiered.know_member(card=CARD, tier="gold"), progress=2_000_00, tier="gold")

    assert way(tiered) is None


def test_a_sale_here_counts_before_hq_has_heard_of_it_and_once_only(tiered: Shop) -> None:
    member = tiered.know_member(card=CARD)
    told(tiered, member, progress=100_00)
    tiered.checkout.enter(CARD)
    tiered.sell(HAM)

    assert way(tiered) == NextTier("silver", 300_00, in_points=False)

    tiered.checkout.forget_member()
    seq = len(tiered.entries())
    told(tiered, member, progress=200_00, includes_seq={str(tiered.chain_id): seq})
    assert way(tiered) == NextTier("silver", 300_00, in_points=False)


def test_the_receipt_says_what_is_missing_after_this_sale(tiered: Shop) -> None:
    told(tiered, tiered.know_member(card=CARD), progress=380_00)
    tiered.checkout.enter(CARD)
    tiered.sell(HAM)

    member = last_receipt(tiered).member
    assert member is not None
    assert (member.next_tier, member.missing, member.missing_points) == ("silver", 20_00, False)


def test_a_tier_s_benefit_is_that_of_past_sales_and_not_of_this_one(tiered: Shop) -> None:
    told(tiered, tiered.know_member(card=CARD), progress=499_00)
    tiered.checkout.enter(CARD)

    sale = tiered.sell(HAM)

    assert sale.discount_minor == 0
    member = last_receipt(tiered).member
    assert member is not None
    assert (member.next_tier, member.missing) == ("silver", 0)


def test_the_facts_of_a_sale_hold_the_progress_and_replay_to_the_same_quote(tiered: Shop) -> None:
    told(tiered, tiered.know_member(card=CARD, tier="silver"), progress=700_00, tier="silver")
    tiered.checkout.enter(CARD)

    sale = tiered.sell(HAM)

    quote_input: QuoteInput = sale.quote_input
    assert quote_input.member is not None
    assert quote_input.member.counters == {"tier_spend:our-tiers": 700_00}
    programs = builders.a_program_set(TIERS, SILVER_5, version=2)
    assert evaluate(quote_input, programs).discount_minor == sale.discount_minor == 5_00


def test_a_better_tier_that_comes_in_the_middle_of_a_sale_waits_for_the_next(tiered: Shop) -> None:
    """The total that was said aloud stays for as long as the basket's facts are pinned."""
    member = tiered.know_member(card=CARD)
    told(tiered, member, progress=499_00)
    tiered.checkout.enter(CARD)
    tiered.checkout.enter(HAM)
    tiered.know_member(card=CARD, tier="silver")
    told(tiered, member, progress=600_00, tier="silver", review_on=datetime.date(2027, 11, 22))

    tiered.checkout.enter(HAM)

    assert tiered.checkout.state().total_minor == 200_00
    tiered.checkout.abandon()
    tiered.checkout.enter(CARD)
    tiered.checkout.enter(HAM)
    assert tiered.checkout.state().total_minor == 95_00


def test_points_that_count_are_hq_s_figure(shop: Shop) -> None:
    rules = {"counts": "points", "points_of": "points", "levels": [{"tier": "silver", "reach": 100}]}
    shop.publish(
        builders.points_per_money(), builders.a_program("our-tiers", "tiers", tiers=rules), version=2
    )
    told(shop, shop.know_member(card=CARD), progress=60, counts="points")

    assert way(shop) == NextTier("silver", 40, in_points=True)


@pytest.fixture
def at_once(shop: Shop) -> Shop:
    """Tiers that a sale reaches for itself."""
    shop.publish(
        builders.a_program("our-tiers", "tiers", tiers={**RULES, "this_sale": True}), SILVER_5, version=2
    )
    return shop


def test_a_sale_that_reaches_a_tier_has_its_benefits_on_screen_paper_and_in_the_books(at_once: Shop) -> None:
    told(at_once, at_once.know_member(card=CARD), progress=480_00)
    at_once.checkout.enter(CARD)
    state = at_once.checkout.enter("2*" + HAM)
    goods = state.goods_minor
    assert state.member is not None
    assert state.member.tier == "silver"
    assert state.total_minor == goods - goods // 20
    assert state.member.next_tier == NextTier("gold", 520_00 - state.total_minor, in_points=False)

    sale = at_once.sell()

    assert not list(check_sale(sale, decode_program_set(active_program_set(at_once.store.reader()) or b"")))
    assert sale.quote_input.member is not None
    assert sale.quote_input.member.tier == ""
    printed = last_receipt(at_once).member
    assert printed is not None
    assert (printed.tier_name, printed.next_tier, printed.missing) == (
        "silver",
        "gold",
        520_00 - sale.total_minor,
    )


def test_a_line_taken_out_takes_the_tier_of_this_sale_with_it(at_once: Shop) -> None:
    told(at_once, at_once.know_member(card=CARD), progress=480_00)
    at_once.checkout.enter(CARD)
    line = at_once.checkout.enter("2*" + HAM).lines[0]

    state = at_once.checkout.remove_line(line.line_id)

    assert state.member is not None
    assert state.member.tier == ""


def test_goods_brought_back_in_the_same_visit_do_not_count_for_the_tier(
    at_once: Shop, desk: ReturnDesk
) -> None:
    told(at_once, at_once.know_member(card=CARD), progress=200_00)
    at_once.checkout.enter(CARD)
    sold = at_once.sell("2*" + HAM)
    goods_for_an_exchange(at_once, desk, sold, (1, 2))
    at_once.checkout.enter(CARD)
    amount = sold.total_minor

    state = at_once.checkout.enter("2*" + HAM)

    assert state.total_minor == amount == 200_00
    at_once.checkout.begin_tender()
    at_once.checkout.finish()
    sale_input = at_once.last_sale().quote_input
    assert sale_input.member is not None
    assert sale_input.member.counters["tier_spend:our-tiers"] == 200_00
