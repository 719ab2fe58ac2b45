"""Which candidates apply, and which sets are made: the deal with the largest discount, over all phases jointly.

Usually that is simply everything. Where programs exclude one another, spoil one another or compete for units, the
deals are searched by branch and bound. What every deal contains is priced once; a program that is searched adds at
most what it would take off alone, and sets at most their packing's bound, so branches that cannot reach the best
deal found are never priced. The search counts steps, never time.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from agent.domain.basis import Basis
from agent.domain.candidate import Candidate
from agent.domain.close_calls import PartDeal, closest
from agent.domain.components import early_parts, focused, is_early, places_of
from agent.domain.deal_search import MAX_STEPS, BestDeal, deal_of
from agent.domain.fickle import is_fickle, most_minor
from agent.domain.idle_sets import without_idle_sets
from agent.domain.kept_back import keep_back
from agent.domain.late import LateDeal, late_deal, nothing_later
from agent.domain.loose_ends import conflicts_of
from agent.domain.needless import without_needless
from agent.domain.packing import Steps
from agent.domain.pricing import Priced, before_sets
from agent.domain.ranking import deal_rank
from agent.domain.set_search import set_bound

# With more offers than this, what roundings leave open by a minor unit is not searched once more.
MAX_TOGETHER: Final = 24


@dataclass(slots=True)
class Known:
    """What was decided before: the deals of early offers that have nothing to do with the others.

    `parts` are those of the deal that was found first, and `late` what comes after them.
    """

    deals: dict[tuple[Candidate, ...], BestDeal] = field(default_factory=dict)
    parts: Sequence[Sequence[Candidate]] = ()
    late: LateDeal | None = None


def best_deal(basis: Basis, candidates: Sequence[Candidate], limit: int = MAX_STEPS) -> BestDeal:
    """Exact where the bound equals the discount. Ties go by points kept, then fewer programs, then ids.

    The search stops after about `limit` steps; then the bound is more than the discount.
    """
    conflicts = conflicts_of(candidates)
    candidates = without_idle_sets(basis, candidates, conflicts)
    known = Known()
    deal = _largest(basis, candidates, conflicts, known, Steps(limit))
    # Nobody takes off more than there is.
    goods = basis.situation.sheet.left_minor({place for one in candidates for place in one.places})
    if deal.bound_minor > goods:
        deal = replace(deal, bound_minor=goods)
    if deal.bound_minor > deal.priced.discount_minor:
        return deal
    spare = Steps(limit // 4)

    def without(left: Sequence[Candidate]) -> tuple[Priced, frozenset[Candidate]] | None:
        steps = Steps(min(limit // 16, spare.left))
        before = steps.left
        if before <= 0 or _takes_less(basis, left, deal.priced, conflicts, known, steps):
            return None
        other = _largest(basis, left, conflicts, known, steps)
        spare.take(before - max(steps.left, 0))
        return other.priced, other.given_up

    priced, given_up = without_needless(basis, candidates, deal.given_up, deal.priced, conflicts, without)
    if given_up == deal.given_up:
        return deal
    return BestDeal(priced, given_up, max(deal.bound_minor, priced.discount_minor), deal.calm)


def _takes_less(
    basis: Basis,
    left: Sequence[Candidate],
    best: Priced,
    conflicts: dict[Candidate, set[Candidate]],
    known: Known,
    steps: Steps,
) -> bool:
    """Whether it is plain that what is left of all candidates takes less than the best deal: only parts are decided."""
    late = known.late
    staying = set(left)
    if late is None or not staying.issuperset(late.offers):
        return False
    less = rounded = 0
    for part in known.parts:
        some = [one for one in part if one in staying]
        if len(some) == len(part):
            continue
        less += part_deal(basis, part, conflicts, known, steps).priced.discount_minor
        less -= _at_most(basis, some, conflicts, known, steps)
        rounded += sum(one.rounds for one in part)
    most = late.most_with_less(less, rounded) if less > 0 else None
    return most is not None and most < best.discount_minor


def _at_most(
    basis: Basis,
    some: Sequence[Candidate],
    conflicts: dict[Candidate, set[Candidate]],
    known: Known,
    steps: Steps,
) -> int:
    """What some offers of a part cannot exceed."""
    if all(one.is_set for one in some):
        return set_bound(focused(basis, some), some, ()) + sum(one.rounds for one in some)
    parts = early_parts(basis, some, conflicts)
    return sum(part_deal(basis, each, conflicts, known, steps).bound_minor for each in parts)


def part_deal(
    basis: Basis,
    part: Sequence[Candidate],
    conflicts: dict[Candidate, set[Candidate]],
    known: Known,
    steps: Steps,
) -> BestDeal:
    """The best deal of a part, as if there were nothing else."""
    deal = known.deals.get(tuple(part))
    if deal is None:
        deal = known.deals[tuple(part)] = deal_of(focused(basis, part), part, conflicts, steps)
    return deal


def _largest(
    basis: Basis,
    candidates: Sequence[Candidate],
    conflicts: dict[Candidate, set[Candidate]],
    known: Known,
    steps: Steps,
) -> BestDeal:
    """The largest discount; `known` keeps the deals of parts that were decided before."""
    early = [one for one in candidates if is_early(one)]
    late = [one for one in candidates if not is_early(one)]
    excluded = {one for each in late for one in conflicts.get(each, ())}
    if early and not any(is_early(one) for one in excluded):
        parts = early_parts(basis, early, conflicts)
        if len(parts) > 1 or late:
            return _in_parts(basis, candidates, parts, late, conflicts, known, steps)
    return deal_of(basis, candidates, conflicts, steps)


def _in_parts(
    basis: Basis,
    candidates: Sequence[Candidate],
    parts: Sequence[Sequence[Candidate]],
    late: Sequence[Candidate],
    conflicts: dict[Candidate, set[Candidate]],
    known: Known,
    steps: Steps,
) -> BestDeal:
    """The parts of the early offers decided apart, then what comes later; all together where that proves nothing."""
    # Where there is no choice there is nothing to search.
    plain = [part[0] for part in parts if len(part) == 1 and not part[0].is_set]
    merged = before_sets(basis, plain, record=True)
    begin = merged.copy() if late else merged
    deals: list[PartDeal] = []
    given_up: set[Candidate] = set()
    open_minor = 0
    calm = True
    for part in parts:
        if len(part) == 1 and not part[0].is_set:
            continue
        places = places_of(part)
        deal = part_deal(basis, part, conflicts, known, steps)
        deals.append(PartDeal(part, places, deal.priced))
        merged.take_over(deal.priced, places)
        given_up |= deal.given_up
        open_minor += deal.bound_minor - deal.priced.discount_minor
        calm = calm and deal.calm
    found = late_deal(basis, parts, late, conflicts, merged) if late else nothing_later(merged)
    if not known.parts:
        known.parts, known.late = parts, found if not open_minor else None
    if not late:
        merged.given.sort(key=lambda each: each.order)
        return BestDeal(merged, frozenset(given_up), merged.discount_minor + open_minor)
    if found.bound_minor is not None:
        given_up |= found.given_up
        bound = max(found.bound_minor + open_minor, found.priced.discount_minor)
        if bound > found.priced.discount_minor >= found.kept_minor and calm and not open_minor:
            closest_deal = closest(basis, deals, conflicts, begin, found, steps)
            if closest_deal is not None:
                decided = closest_deal.touched | set(closest_deal.missed)
                given_up = set(found.given_up) | {one for one in conflicts if one not in decided}
                minor = closest_deal.discount_minor
                return BestDeal(closest_deal, frozenset(given_up), max(minor, found.others_minor))
        proven = bound == found.priced.discount_minor > found.kept_minor
        if proven:
            return BestDeal(found.priced, frozenset(given_up), bound)
        if len(candidates) > MAX_TOGETHER:
            kept = keep_back(basis, plain, deals, begin, found, steps)
            given_up = given_up - found.given_up | kept.given_up
            given_up |= {one for one in late if one not in kept.late}
            if kept.bound_minor is not None:
                bound = min(bound, kept.bound_minor)
            return BestDeal(kept.priced, frozenset(given_up), max(bound, kept.priced.discount_minor))
        whole = deal_of(basis, candidates, conflicts, steps)
        bound = max(min(whole.bound_minor, bound), whole.priced.discount_minor, found.priced.discount_minor)
        if deal_rank(basis, whole.priced) < deal_rank(basis, found.priced):
            return replace(whole, bound_minor=bound)
        return BestDeal(found.priced, frozenset(given_up), bound)
    if len(candidates) > MAX_TOGETHER:
        # The later offers give most where nothing was taken off before.
        most_late = deal_of(basis, late, conflicts, steps).bound_minor
        most_late += sum(most_minor(basis, one, basis.situation.sheet) for one in late if is_fickle(one))
        given_up |= found.given_up
        return BestDeal(found.priced, frozenset(given_up), merged.discount_minor + open_minor + most_late)
    whole = deal_of(basis, candidates, conflicts, steps)
    if deal_rank(basis, found.priced) < deal_rank(basis, whole.priced):
        return BestDeal(found.priced, frozenset(given_up | found.given_up), whole.bound_minor)
    return whole
