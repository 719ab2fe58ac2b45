"""The switch by which a sale counts for its own tier: benefits at once, and never a tier that HQ would not count."""

from __future__ import annotations

import random

import pytest
from msgspec.structs import replace

from agent.domain.evaluate import evaluate
from agent.domain.explain import explain
from agent.domain.quote import Applied
from agent.domain.tiers import progress_counter
from tests import builders

LEVELS = [{"tier": "silver", "reach": 500_00}, {"tier": "gold", "reach": 1_000_00}]


def a_set(*programs, this_sale=True, levels=LEVELS, **rules):
    tiers = {"levels": levels, "this_sale": this_sale, **rules}
    return builders.a_program_set(builders.a_program("our-tiers", "tiers", tiers=tiers), *programs)


def off(program_id, rate, *tiers):
    audience = {"who": "tiers", "tiers": list(tiers)}
    return builders.a_program(
        program_id, "promotion", audience=audience, rewards=[{"type": "percent_off", "rate": rate}]
    )


SILVER_5 = off("silver-5", "0.05", "silver", "gold")
GOLD_10 = off("gold-10", "0.1", "gold")


def asks(programs, amount, progress, *, tier="", counter="tier_spend:our-tiers", **facts):
    member = replace(
        builders.a_member(tier=tier, **facts), counters={} if progress is None else {counter: progress}
    )
    return builders.a_quote_input(
        builders.a_basket(builders.a_line("wine", amount)), program_set=programs, member=member
    )


def quoted(programs, amount, progress, **facts):
    quote = evaluate(asks(programs, amount, progress, **facts), programs)
    return quote.tier, quote.total_minor


def test_a_sale_that_reaches_a_tier_has_its_benefits_already():
    assert quoted(a_set(SILVER_5), 200_00, 400_00) == ("silver", 190_00)


def test_without_the_switch_the_tier_of_past_sales_is_in_force():
    assert quoted(a_set(SILVER_5, this_sale=False), 200_00, 400_00) == ("", 200_00)


def test_a_sale_that_does_not_reach_a_tier_is_as_before():
    assert quoted(a_set(SILVER_5), 99_99, 400_00) == ("", 99_99)


def test_a_tier_that_its_own_discount_puts_out_of_reach_is_not_taken():
    assert quoted(a_set(SILVER_5), 100_00, 400_00) == ("", 100_00)
    assert quoted(a_set(SILVER_5), 105_27, 400_00) == ("silver", 100_01)


def test_a_sale_may_reach_several_levels_and_takes_the_highest_that_it_pays_for():
    programs = a_set(SILVER_5, GOLD_10)

    assert quoted(programs, 1_200_00, 0)[0] == "gold"
    # At gold's prices it is 880.65, which is silver's.
    assert quoted(programs, 1_030_00, 0) == ("silver", 978_50)


def test_a_member_who_is_in_a_tier_may_rise_and_never_falls():
    programs = a_set(SILVER_5, GOLD_10)

    assert quoted(programs, 300_00, 900_00, tier="silver")[0] == "gold"
    assert quoted(programs, 10_00, 0, tier="gold") == ("", 8_55)


@pytest.mark.parametrize("facts", [{"progress": None}, {"progress": 400_00, "provisional": True}])
def test_whoever_is_not_counted_yet_has_no_tier_from_this_sale(facts):
    assert quoted(a_set(SILVER_5), 200_00, **facts) == ("", 200_00)


def test_nobody_has_no_tier():
    programs = a_set(SILVER_5)
    asked = builders.a_quote_input(builders.a_basket(builders.a_line("wine", 900_00)), program_set=programs)

    assert evaluate(asked, programs).tier == ""


def test_points_of_this_sale_count_where_points_are_counted():
    programs = a_set(
        builders.points_per_money(),
        SILVER_5,
        counts="points",
        points_of="points",
        levels=[{"tier": "silver", "reach": 100}],
    )
    counter = progress_counter("points", "our-tiers")

    assert quoted(programs, 50_00, 60, counter=counter) == ("silver", 47_50)
    assert quoted(programs, 30_00, 60, counter=counter) == ("", 30_00)


def test_why_a_tiers_offer_applies_is_told_of_the_tier_that_the_sale_reached():
    programs = a_set(SILVER_5)
    asked = asks(programs, 200_00, 400_00)

    answer = explain(asked, programs, "silver-5")

    assert isinstance(answer, Applied)
    assert answer.discount_minor == 10_00


def test_the_tier_taken_is_always_reached_by_what_is_paid():
    """Random levels, discounts and sums: HQ, which counts the total, never says less than the till."""
    lots = random.Random(31)
    for _case in range(300):
        first = lots.randrange(1, 400_00)
        levels = [
            {"tier": "silver", "reach": first},
            {"tier": "gold", "reach": first + lots.randrange(1, 300_00)},
        ]
        programs = a_set(
            off("a", f"0.{lots.randrange(1, 99):02}", "silver", "gold"),
            off("b", f"0.{lots.randrange(1, 99):02}", "gold"),
            levels=levels,
        )
        progress, amount = lots.randrange(0, 500_00), lots.randrange(1, 500_00)

        tier, total = quoted(programs, amount, progress)

        reach = {"": 0, **{one["tier"]: one["reach"] for one in levels}}
        assert progress + total >= reach[tier]
