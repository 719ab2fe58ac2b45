"""A deal that is called plain is the one that the search finds, and a pricer that tries every deal."""

from __future__ import annotations

import random
from itertools import islice

import pytest

from agent.domain.best_deal import best_deal
from agent.domain.evaluate import prepare, quote_of
from agent.domain.plain_deal import plain_deal
from benchmarks.engine_catalogue import Catalogue
from benchmarks.engine_shop import decoded, program_document, quote_inputs
from tests.builders import (
    a_basket,
    a_line,
    a_program_set,
    a_quote_input,
    amount_off,
    dairy_20,
    milk,
    percent_off,
)
from tests.oracle.pricer import Oracle
from tests.oracle.shops import a_shop

SHOPS = 250


def plain(lines, *programs):
    program_set = a_program_set(*programs)
    basis = prepare(a_quote_input(a_basket(*lines), program_set), program_set)
    return plain_deal(basis, basis.candidates)


def test_what_is_plain_is_what_the_search_finds_and_what_trying_every_deal_finds():
    found = 0
    for seed in range(SHOPS):
        shop = a_shop(seed, max_units=6, max_programs=random.Random(seed).choice((2, 3, 4)))
        basis = prepare(shop.quote_input, shop.program_set)
        deal = plain_deal(basis, basis.candidates)
        if deal is not None:
            found += 1
            assert quote_of(basis, deal) == quote_of(basis, best_deal(basis, basis.candidates)), seed
            best = Oracle(shop.quote_input, shop.program_set).best()
            assert deal.bound_minor == deal.priced.discount_minor == best.discount_minor, seed

    assert found >= SHOPS // 8


def test_in_a_supermarket_most_baskets_are_plain():
    dice = random.Random(5)
    catalogue = Catalogue(dice)
    program_set = decoded(program_document(catalogue, dice))

    bases = [prepare(asked, program_set) for asked in islice(quote_inputs(catalogue, program_set, dice), 30)]

    assert sum(plain_deal(basis, basis.candidates) is not None for basis in bases) >= 20


def test_a_threshold_that_a_discount_breaks_is_not_plain():
    lines = [milk(60_00), a_line("bread", 50_00)]
    over = amount_off("fifteen", 15_00, over_minor=100_00)

    assert plain(lines, dairy_20(), over) is None
    deal = plain([*lines, a_line("rice", 90_00, category=("food",))], dairy_20(), over)
    assert deal is not None
    assert deal.priced.discount_minor == 27_00


@pytest.mark.parametrize("rate", ["0.5", "1"])
def test_a_discount_that_a_later_percentage_would_eat_up_is_not_plain(rate):
    tiny = amount_off("tiny", 1, goods={"items": ["milk"]})

    assert plain([milk(10_00), a_line("bread", 10_00)], tiny, percent_off("all", rate)) is None
