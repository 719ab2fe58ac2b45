"""Settling a sale: what is paid, what is posted, and what HQ checks."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.domain.errors import LoyaltyError
from agent.domain.evaluate import evaluate
from agent.domain.ledger import Posting
from agent.domain.program_set import ProgramSet
from agent.domain.quote_input import QuoteInput
from agent.domain.sale import GrantSpend, HeldGrant, SettledSale, settle_sale
from agent.domain.sale_check import check_figures, check_sale
from agent.domain.tendering import Payment, pay
from tests.builders import (
    ACCOUNT,
    CHAIN,
    POINTS,
    STORE,
    a_basket,
    a_coupon_claim,
    a_line,
    a_member,
    a_program_set,
    a_quote_input,
    an_id,
    milk,
)
from tests.domain.strategies import sales


@dataclass(frozen=True)
class Tender:
    kind: str
    amount_minor: int


@dataclass(frozen=True)
class ToldSale:
    """A sale as a journal entry tells it."""

    quote_input: QuoteInput
    settled: SettledSale
    tenders: tuple[Tender, ...]
    store_id: str = STORE
    register_id: str = "brasov-1-r1"
    role: str = "till"

    def __getattr__(self, name: str) -> Any:
        return getattr(self.settled, name)


def settle(
    quote_input: QuoteInput, program_set: ProgramSet, *tenders: Tender, grants: tuple[HeldGrant, ...] = ()
) -> ToldSale:
    quote = evaluate(quote_input, program_set)
    tenders = tenders or (Tender("cash", quote.total_minor),)
    settled = settle_sale(
        quote_input,
        quote,
        tenders=[(each.kind, each.amount_minor) for each in tenders],
        chain_id=CHAIN,
        grants=grants,
        coupon_ids=[an_id(500 + number) for number in range(len(quote.coupons_issued))],
    )
    return ToldSale(quote_input, settled, tenders)


def points_grant(number: int, amount: int) -> HeldGrant:
    return HeldGrant(an_id(number), ACCOUNT, POINTS, amount)


PROGRAM_SET = a_program_set()
BIG_BASKET = a_basket(milk(60_00, quantity=2), a_line("bread", 150_00, quantity=3))
EVERYTHING = a_quote_input(
    BIG_BASKET, PROGRAM_SET, member=a_member(900), claims=["reward-5"], coupons=[a_coupon_claim()]
)
GRANTS = (
    points_grant(21, 200),
    points_grant(22, 700),
    HeldGrant(an_id(23), an_id(77), f"coupon:{an_id(77)}", 1),
)


def the_whole_sale() -> ToldSale:
    return settle(EVERYTHING, PROGRAM_SET, Tender("cash", 200_00), grants=GRANTS)


def test_cash_gives_change_and_a_card_does_not() -> None:
    assert pay(8_30, [("cash", 10_00)]) == Payment(left_minor=0, change_minor=1_70, excess_minor=0)
    assert pay(8_30, [("card", 8_00)]) == Payment(left_minor=30, change_minor=0, excess_minor=0)
    with pytest.raises(LoyaltyError):
        pay(8_30, [("card", 8_31)])


def test_a_manufacturers_coupon_may_be_worth_more_than_the_total_and_gives_no_change() -> None:
    assert pay(1_00, [("manufacturer_coupon", 1_50)]) == Payment(0, 0, 50)
    assert pay(1_00, [("manufacturer_coupon", 1_50), ("cash", 20)]) == Payment(0, 20, 50)


def test_a_tender_below_zero_is_refused() -> None:
    with pytest.raises(LoyaltyError):
        pay(1_00, [("cash", -1)])


tenders = st.lists(
    st.tuples(st.sampled_from(["cash", "card", "manufacturer_coupon"]), st.integers(0, 50_00)), max_size=6
)


@given(total=st.integers(0, 100_00), told=tenders)
def test_no_money_appears_or_is_lost_at_the_drawer(total: int, told: list[tuple[str, int]]) -> None:
    try:
        payment = pay(total, told)
    except LoyaltyError:
        assert sum(amount for kind, amount in told if kind == "card") > total
        return

    assert (
        total - payment.left_minor
        == sum(amount for _, amount in told) - payment.change_minor - payment.excess_minor
    )
    assert payment.change_minor <= sum(amount for kind, amount in told if kind == "cash")
    assert payment == pay(total, told[::-1])


def test_an_unpaid_sale_is_not_settled() -> None:
    with pytest.raises(LoyaltyError) as caught:
        settle(EVERYTHING, PROGRAM_SET, Tender("cash", 1), grants=GRANTS)

    assert caught.value.code == "not_paid"


def test_a_sale_posts_what_it_earns_spends_redeems_and_issues() -> None:
    sale = the_whole_sale()

    lease, coupon, issued = f"lease:{CHAIN}", an_id(77), an_id(500)
    assert sale.postings == (
        Posting(ACCOUNT, POINTS, "issued:brasov-1", -sale.earned[0].points),
        Posting(ACCOUNT, POINTS, "pending", sale.earned[0].points),
        Posting(ACCOUNT, POINTS, lease, -500),
        Posting(ACCOUNT, POINTS, "redeemed:brasov-1", 500),
        Posting(coupon, f"coupon:{coupon}", lease, -1),
        Posting(coupon, f"coupon:{coupon}", "redeemed:brasov-1", 1),
        Posting(issued, f"coupon:{issued}", "issued:brasov-1", -1),
        Posting(issued, f"coupon:{issued}", lease, 1),
    )


def test_points_are_spent_from_the_grants_in_their_order() -> None:
    assert the_whole_sale().lease_spends == (
        GrantSpend(an_id(21), ACCOUNT, POINTS, 200),
        GrantSpend(an_id(22), ACCOUNT, POINTS, 300),
    )


def test_a_coupon_is_redeemed_from_its_own_grant() -> None:
    sale = the_whole_sale()

    assert [(use.coupon_id, use.grant_id) for use in sale.coupons_redeemed] == [(an_id(77), an_id(23))]


def test_a_coupon_that_this_register_issued_itself_is_redeemed_without_a_grant() -> None:
    sale = settle(EVERYTHING, PROGRAM_SET, grants=GRANTS[:2])

    assert [use.grant_id for use in sale.coupons_redeemed] == [None]
    assert check_sale(sale, PROGRAM_SET) == ()


def test_a_reward_without_the_points_in_a_lease_is_not_settled() -> None:
    with pytest.raises(LoyaltyError) as caught:
        settle(EVERYTHING, PROGRAM_SET, grants=(points_grant(21, 499),))

    assert caught.value.code == "points_not_held"


def test_a_true_sale_is_found_true() -> None:
    assert check_sale(the_whole_sale(), PROGRAM_SET) == ()


@settings(max_examples=60, deadline=None)
@given(sales())
def test_every_sale_that_is_settled_is_found_true(sale: tuple[QuoteInput, ProgramSet]) -> None:
    told = settle(*sale, grants=(points_grant(1, 350),))

    assert check_sale(told, sale[1]) == ()
    sums: dict[str, int] = {}
    for posting in told.postings:
        sums[posting.unit] = sums.get(posting.unit, 0) + posting.amount
    assert not any(sums.values())


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"total_minor": 1_00}, "total_differs"),
        ({"goods_minor": 1_00}, "goods_differ"),
        ({"discount_minor": 0}, "discounts_do_not_add_up"),
        ({"discounts": ()}, "discounts_differ_from_replay"),
        ({"change_minor": 0}, "change_differs"),
        ({"tender_excess_minor": 7}, "excess_differs"),
        ({"earned": ()}, "earned_differs_from_replay"),
        ({"spent": ()}, "spent_differs_from_replay"),
        ({"coupons_redeemed": ()}, "coupons_redeemed_differ_from_replay"),
        ({"coupons_issued": ()}, "coupons_issued_differ_from_replay"),
    ],
)
def test_a_sale_that_was_changed_on_its_way_is_noticed(change: dict[str, Any], code: str) -> None:
    sale = the_whole_sale()
    changed = replace(sale, settled=replace(sale.settled, **change))

    assert code in [each.code for each in check_sale(changed, PROGRAM_SET)]


def test_a_sale_that_names_another_store_than_its_basket_is_noticed() -> None:
    assert [each.code for each in check_figures(replace(the_whole_sale(), store_id="cluj-1"))] == [
        "other_register"
    ]


def test_a_basket_that_no_register_could_have_priced_is_told_and_not_replayed() -> None:
    sale = the_whole_sale()
    lines = (msgspec.structs.replace(BIG_BASKET.lines[0], extended_minor=-5),)
    wild = replace(
        sale,
        quote_input=msgspec.structs.replace(
            sale.quote_input, basket=msgspec.structs.replace(BIG_BASKET, lines=lines)
        ),
    )

    (difference,) = check_sale(wild, PROGRAM_SET)
    assert difference.code == "input_not_priceable"
    assert "basket.lines[0].extended_minor" in difference.detail


def test_the_payment_of_a_host_till_is_the_hosts_business() -> None:
    context = msgspec.structs.replace(EVERYTHING.context, role="plugin")
    hosts = msgspec.structs.replace(EVERYTHING, context=context)
    sale = replace(settle(hosts, PROGRAM_SET, grants=GRANTS), role="plugin", tenders=())

    assert check_sale(sale, PROGRAM_SET) == ()
