"""HiGHS, a solver that knows nothing of shops, finds no better deal either: on small baskets and on large ones."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from agent.domain.evaluate import evaluate
from tests.oracle.highs_model import NotLinearError, Solver, linear_model, solver_python
from tests.oracle.linear_shops import a_linear_shop, an_overlapping_shop
from tests.oracle.pricer import Oracle
from tests.oracle.shops import a_shop


@pytest.fixture(scope="module")
def solver() -> Iterator[Solver]:
    # `./run test` makes the environment; without it the test may be left out, but never where nobody would see that.
    if not solver_python().exists() and "CI" not in os.environ and "REGULARS_SOLVER_PYTHON" not in os.environ:
        pytest.skip("HiGHS has no environment here: ./run test makes .venv-solver")
    with Solver() as found:
        yield found


def test_three_pricers_that_share_nothing_agree_on_linear_shops(solver):
    for seed in range(150):
        shop = a_linear_shop(seed)

        best = solver.solve(linear_model(shop.quote_input, shop.program_set)).discount_minor

        assert Oracle(shop.quote_input, shop.program_set).best().discount_minor == best, seed
        quote = evaluate(shop.quote_input, shop.program_set)
        assert quote.discount_minor <= best <= quote.proven_bound_minor, seed
        if quote.proven_bound_minor == quote.discount_minor:
            assert quote.discount_minor == best, seed


@pytest.mark.parametrize("seed", range(3))
def test_sixty_units_in_five_hundred_overlapping_sets_are_priced_exactly(solver, seed):
    shop = an_overlapping_shop(seed)

    quote = evaluate(shop.quote_input, shop.program_set)

    best = solver.solve(linear_model(shop.quote_input, shop.program_set)).discount_minor
    assert quote.discount_minor == quote.proven_bound_minor == best


def test_a_shop_in_which_something_is_rounded_is_no_linear_model():
    shop = a_shop(1)

    with pytest.raises(NotLinearError):
        linear_model(shop.quote_input, shop.program_set)
