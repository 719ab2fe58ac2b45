"""An amount off the whole basket from a threshold on, which early offers may break, among very many early offers."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from agent.domain.quote import Quote
from tests.builders import JsonObject, a_basket, a_line, a_program, a_quote, amount_off

ITEMS = 30


def quoted(*on_everything: JsonObject) -> Quote:
    """Thirty items of 10.00, each with an offer of 1.00, and these offers on the whole basket."""
    names = [f"item-{number:02}" for number in range(ITEMS)]
    early = [amount_off(f"off-{name}", 1_00, goods={"items": [name]}) for name in names]
    return a_quote(a_basket(*(a_line(name, 10_00) for name in names)), *early, *on_everything)


def test_an_amount_that_is_not_worth_what_its_threshold_costs_is_proven_not_to_be() -> None:
    """From 280.00 on there are 4.00 more, and to stay there means to give up ten offers of 1.00."""
    smaller = amount_off("from-200", 10_00, over_minor=200_00)
    larger = amount_off("from-280", 14_00, over_minor=280_00, not_with=["from-200"])

    quote = quoted(smaller, larger)

    assert quote.discount_minor == quote.proven_bound_minor == 40_00
    assert quote.applied[-1].program_id == "from-200"


def test_an_offer_is_given_up_where_the_threshold_is_worth_it() -> None:
    """From 271.00 on there are 10.00 more, for one offer of 1.00."""
    smaller = amount_off("from-200", 10_00, over_minor=200_00)
    larger = amount_off("from-271", 20_00, over_minor=271_00, not_with=["from-200"])

    quote = quoted(smaller, larger)

    assert quote.discount_minor == quote.proven_bound_minor == 49_00
    assert quote.applied[-1].program_id == "from-271"
    assert len(quote.applied) == ITEMS


def test_an_offer_is_given_up_for_a_higher_step_too() -> None:
    steps = [{"from_minor": 200_00, "amount_minor": 10_00}, {"from_minor": 272_50, "amount_minor": 25_00}]
    ladder = a_program("steps", "promotion", rewards=[{"type": "ladder", "steps": steps}])

    quote = quoted(ladder)

    # 3.00 of offers are given up for 15.00 more.
    assert quote.discount_minor == quote.proven_bound_minor == 27_00 + 25_00


def test_what_is_given_up_is_told_as_given_way_to_a_better_offer() -> None:
    quote = quoted(amount_off("from-271", 20_00, over_minor=271_00))

    (given_way,) = {f"off-item-{number:02}" for number in range(ITEMS)} - {
        one.program_id for one in quote.applied
    }
    assert quote.discount_minor == 49_00
    assert not any(near.program_id == given_way for near in quote.near_misses)


@settings(max_examples=60, deadline=None)
@given(
    offers=st.lists(st.integers(1, 9_99), min_size=25, max_size=32),
    gap=st.integers(1, 40_00),
    worth=st.integers(1, 60_00),
)
def test_of_all_offers_that_could_be_given_up_the_least_are(offers: list[int], gap: int, worth: int) -> None:
    names = [f"item-{number:02}" for number in range(len(offers))]
    early = [
        amount_off(f"off-{name}", minor, goods={"items": [name]})
        for name, minor in zip(names, offers, strict=True)
    ]
    left = 10_00 * len(offers) - sum(offers)
    threshold = amount_off("from", worth, over_minor=left + gap)

    quote = a_quote(a_basket(*(a_line(name, 10_00) for name in names)), *early, threshold)

    sums = {0}
    for minor in offers:
        sums |= {each + minor for each in sums}
    best = sum(offers) + max([0, *(worth - each for each in sums if each >= gap)])
    assert quote.discount_minor == quote.proven_bound_minor == best


def test_an_offer_that_lacks_one_unit_is_told_as_nearly_reached_beside_those_that_compete() -> None:
    cups = {"items": ["cup", "mug"]}
    third_free = {"type": "cheapest_of", "of": 3, "goods": cups}
    lacking = {"type": "cheapest_of", "of": 4, "goods": cups}
    pair = {"type": "bundle", "price_minor": 12_00, "parts": [{"goods": cups, "units": 2}]}
    programs = [
        {"id": name, "kind": "promotion", "name": {"en": name}, "rewards": [reward]}
        for name, reward in (("lacking", lacking), ("third-free", third_free), ("pair", pair))
    ]

    quote = a_quote(a_basket(a_line("cup", 10_00, quantity=2), a_line("mug", 9_00)), *programs)

    # The cheapest of the three costs 5.00; a cup and the mug for 12.00 would save 2.00.
    assert [(each.program_id, each.discount_minor) for each in quote.applied] == [("third-free", 5_00)]
    assert [each.program_id for each in quote.near_misses] == ["lacking"]
