"""Which candidates apply: the set with the largest discount of the whole quote, over all phases jointly.

Usually that is simply all of them. Two things can make fewer better: a discount that takes the basket below the
threshold of a better one, and overlapping discounts whose roundings differ by a minor unit. Only candidates that
can be in such a conflict are searched, by branch and bound under a limit that counts steps, never time.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from agent.domain.basis import POINTS_PHASE, Basis, Candidate
from agent.domain.conditions.min_spend import MinSpend
from agent.domain.earning import earned_points
from agent.domain.pricing import Priced, affordable_blocks, price
from agent.domain.rewards.points_money_off import PointsMoneyOff
from agent.domain.rounding import Roundings

# A step is one line of one candidate priced once, and ten more for each candidate.
MAX_STEPS: Final = 20_000


@dataclass(frozen=True, slots=True)
class BestDeal:
    """The best pricing found, the candidates given up for it, and the discount that no set can exceed."""

    priced: Priced
    given_up: frozenset[Candidate]
    bound_minor: int


def best_deal(basis: Basis, candidates: Sequence[Candidate]) -> BestDeal:
    """Exact where the bound equals the discount. Ties go by points kept, then fewer programs, then ids."""
    everything = price(basis, candidates, record=True)
    possible = candidates
    ceiling = everything
    blockers: set[Candidate] = set()
    if _contested(everything, candidates, basis):
        possible = [one for one in candidates if _passes_at_list_prices(one, basis)]
        ceiling = price(basis, possible, heed=False)
        blockers = _blockers(candidates, _contested(ceiling, possible, basis), basis)
    roundings = Roundings(candidates)
    begin = basis.situation.sheet
    loose = blockers | {one for one in everything.touched if roundings.weak(one, begin, ceiling.sheet)}
    if not loose:
        return BestDeal(everything, frozenset(), everything.discount_minor)
    slack = sum(roundings.slack_minor(one) for one in loose)
    bound = ceiling.discount_minor + slack
    return _search(basis, candidates, frozenset(possible), loose, everything, bound, slack)


def _search(
    basis: Basis,
    candidates: Sequence[Candidate],
    possible: frozenset[Candidate],
    loose: set[Candidate],
    everything: Priced,
    bound: int,
    slack: int,
) -> BestDeal:
    """Give up one loose candidate after another, nearest sets first, where the bound says that it may pay."""
    best, best_without = everything, frozenset[Candidate]()
    queue = deque([(best_without, everything)])
    seen = {best_without}
    steps = _cost(candidates)
    while queue:
        without, priced = queue.popleft()
        # Giving up what changed nothing changes nothing.
        for one in [one for one in candidates if one in loose and one in priced.touched]:
            fewer = without | {one}
            if fewer in seen:
                continue
            seen.add(fewer)
            if steps >= MAX_STEPS:
                return _recorded(basis, candidates, best_without, best, bound)
            kept = [each for each in candidates if each not in fewer]
            steps += 2 * _cost(kept)
            ceiling = price(basis, [each for each in kept if each in possible], heed=False)
            if ceiling.discount_minor + slack < best.discount_minor:
                continue
            found = price(basis, kept)
            queue.append((fewer, found))
            if _better(basis, found, best):
                best, best_without = found, fewer
    return _recorded(basis, candidates, best_without, best, best.discount_minor)


def _recorded(
    basis: Basis, candidates: Sequence[Candidate], without: frozenset[Candidate], best: Priced, bound: int
) -> BestDeal:
    if without:
        best = price(basis, [one for one in candidates if one not in without], record=True)
    return BestDeal(best, without, max(bound, best.discount_minor))


def _cost(candidates: Iterable[Candidate]) -> int:
    return sum(10 + len(one.places) for one in candidates)


def _better(basis: Basis, one: Priced, other: Priced) -> bool:
    if one.discount_minor != other.discount_minor:
        return one.discount_minor > other.discount_minor
    return _tie_rank(basis, one) < _tie_rank(basis, other)


def _tie_rank(basis: Basis, priced: Priced) -> tuple[int, int, tuple[str, ...]]:
    """Smaller is better: points spent less points earned, then how many programs, then their ids."""
    earned = sum(each.points for each in earned_points(basis, priced.sheet))
    ids = sorted(given.candidate.program.id for given in priced.given)
    return sum(priced.spent_points.values()) - earned, len(ids), tuple(ids)


def _contested(priced: Priced, candidates: Iterable[Candidate], basis: Basis) -> list[Candidate]:
    """Candidates that fail, or give less, only because of what others took off or spent before."""
    return [
        one
        for one in candidates
        if (
            (one in priced.missed and bool(one.program.conditions))
            or priced.fitting.get(one, 0) < _fitting_alone(one, basis)
        )
        and _passes_at_list_prices(one, basis)
    ]


def _passes_at_list_prices(candidate: Candidate, basis: Basis) -> bool:
    return all(condition.check(basis.situation) is None for condition in candidate.program.conditions)


def _fitting_alone(candidate: Candidate, basis: Basis) -> int:
    """How many blocks of a points reward the basket could absorb and the member pay, were it the only one."""
    if not isinstance(candidate.reward, PointsMoneyOff):
        return 0
    affordable, _ = affordable_blocks(basis, candidate, 0)
    return candidate.reward.blocks(basis.situation.sheet, candidate.places, affordable)


def _blockers(
    candidates: Iterable[Candidate], contested: Iterable[Candidate], basis: Basis
) -> set[Candidate]:
    """Candidates that take something from what a contested one counts, or points that it needs, before its turn."""
    watched = [(one, _watched(one, basis)) for one in contested]
    return {
        one
        for one in candidates
        for other, places in watched
        if one is not other
        and (
            (one.phase < other.phase and not places.isdisjoint(one.places))
            or one.phase == other.phase == POINTS_PHASE
        )
    }


def _watched(candidate: Candidate, basis: Basis) -> set[int]:
    """The lines whose remaining price decides whether this candidate applies."""
    places = set(candidate.places) if isinstance(candidate.reward, PointsMoneyOff) else set()
    for condition in candidate.program.conditions:
        if isinstance(condition, MinSpend):
            places.update(basis.situation.finder.places(condition.goods, "discount"))
    return places
