"""An amount off the whole basket from a threshold on, which early offers may break, among very many early offers."""

from __future__ import annotations

from agent.domain.quote import Quote
from tests.builders import JsonObject, a_basket, a_line, a_quote, amount_off

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


def test_where_a_threshold_may_be_worth_an_offer_nothing_less_is_called_proven() -> None:
    """From 271.00 on there are 10.00 more, for one offer of 1.00."""
    smaller = amount_off("from-200", 10_00, over_minor=200_00)
    larger = amount_off("from-271", 20_00, over_minor=271_00, not_with=["from-200"])

    quote = quoted(smaller, larger)

    assert quote.discount_minor <= 49_00 <= quote.proven_bound_minor


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
