"""Offers of a deal without which the discount would be the same: they are left out, so that nothing is used for nothing.

A coupon on goods that another offer gives away, or a percentage on goods that a bundle sells at its price, brings
nothing. Of equal deals the one that keeps more points, then the one of fewer programs, is the best.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Final

from agent.domain.basis import Basis
from agent.domain.candidate import Candidate
from agent.domain.pricing import Given, Priced
from agent.domain.ranking import deal_rank
from agent.domain.rewards.amount_off import AmountOff
from agent.domain.rewards.bundle import Bundle
from agent.domain.rewards.ladder import Ladder
from agent.domain.rewards.percent_off import PercentOff

# So many choices of what to leave out are tried.
MAX_TRIED: Final = 48
_NONE: Final[frozenset[Candidate]] = frozenset()

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
    """The best ranked deal of the same discount that leaves out some more than `given_up`, and all that it leaves out.

    What takes the place of something needless may be needless itself, so each deal found is looked at in turn.
    """
    found: list[tuple[frozenset[Candidate], frozenset[Candidate], Priced]] = [(frozenset(), given_up, best)]
    tried = {frozenset[Candidate]()}
    rank = None
    out = given_up
    for dropped, besides, deal in found:
        for one in _perhaps_needless(candidates, besides, deal, conflicts):
            more = dropped | {one}
            if more in tried or len(tried) > MAX_TRIED:
                continue
            tried.add(more)
            other = without([each for each in candidates if each not in more])
            if other is None or other[0].discount_minor < best.discount_minor:
                continue
            priced, gone = other[0], more | other[1]
            if not _lists_are_whole(candidates, gone, conflicts):
                continue
            found.append((more, gone, priced))
            if rank is None:
                rank = deal_rank(basis, best)
            if deal_rank(basis, priced) < rank:
                best, out, rank = priced, gone, deal_rank(basis, priced)
    return best, out


def _lists_are_whole(
    candidates: Sequence[Candidate],
    gone: frozenset[Candidate],
    conflicts: Mapping[Candidate, set[Candidate]],
) -> bool:
    """Whether what applies in list order is left out only for something in the deal that excludes it.

    A set offer that is left out is in the deal all the same, and makes no set.
    """
    return not any(
        one.in_order and not one.is_set and conflicts.get(one, _NONE).issubset(gone)
        for one in candidates
        if one in gone
    )


def _perhaps_needless(
    candidates: Sequence[Candidate],
    given_up: frozenset[Candidate],
    best: Priced,
    conflicts: Mapping[Candidate, set[Candidate]],
) -> list[Candidate]:
    """Those whose discount others could make up for to the minor unit: on goods of which nothing is left, or that a
    bundle sells at its own price, or a discount that roundings may bring as well. Last ids first."""
    kept = [one for one in candidates if one not in given_up]
    members = set(kept)
    # What was given up may come back, unless something in the deal excludes it; what gave its whole amount has no
    # more to give.
    out = {each.candidate for each in best.given if _gave_its_amount(each)}
    out.update(one for one in given_up if not members.isdisjoint(conflicts.get(one, _NONE)))
    covered = Counter(
        place for one in candidates if _may_take_all(one) and one not in out for place in one.places
    )
    # Of sets that could take one another's place, the packing has chosen already.
    by_others = Counter(
        place
        for one in candidates
        if not one.is_set and _may_take_all(one) and one not in out
        for place in one.places
    )
    bundles = [each for each in best.given if isinstance(each.candidate.reward, Bundle)]
    rounding = sum(one.rounds for one in kept)
    found: list[Candidate] = []
    for each in best.given:
        one = each.candidate
        if one not in members:
            continue
        others = {place for other in bundles if other is not each for place in _lines_of(other)}
        cover = by_others if one.is_set else covered
        itself = not one.is_set and _may_take_all(one) and one not in out
        few = each.amount_minor <= rounding and each.amount_minor <= _roundings_after(one, kept)
        if few or all(
            place in others or (cover[place] > itself and _nothing_left(one, best, place))
            for place in _lines_of(each)
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


def _gave_its_amount(given: Given) -> bool:
    """Whether an amount off the sale was given in full, so that it cannot make up for anything."""
    reward = given.candidate.reward
    if not isinstance(reward, AmountOff) or reward.off != "sale":
        return False
    return given.amount_minor == reward.amount_minor * max(given.blocks, 1)


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
