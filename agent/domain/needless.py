"""Offers of a deal without which the discount would be the same: they are left out, so that nothing is used for nothing.

A coupon on goods that another offer gives away, or a percentage on goods that a bundle sells at its price, brings
nothing. Of equal deals the one that keeps more points, then the one of fewer programs, is the best.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from itertools import combinations
from typing import Final

from agent.domain.basis import Basis
from agent.domain.candidate import Candidate
from agent.domain.pricing import Given, Priced
from agent.domain.ranking import deal_rank
from agent.domain.rewards.amount_off import AmountOff
from agent.domain.rewards.bundle import Bundle
from agent.domain.rewards.ladder import Ladder
from agent.domain.rewards.percent_off import PercentOff

# Of more offers than this that might be needless, one is left out at a time.
MAX_TOGETHER: Final = 4
# And so many are tried.
MAX_TRIED: Final = 12
_MAX_ROUNDS: Final = 3

# The best deal of a choice of candidates, and what it gives up besides; None where that is too much work.
Without = Callable[[Sequence[Candidate]], tuple[Priced, frozenset[Candidate]] | None]


def without_needless(
    basis: Basis,
    candidates: Sequence[Candidate],
    given_up: frozenset[Candidate],
    best: Priced,
    conflicts: Mapping[Candidate, set[Candidate]],
    without: Without,
) -> tuple[Priced, frozenset[Candidate]]:
    """The best ranked deal of the same discount that leaves out some more than `given_up`, and all that it leaves out."""
    perhaps = _perhaps_needless(candidates, given_up, best)[:MAX_TRIED]
    out = given_up
    dropped: frozenset[Candidate] = frozenset()

    def try_without(more: frozenset[Candidate]) -> bool:
        nonlocal best, out, dropped
        left = [one for one in candidates if one not in more]
        # What applies in list order is left out only for something in the deal that excludes it.
        if any(one.in_order and conflicts.get(one, set()).isdisjoint(left) for one in more):
            return False
        other = without(left)
        if other is None:
            return False
        found, besides = other
        if deal_rank(basis, found) < deal_rank(basis, best):
            best, out, dropped = found, more | besides, more
        return found.discount_minor >= best.discount_minor

    # Together only those can be needless that are so alone.
    alone = [one for one in perhaps if try_without(frozenset((one,)))]
    if len(alone) > MAX_TOGETHER:
        for one in alone:
            try_without(dropped | {one})
    else:
        for size in range(2, len(alone) + 1):
            for some in combinations(alone, size):
                try_without(frozenset(some))
    # What took the place of something needless may be needless itself.
    for _round in range(_MAX_ROUNDS):
        before = best
        for one in _perhaps_needless(candidates, out, best)[:MAX_TRIED] if dropped else ():
            try_without(dropped | {one})
        if best is before:
            break
    return best, out


def _perhaps_needless(
    candidates: Sequence[Candidate], given_up: frozenset[Candidate], best: Priced
) -> list[Candidate]:
    """Those whose discount others could make up for to the minor unit: on goods of which nothing is left, or that a
    bundle sells at its own price, or a discount that roundings may bring as well. Last ids first."""
    kept = [one for one in candidates if one not in given_up]
    members = set(kept)
    covered = Counter(place for one in kept if _may_take_all(one) for place in one.places)
    bundles = [each for each in best.given if isinstance(each.candidate.reward, Bundle)]
    rounding = sum(one.rounds for one in kept)
    found: list[Candidate] = []
    for each in best.given:
        one = each.candidate
        if one not in members:
            continue
        others = {place for other in bundles if other is not each for place in _lines_of(other)}
        lines = _lines_of(each)
        few = each.amount_minor <= rounding and each.amount_minor <= _roundings_after(one, kept)
        if few or all(
            place in others or (covered[place] > _may_take_all(one) and _nothing_left(one, best, place))
            for place in lines
        ):
            found.append(one)
    found.sort(key=lambda one: one.id, reverse=True)
    return found


def _may_take_all(one: Candidate) -> bool:
    """Whether it could make up for all that another one takes off a unit."""
    reward = one.reward
    if isinstance(reward, Ladder):
        return any(step.rate in (None, 1) for step in reward.steps)
    return isinstance(reward, AmountOff | Bundle) or reward.rate == 1


def _lines_of(given: Given) -> Sequence[int]:
    return [taken[0] for taken in given.taken] or given.candidate.places


def _nothing_left(one: Candidate, best: Priced, place: int) -> bool:
    """Whether the units of this line that it may have been about cost nothing in the end."""
    runs = [run for run in best.sheet.runs[place] if run[3]]
    reward = one.reward
    some = one.is_set or (isinstance(reward, PercentOff | AmountOff) and reward.units > 0)
    return any(not run[1] for run in runs) if some else all(not run[1] for run in runs)


def _roundings_after(one: Candidate, kept: Sequence[Candidate]) -> int:
    places = set(one.places)
    return sum(
        other.rounds and other is not one and other.phase >= one.phase and not places.isdisjoint(other.places)
        for other in kept
    )
