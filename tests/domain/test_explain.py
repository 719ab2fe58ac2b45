"""Why: every refusal code can be met, and none is met that is not in the list."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import pytest

from agent.domain import refusal_codes
from agent.domain.explain import explain
from agent.domain.quote import Applied, Refusal
from agent.domain.quote_input import Share
from tests.builders import (
    POINTS,
    a_basket,
    a_context,
    a_coupon_claim,
    a_line,
    a_member,
    a_program,
    a_program_set,
    a_quote_input,
    amount_off,
    dairy_20,
    milk,
    next_visit,
    next_visit_10,
    percent_off,
    points_per_money,
    points_reward,
)

BASKET = a_basket(milk(10_00), a_line("bread", 10_00))
DEMO = [points_per_money(), points_reward(), next_visit(20_00), next_visit_10()]


def why(program_id: str, *programs: dict[str, Any], basket: Any = BASKET, **inputs: Any) -> Applied | Refusal:
    program_set = a_program_set(*programs)
    return explain(a_quote_input(basket, program_set, **inputs), program_set, program_id)


def test_a_discount_is_explained_by_what_it_takes_off() -> None:
    assert why("dairy-20", dairy_20()) == Applied(program_id="dairy-20", discount_minor=2_00)


def test_points_are_explained_by_what_the_sale_earns() -> None:
    assert why("points", *DEMO, member=a_member()) == Applied(
        program_id="points", unit=POINTS, points_earned=20
    )


def test_a_coupon_for_later_is_explained_too() -> None:
    assert why("next-visit", *DEMO) == Applied(program_id="next-visit", coupons_issued=1)


MIN_SPEND = [{"type": "min_spend", "amount_minor": 33_20}]
HAS_THREE = [{"type": "has_goods", "goods": {"items": ["milk"]}, "units": 3}]
SUSPECT = a_context(clock="suspect")

REFUSALS: list[tuple[Refusal, str, list[dict[str, Any]], dict[str, Any]]] = [
    (Refusal("unknown_program"), "gone", [dairy_20()], {}),
    (Refusal("needs_newer_register", at="x"), "dairy-20", [dairy_20(needs=["x"])], {}),
    (Refusal("other_currency", at="EUR"), "p", [amount_off("p", 1, currency="EUR")], {}),
    (
        Refusal("run_by_hq"),
        "hello",
        [
            points_per_money(),
            a_program("hello", "welcome", occasion={"type": "welcome", "points_of": "points", "points": 10}),
        ],
        {},
    ),
    (Refusal("other_store"), "dairy-20", [dairy_20(stores=["cluj-1"])], {}),
    (Refusal("not_yet_active", at="2027-01-01"), "dairy-20", [dairy_20(active={"from": "2027-01-01"})], {}),
    (
        Refusal("no_longer_active", at="2026-01-01"),
        "dairy-20",
        [dairy_20(active={"until": "2026-01-01"})],
        {},
    ),
    (Refusal("clock_suspect"), "dairy-20", [dairy_20(active={"from": "2026-01-01"})], {"context": SUSPECT}),
    (Refusal("needs_member"), "points", DEMO, {}),
    (
        Refusal("needs_tier", at="gold,silver"),
        "dairy-20",
        [dairy_20(audience={"who": "tiers", "tiers": ["gold", "silver"]})],
        {"member": a_member()},
    ),
    (Refusal("provisional_member"), "reward-5", DEMO, {"member": a_member(500, provisional=True)}),
    (Refusal("no_goods"), "p", [percent_off("p", "0.1", {"items": ["wine"]})], {}),
    (
        Refusal("below_minimum_spend", gap_minor=13_20),
        "p",
        [percent_off("p", "0.1", conditions=MIN_SPEND)],
        {},
    ),
    (Refusal("not_enough_units", gap_units=2), "p", [percent_off("p", "0.1", conditions=HAS_THREE)], {}),
    (Refusal("nothing_left"), "later", [percent_off("free", "1"), amount_off("later", 5)], {}),
    (Refusal("nothing_earned"), "points", [points_per_money(per_minor=50_00)], {"member": a_member()}),
    (
        Refusal("better_offer", other_program_id="big"),
        "small",
        [percent_off("small", "0.01", {"items": ["milk"]}), amount_off("big", 9_00, over_minor=20_00)],
        {},
    ),
    (Refusal("taken_off"), "dairy-20", [dairy_20()], {"removals": ["dairy-20"]}),
    (Refusal("waits_for_tap"), "reward-5", DEMO, {"member": a_member(500)}),
    (
        Refusal("not_enough_points", gap_points=100),
        "reward-5",
        DEMO,
        {"member": a_member(400), "claims": ["reward-5"]},
    ),
    (
        Refusal("points_not_held", gap_points=400),
        "reward-5",
        DEMO,
        {"member": a_member(600, spendable=100), "claims": ["reward-5"]},
    ),
    (
        Refusal("basket_too_small", gap_minor=1_00),
        "reward-5",
        [points_per_money(), points_reward(amount_minor=21_00)],
        {"member": a_member(600), "claims": ["reward-5"]},
    ),
    (Refusal("needs_coupon"), "next-visit-10", DEMO, {}),
    (
        Refusal("outside_hours", at="16:00"),
        "dairy-20",
        [dairy_20(hours=[{"days": ["sun"], "from": "16:00", "until": "18:00"}])],
        {},
    ),
    (
        Refusal("not_invited"),
        "dairy-20",
        [dairy_20(audience={"who": "segments", "segments": ["lapsed"]})],
        {"member": a_member()},
    ),
    (
        Refusal("not_offered"),
        "dairy-20",
        [dairy_20(audience={"who": "offered"})],
        {"member": a_member(offered=("another",))},
    ),
    (
        Refusal("not_birthday_week"),
        "dairy-20",
        [dairy_20(audience={"who": "members", "birthday_week": True})],
        {"member": a_member()},
    ),
    (
        Refusal("not_first_purchase"),
        "dairy-20",
        [dairy_20(audience={"who": "members", "first_purchase": True})],
        {"member": a_member()},
    ),
    (
        Refusal("used_up", at="month"),
        "dairy-20",
        [dairy_20(limits={"member_uses": 2, "member_period": "month"})],
        {"member": msgspec.structs.replace(a_member(), counters={"used:dairy-20": 2})},
    ),
    (Refusal("limit_reached"), "dairy-20", [dairy_20(limits={"total_uses": 1000})], {}),
    (
        Refusal("budget_too_small", gap_minor=50),
        "dairy-20",
        [dairy_20(limits={"budget_minor": 1_000_00})],
        {"shares": {"dairy-20": Share(budget_minor=1_50)}},
    ),
    (
        Refusal("needs_code"),
        "dairy-20",
        [dairy_20(trigger="code", code="MILK")],
        {"codes": ["CHEESE"]},
    ),
    (
        Refusal("coupon_held_elsewhere"),
        "next-visit-10",
        DEMO,
        {"coupons": [a_coupon_claim(held=False)]},
    ),
]


@pytest.mark.parametrize(
    ("refusal", "program_id", "programs", "inputs"), REFUSALS, ids=lambda value: getattr(value, "code", "")
)
def test_a_program_that_gives_nothing_says_why(
    refusal: Refusal, program_id: str, programs: list[dict[str, Any]], inputs: dict[str, Any]
) -> None:
    assert why(program_id, *programs, **inputs) == refusal


def test_every_code_of_the_list_is_met_by_a_test() -> None:
    told = {each[0].code for each in REFUSALS}
    # These belong to one coupon or one claim of a sale, not to a program: test_coupons and the test below.
    by_coupon = {"no_coupon_program", "coupon_not_yet_valid", "coupon_expired", "one_coupon_per_sale"}

    assert told | by_coupon | {"nothing_to_claim"} == set(refusal_codes.MEANINGS)


def test_a_claim_of_an_automatic_offer_is_refused_and_the_offer_applies() -> None:
    from tests.builders import a_quote

    quote = a_quote(BASKET, dairy_20(), claims=["dairy-20"])

    assert [(each.program_id, each.refusal.code) for each in quote.refused] == [
        ("dairy-20", "nothing_to_claim")
    ]
    assert quote.discount_minor == 2_00
    assert isinstance(why("dairy-20", dairy_20(), claims=["dairy-20"]), Applied)


def test_the_page_about_refusal_codes_is_the_list() -> None:
    page = Path(__file__).parents[2] / "docs" / "refusal-codes.md"

    assert page.read_text(encoding="utf-8") == refusal_codes.as_markdown()
