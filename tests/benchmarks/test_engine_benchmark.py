"""What the engine's benchmark rests on: its rivals answer the same as the engine before anybody is timed."""

from __future__ import annotations

import os
import random
from itertools import islice

import pytest

from agent.domain.evaluate import evaluate
from benchmarks.contest import Contest
from benchmarks.engine import require_same
from benchmarks.engine_catalogue import Catalogue
from benchmarks.engine_shop import decoded, program_document, quote_inputs
from benchmarks.greedy import greedy_discount
from benchmarks.naive import Naive
from benchmarks.zen_table import Zen
from tests.oracle.highs_model import Solver, linear_model, solver_python

KINDS = {"points", "stamps", "points_multiplier", "points_reward", "promotion", "next_visit_coupon", "coupon"}


@pytest.fixture(autouse=True)
def solvers() -> None:
    if not solver_python().exists() and "CI" not in os.environ and "REGULARS_SOLVER_PYTHON" not in os.environ:
        pytest.skip("HiGHS and ZEN have no environment here: ./run test makes .venv-solver")


def test_a_loop_over_all_programs_and_a_rules_engine_answer_like_the_engine_where_nothing_competes():
    dice = random.Random(3)
    catalogue = Catalogue(dice)
    programs = decoded(program_document(catalogue, dice))
    naive = Naive(programs)

    compared = 0
    with Zen(programs) as zen:
        for asked in islice(quote_inputs(catalogue, programs, dice), 12):
            answer = naive.quote(asked)
            if not answer.competes:
                require_same(asked, programs, answer, zen.eligible(asked)[0])
                compared += 1

    assert compared >= 6
    assert len(programs.programs) == 1_000
    assert {program.kind for program in programs.programs} == KINDS


def test_in_contested_baskets_nobody_finds_more_than_the_solver_and_greedy_often_finds_less():
    dice = random.Random(3)
    contest = Contest(Catalogue(dice), dice)

    worse = 0
    with Solver() as solver:
        for _basket in range(6):
            asked = contest.quote_input(dice)
            best = solver.solve(linear_model(asked, contest.program_set)).discount_minor
            quote = evaluate(asked, contest.program_set)

            assert quote.discount_minor <= best <= quote.proven_bound_minor
            greedy = greedy_discount(asked, contest.program_set)
            assert 0 < greedy <= best
            worse += greedy < best

    assert worse >= 2
