"""Tiers that move: up at once, down one step at a review, whatever the order in which HQ heard of the sales."""

from __future__ import annotations

import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.domain.errors import LoyaltyError
from agent.domain.explain import explain
from agent.domain.program_document import decode_program_set
from agent.domain.quote import Refusal
from agent.domain.tiers import ByHand, Counted, TierLevel, TierRules, months_later, standing_on
from tests import builders

LEVELS = (TierLevel("silver", 500_00), TierLevel("gold", 1_000_00), TierLevel("platinum", 3_000_00))
RULES = TierRules(levels=LEVELS)
DAY = datetime.date(2026, 1, 10)


def bought(on, amount):
    return Counted(on, amount, on)


def gave_back(of, amount, on):
    return Counted(of, -amount, on)


def stands(facts, on, by_hand=(), rules=RULES):
    return standing_on(rules, facts, by_hand, on)


def test_what_is_missing_to_the_next_tier_is_told():
    standing = stands([bought(DAY, 380_00)], DAY)

    assert (standing.tier, standing.next_tier, standing.missing) == ("", "silver", 120_00)


def test_a_tier_is_reached_on_the_day_of_the_sale_over_several_levels_at_once():
    standing = stands([bought(DAY, 1_200_00)], DAY)

    assert (standing.tier, standing.since, standing.next_tier) == ("gold", DAY, "platinum")
    assert standing.review_on == datetime.date(2027, 1, 10)


def test_a_tier_no_longer_deserved_stays_until_its_review_and_then_goes_down_one_step_only():
    facts = [bought(DAY, 3_000_00)]

    assert stands(facts, datetime.date(2027, 1, 9)).tier == "platinum"
    assert stands(facts, datetime.date(2027, 1, 10)).tier == "gold"
    assert stands(facts, datetime.date(2028, 1, 9)).tier == "gold"
    assert stands(facts, datetime.date(2028, 1, 10)).tier == "silver"
    assert stands(facts, datetime.date(2029, 1, 10)).tier == ""


def test_a_tier_still_deserved_is_kept_at_its_review():
    facts = [bought(DAY, 500_00), bought(datetime.date(2026, 12, 1), 500_00)]

    standing = stands(facts, datetime.date(2027, 2, 1))

    assert standing.tier == "gold"
    assert standing.progress == 500_00
    assert [change.tier for change in standing.changes] == ["silver", "gold"]


def test_goods_that_come_back_lower_the_progress_and_leave_the_tier_until_its_review():
    later = datetime.date(2026, 3, 1)
    facts = [bought(DAY, 600_00), gave_back(DAY, 200_00, later)]

    assert stands(facts, DAY).progress == 600_00
    standing = stands(facts, later)
    assert (standing.tier, standing.progress, standing.missing) == ("silver", 400_00, 600_00)
    assert stands(facts, datetime.date(2027, 1, 10)).tier == ""


def test_a_return_leaves_the_window_with_its_sale():
    """Goods of last year brought back this year do not make this year's sales less."""
    facts = [
        bought(DAY, 300_00),
        bought(datetime.date(2027, 1, 20), 450_00),
        gave_back(DAY, 300_00, datetime.date(2027, 1, 20)),
    ]

    assert stands(facts, datetime.date(2027, 1, 20)).progress == 450_00


def test_a_calendar_year_begins_at_nothing():
    rules = TierRules(levels=LEVELS, window="calendar_year")

    assert stands([bought(DAY, 450_00)], datetime.date(2026, 12, 31), rules=rules).progress == 450_00
    assert stands([bought(DAY, 450_00)], datetime.date(2027, 1, 1), rules=rules).progress == 0


def test_a_tier_given_by_hand_holds_until_its_review():
    given_by_hand = [ByHand(DAY, "gold")]

    assert stands([], DAY, given_by_hand).tier == "gold"
    assert stands([], datetime.date(2027, 1, 9), given_by_hand).tier == "gold"
    assert stands([], datetime.date(2027, 1, 10), given_by_hand).tier == "silver"
    (first, second) = stands([], datetime.date(2027, 1, 10), given_by_hand).changes
    assert (first.why, second.why) == ("by_hand", "review")


def test_months_end_where_the_month_does():
    assert months_later(datetime.date(2026, 8, 31), 6) == datetime.date(2027, 2, 28)
    assert months_later(datetime.date(2026, 3, 31), -1) == datetime.date(2026, 2, 28)


FACTS = st.lists(
    st.builds(
        lambda day, amount, back, after: [
            bought(DAY + datetime.timedelta(day), amount),
            *(
                [
                    gave_back(
                        DAY + datetime.timedelta(day),
                        min(back, amount),
                        DAY + datetime.timedelta(day + after),
                    )
                ]
                if back
                else []
            ),
        ],
        st.integers(0, 1500),
        st.integers(1, 900_00),
        st.one_of(st.just(0), st.integers(1, 900_00)),
        st.integers(1, 200),
    ),
    max_size=25,
).map(lambda pairs: [fact for pair in pairs for fact in pair])
HANDS = st.lists(
    st.builds(
        ByHand, st.integers(0, 1500).map(lambda n: DAY + datetime.timedelta(n)), st.sampled_from(["", "gold"])
    ),
    max_size=2,
    unique_by=lambda one: one.on,
)


@given(FACTS, HANDS, st.randoms(use_true_random=False), st.integers(0, 3000))
def test_a_tier_never_depends_on_the_order_in_which_sales_arrive(facts, hands, random, days):
    shuffled = list(facts)
    random.shuffle(shuffled)
    on = DAY + datetime.timedelta(days)

    assert stands(shuffled, on, hands[::-1]) == stands(facts, on, hands)


@given(FACTS, HANDS, st.integers(0, 3000))
def test_a_review_takes_one_step_and_nothing_else_takes_any(facts, hands, days):
    for change in stands(facts, DAY + datetime.timedelta(days), hands).changes:
        steps = RULES.step_of(change.tier) - RULES.step_of(change.before)
        assert steps == -1 if change.why == "review" else steps > 0 or change.why == "by_hand"


@given(FACTS, st.integers(0, 1700))
def test_the_progress_is_what_was_paid_less_what_was_given_back_in_the_window(facts, days):
    on = DAY + datetime.timedelta(days)
    begins = months_later(on, -12)
    counted = sum(fact.amount for fact in facts if begins < fact.on <= on and fact.since <= on)

    assert stands(facts, on).progress == max(0, counted)


# As a program of the set

TIERS = builders.a_program(
    "our-tiers",
    "tiers",
    tiers={"levels": [{"tier": "silver", "reach": 500_00}, {"tier": "gold", "reach": 1_000_00}]},
)


def test_pricing_never_meets_a_program_of_tiers():
    programs = builders.a_program_set(TIERS)

    assert programs.tiers is not None
    assert programs.about([]) == []
    quote_input = builders.a_quote_input(builders.a_basket(), programs)
    assert isinstance(explain(quote_input, programs, "our-tiers"), Refusal)


@pytest.mark.parametrize(
    ("changed", "path"),
    [
        ({"tiers": None}, "programs[0].tiers"),
        ({"tiers": {"levels": []}}, "programs[0].tiers.levels"),
        (
            {"tiers": {"counts": "points", "levels": [{"tier": "a", "reach": 1}]}},
            "programs[0].tiers.points_of",
        ),
        (
            {"tiers": {"levels": [{"tier": "a", "reach": 5}, {"tier": "b", "reach": 5}]}},
            "programs[0].tiers.levels[1].reach",
        ),
        (
            {"tiers": {"levels": [{"tier": "a", "reach": 5}, {"tier": "a", "reach": 6}]}},
            "programs[0].tiers.levels[1].tier",
        ),
        (
            {
                "tiers": {
                    "counts": "points",
                    "points_of": "nothing",
                    "levels": [{"tier": "a", "reach": 5}],
                }
            },
            "programs[0].tiers.points_of",
        ),
        ({"rewards": [{"type": "percent_off", "rate": "0.1"}]}, "programs[0].rewards"),
    ],
)
def test_tiers_that_cannot_be_are_refused_with_their_path(changed, path):
    data = builders.program_set_bytes({**TIERS, **changed})

    with pytest.raises(LoyaltyError) as refused:
        decode_program_set(data)

    assert f"`{path}`" in refused.value.title


def test_a_set_has_tiers_once():
    with pytest.raises(LoyaltyError) as refused:
        decode_program_set(builders.program_set_bytes(TIERS, {**TIERS, "id": "other-tiers"}))

    assert "`programs[1].kind`" in refused.value.title
