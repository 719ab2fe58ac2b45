"""The engine's speed against three others, on the same baskets with the same answers, and its answers against two.

Plain baskets, 50 lines under 1,000 programs of every kind of which none competes with another: whole quotes with
their near misses against a straightforward loop over the programs, and against ZEN, which only says who is eligible.
Contested baskets, 50 lines under 1,000 programs that compete: the best deal against HiGHS on the same problem. Small
random baskets: the best deal against a pricer that tries every deal. A basket is timed several times in turns with
its rivals and counts with its fastest time; what is printed are percentiles over baskets.
"""

from __future__ import annotations

import argparse
import functools
import gc
import itertools
import random
import statistics
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TypeVar

import msgspec
from tqdm import tqdm

from agent.domain.evaluate import evaluate, prepare
from agent.domain.explain import explain
from agent.domain.near import missed_by
from agent.domain.program_set import ProgramSet
from agent.domain.quote import Quote
from agent.domain.quote_input import QuoteInput
from benchmarks.contest import Contest
from benchmarks.engine_catalogue import Catalogue
from benchmarks.engine_shop import decoded, program_document, quote_inputs
from benchmarks.greedy import greedy_discount
from benchmarks.naive import Answer, Naive
from benchmarks.zen_table import Zen
from tests.oracle.comparison import compared
from tests.oracle.highs_model import Solver, linear_model
from tests.oracle.shops import a_shop

Result = TypeVar("Result")
Figures = dict[str, float | int]

PROGRAMS = 1_000
LINES = 50
ROUNDS = 5
# Units and programs of the small shops in which every deal is tried.
SMALL_SHOPS = ((4, 6), (6, 8), (8, 8), (8, 12))


def add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--quotes", type=int, default=200, help="how many plain baskets (200)")
    parser.add_argument("--deals", type=int, default=200, help="how many contested baskets (200)")
    parser.add_argument(
        "--baskets", type=int, default=1_000, help="how many small baskets, every deal tried (1000)"
    )
    parser.add_argument("--seed", type=int, default=1, help="another seed draws other shops (1)")


def measure(arguments: argparse.Namespace) -> Figures:
    """Price everything twice; see the module's text."""
    dice = random.Random(arguments.seed)
    catalogue = Catalogue(dice)
    figures = _quotes(catalogue, dice, arguments.quotes)
    deals = _deals(catalogue, dice, arguments.deals)
    wrong = _small_baskets(arguments.baskets, arguments.seed)
    mismatches = int(deals.pop("mismatches")) + wrong
    return {**figures, **deals, "baskets": arguments.baskets + arguments.deals, "mismatches": mismatches}


def _quotes(catalogue: Catalogue, dice: random.Random, count: int) -> Figures:
    """Plain baskets: the engine, the loop, ZEN, and the engine under a tenth of the programs."""
    programs = decoded(program_document(catalogue, dice, PROGRAMS))
    tenth = decoded(program_document(catalogue, dice, PROGRAMS // 10))
    naive = Naive(programs)
    drawn = 0
    taken: dict[str, list[float]] = {name: [] for name in ("engine", "naive", "zen", "tenth")}
    last: QuoteInput | None = None
    gc.collect()
    gc.freeze()
    with Zen(programs) as zen:
        for asked in _shown(quote_inputs(catalogue, programs, dice, lines=LINES), "plain baskets"):
            drawn += 1
            answer = naive.quote(asked)
            if answer.competes:
                continue
            # The other set names other coupons and codes; nobody asks for what it does not have.
            fewer = msgspec.structs.replace(asked, program_set_hash=tenth.hash, coupons=(), codes=())
            times = _fastest(
                {
                    "engine": functools.partial(evaluate, asked, programs),
                    "naive": functools.partial(naive.quote, asked),
                    "tenth": functools.partial(evaluate, fewer, tenth),
                }
            )
            eligible, zen_s = zen.eligible(asked)
            require_same(asked, programs, answer, eligible)
            for name, took in {**times, "zen": zen_s * 1_000}.items():
                taken[name].append(took)
            last = asked
            if len(taken["engine"]) == count:
                break
    middle = {name: statistics.median(times) for name, times in taken.items()}
    assert last is not None
    began = time.perf_counter()
    for program in programs.programs:
        explain(last, programs, program.id)
    explained = (time.perf_counter() - began) * 1_000
    return {
        "quotes": count,
        "plain_share": _short(count / drawn),
        "quote_p50_ms": _short(middle["engine"]),
        "quote_p99_ms": _short(_percentile(taken["engine"], 99)),
        "naive_p50_ms": _short(middle["naive"]),
        "zen_p50_ms": _short(middle["zen"]),
        "naive_over_engine": _short(middle["naive"] / middle["engine"]),
        "zen_over_engine": _short(middle["zen"] / middle["engine"]),
        "thousand_over_hundred": _short(middle["engine"] / middle["tenth"]),
        "explain_all_ms": _short(explained),
    }


def _deals(catalogue: Catalogue, dice: random.Random, count: int) -> Figures:
    """Contested baskets: the best deal, HiGHS on the same model, and greedy."""
    contest = Contest(catalogue, dice, count=PROGRAMS)
    programs = contest.program_set
    ours: list[float] = []
    highs: list[float] = []
    wrong = worse = unproven = 0
    with Solver() as solver:
        for asked in _shown(
            (contest.quote_input(dice, lines=LINES) for _ in range(count)), "contested baskets", count
        ):
            quote = evaluate(asked, programs)
            ours.append(_fastest({"deal": functools.partial(evaluate, asked, programs)})["deal"])
            model = linear_model(asked, programs)
            solved = [solver.solve(model) for _round in range(ROUNDS)]
            highs.append(min(each.solve_s for each in solved) * 1_000)
            best = solved[0].discount_minor
            wrong += quote.discount_minor != best or quote.proven_bound_minor < best
            unproven += quote.proven_bound_minor > quote.discount_minor
            worse += greedy_discount(asked, programs) < best
    exact, solver_ms = statistics.median(ours), statistics.median(highs)
    return {
        "deals": count,
        "exact_p50_ms": _short(exact),
        "exact_p99_ms": _short(_percentile(ours, 99)),
        "highs_p50_ms": _short(solver_ms),
        "highs_over_exact": _short(solver_ms / exact),
        "unproven_share": _short(unproven / count),
        "greedy_worse_share": _short(worse / count),
        "mismatches": wrong,
    }


def _small_baskets(count: int, seed: int) -> int:
    """How many small shops the engine prices otherwise than a pricer that tries every deal."""
    wrong = 0
    for number in _shown(range(count), "small baskets", count):
        units, programs = SMALL_SHOPS[number % len(SMALL_SHOPS)]
        found = compared(a_shop(seed * 1_000_000 + number, max_units=units, max_programs=programs))
        wrong += bool(found.differences) or found.quote.discount_minor != found.result.discount_minor
    return wrong


def require_same(asked: QuoteInput, programs: ProgramSet, answer: Answer, eligible: Sequence[str]) -> None:
    """All three must have answered the same. Raises AssertionError."""
    quote, basis = evaluate(asked, programs), prepare(asked, programs)
    taken_up = [
        *(one.program for one in basis.candidates),
        *(one.program for one in basis.handouts),
        *(*basis.choices, *basis.earners, *basis.multipliers, *basis.issuers),
    ]
    may = sorted(program.id for program in taken_up if missed_by(program, basis.situation) is None)
    if not may == answer.eligible == list(eligible):
        raise AssertionError(f"eligible: {set(may) ^ set(answer.eligible)}, {set(may) ^ set(eligible)}")
    ours, theirs = _answer_of(quote), msgspec.structs.asdict(answer) | {"eligible": [], "competes": False}
    for name, told in msgspec.structs.asdict(ours).items():
        if told != theirs[name]:
            raise AssertionError(f"{name}: the engine's {told}, the loop's {theirs[name]}")


def _answer_of(quote: Quote) -> Answer:
    return Answer(
        discounts={each.program_id: each.discount_minor for each in quote.applied if each.discount_minor},
        total_minor=quote.total_minor,
        near=[
            (
                near.program_id,
                near.refusal.code,
                near.refusal.gap_minor or near.refusal.gap_units or near.refusal.gap_points,
                near.reached,
            )
            for near in quote.near_misses
        ],
        claimable={each.program_id: each.discount_minor for each in quote.claimable},
        earned={each.program_id: each.points for each in quote.earned},
        gifts={each.program_id: each.units for each in quote.gifts},
        coupons=[each.program_id for each in quote.coupons_issued],
    )


def _fastest(calls: dict[str, Callable[[], object]]) -> dict[str, float]:
    """The least of a few times of each, in turns: ms."""
    least = dict.fromkeys(calls, float("inf"))
    for name, call in itertools.chain.from_iterable(itertools.repeat(list(calls.items()), ROUNDS)):
        began = time.perf_counter()
        call()
        least[name] = min(least[name], (time.perf_counter() - began) * 1_000)
    return least


def _shown(each: Iterable[Result], title: str, total: int | None = None) -> Iterator[Result]:
    yield from tqdm(each, desc=title, total=total, unit="", disable=not sys.stderr.isatty())


def _percentile(values: Sequence[float], percent: int) -> float:
    return sorted(values)[min(len(values) * percent // 100, len(values) - 1)]


def _short(value: float) -> float:
    return float(f"{value:.4g}")
