"""Which candidates apply, and which sets are made: the deal with the largest discount, over all phases jointly.

Usually that is simply everything. Where programs exclude one another, spoil one another or compete for units, the
deals are searched by branch and bound. What every deal contains is priced once; a program that is searched adds at
most what it would take off alone, and sets at most their packing's bound, so branches that cannot reach the best
deal found are never priced. The search counts steps, never time.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from agent.domain.basis import Basis
from agent.domain.candidate import LINE_PHASE, Candidate
from agent.domain.close_calls import PartDeal, closest
from agent.domain.components import early_parts, is_early
from agent.domain.conditions.min_spend import MinSpend
from agent.domain.fickle import is_fickle, most_minor, picks
from agent.domain.late import late_deal
from agent.domain.loose_ends import conflicts_of, emptying, spoilers_of
from agent.domain.packing import Steps
from agent.domain.pricing import Priced, before_sets, ladder_reached, price, saving
from agent.domain.ranking import deal_rank
from agent.domain.rewards.ladder import Ladder
from agent.domain.rewards.percent_off import PercentOff
from agent.domain.set_search import SetSearch, set_bound

# A step is one line of one candidate priced once, or one node of a search.
MAX_STEPS: Final = 40_000
# With more offers than this, what roundings leave open by a minor unit is not searched once more.
MAX_TOGETHER: Final = 24
# Deals of equal discount are compared only so far.
MAX_TIES: Final = 64


@dataclass(frozen=True, slots=True)
class BestDeal:
    """The best pricing found, the candidates given up for it, and the discount that no deal can exceed.

    `calm`: candidates may exclude one another or compete for units, but none spoils another.
    """

    priced: Priced
    given_up: frozenset[Candidate]
    bound_minor: int
    calm: bool = False


def best_deal(basis: Basis, candidates: Sequence[Candidate]) -> BestDeal:
    """Exact where the bound equals the discount. Ties go by points kept, then fewer programs, then ids."""
    conflicts = conflicts_of(candidates)
    early = [one for one in candidates if is_early(one)]
    late = [one for one in candidates if not is_early(one)]
    if len(early) > 1 and not any(is_early(one) for each in late for one in conflicts.get(each, ())):
        parts = early_parts(basis, early, conflicts)
        if len(parts) > 1 or late:
            return _in_parts(basis, candidates, parts, late, conflicts)
    return deal_of(basis, candidates, conflicts, Steps(MAX_STEPS))


def _in_parts(
    basis: Basis,
    candidates: Sequence[Candidate],
    parts: Sequence[Sequence[Candidate]],
    late: Sequence[Candidate],
    conflicts: dict[Candidate, set[Candidate]],
) -> BestDeal:
    """The parts of the early offers decided apart, then what comes later; all together where that proves nothing."""
    steps = Steps(MAX_STEPS)
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
        places = sorted({place for one in part for place in one.places})
        sheet = basis.situation.sheet.focused(places)
        focused = replace(basis, situation=basis.situation.with_sheet(sheet))
        deal = deal_of(focused, part, conflicts, steps)
        deals.append(PartDeal(focused, part, places, deal.priced))
        merged.take_over(deal.priced, places)
        given_up |= deal.given_up
        open_minor += deal.bound_minor - deal.priced.discount_minor
        calm = calm and deal.calm
    if not late:
        merged.given.sort(key=lambda each: each.order)
        return BestDeal(merged, frozenset(given_up), merged.discount_minor + open_minor)
    found = late_deal(basis, parts, late, conflicts, merged)
    if found.bound_minor is not None:
        given_up |= found.given_up
        bound = max(found.bound_minor + open_minor, found.priced.discount_minor)
        if bound > found.priced.discount_minor and calm and not open_minor:
            closest_deal = closest(basis, deals, conflicts, begin, found, steps)
            if closest_deal is not None:
                decided = closest_deal.touched | set(closest_deal.missed)
                given_up = set(found.given_up) | {one for one in conflicts if one not in decided}
                minor = closest_deal.discount_minor
                return BestDeal(closest_deal, frozenset(given_up), max(minor, found.others_minor))
        if bound == found.priced.discount_minor or len(candidates) > MAX_TOGETHER:
            return BestDeal(found.priced, frozenset(given_up), bound)
        whole = deal_of(basis, candidates, conflicts, Steps(MAX_STEPS))
        if whole.priced.discount_minor > found.priced.discount_minor:
            return replace(whole, bound_minor=min(whole.bound_minor, bound))
        return BestDeal(found.priced, frozenset(given_up), min(whole.bound_minor, bound))
    if len(candidates) > MAX_TOGETHER:
        # The later offers give most where nothing was taken off before.
        most_late = deal_of(basis, late, conflicts, Steps(MAX_STEPS)).bound_minor
        most_late += sum(most_minor(basis, one, basis.situation.sheet) for one in late if is_fickle(one))
        given_up |= found.given_up
        return BestDeal(found.priced, frozenset(given_up), merged.discount_minor + open_minor + most_late)
    whole = deal_of(basis, candidates, conflicts, Steps(MAX_STEPS))
    if found.priced.discount_minor > whole.priced.discount_minor:
        return BestDeal(found.priced, frozenset(given_up | found.given_up), whole.bound_minor)
    return whole


def deal_of(
    basis: Basis,
    candidates: Sequence[Candidate],
    conflicts: dict[Candidate, set[Candidate]],
    steps: Steps,
) -> BestDeal:
    """The best deal of candidates that are decided together; `conflicts` may name others too."""
    mine = set(candidates)
    conflicts = {one: against & mine for one, against in conflicts.items() if one in mine and against & mine}
    sets = [one for one in candidates if one.is_set]
    loose = set(conflicts) | emptying(basis, candidates)
    if loose or not _harmless(candidates):
        plain = [one for one in candidates if not one.is_set]
        lowest = price(basis, plain, heed=False)
        bound = set_bound(basis, sets, [one for one in plain if one not in loose])
        # Which units are picked may be otherwise than in `lowest`.
        shifting = sum(most_minor(basis, one, basis.situation.sheet) for one in plain if picks(one))
        loose |= spoilers_of(basis, candidates, lowest, bound + shifting)
    if not loose:
        found, proven_minor = SetSearch(basis, candidates, steps).best(0, record=True)
        return BestDeal(found, frozenset(), max(proven_minor, found.discount_minor), calm=True)
    deal = _DealSearch(basis, candidates, conflicts, loose, steps).run()
    return replace(deal, calm=loose == set(conflicts))


def _harmless(candidates: Sequence[Candidate]) -> bool:
    """Whether it is plain at once that nothing can spoil anything: sets may compete, and that is another search."""
    seen: set[int] = set()
    for one in candidates:
        if one.cost_points or one.budget_minor is not None or one.in_order:
            return False
        # The first phase begins at list prices, whatever applies in it.
        if one.phase != LINE_PHASE and any(isinstance(each, MinSpend) for each in one.program.conditions):
            return False
        if isinstance(one.reward, Ladder) and not one.reward.by_units:
            return False
        if one.is_set:
            continue
        if one.phase != LINE_PHASE or not seen.isdisjoint(one.places):
            return False
        seen.update(one.places)
    return True


class _DealSearch:
    """Depth first over the loose candidates, clique by clique: at most one of each clique applies."""

    def __init__(
        self,
        basis: Basis,
        candidates: Sequence[Candidate],
        conflicts: dict[Candidate, set[Candidate]],
        loose: set[Candidate],
        steps: Steps,
    ) -> None:
        self._basis = basis
        self._candidates = candidates
        self._conflicts = conflicts
        self._steps = steps
        self._ties = MAX_TIES
        firm = [one for one in candidates if one not in loose]
        firm_plain = [one for one in firm if not one.is_set]
        self._firm = firm
        self._weights = _weights(basis, loose, firm_plain)
        self._cliques = _cliques(loose, conflicts, self._weights)
        self._rest = [0]
        for clique in reversed(self._cliques):
            self._rest.append(self._rest[-1] + max(self._weights[one] for one in clique))
        self._rest.reverse()
        sets = [one for one in firm if one.is_set]
        fickle = [one for one in firm_plain if is_fickle(one)]
        steady = [one for one in firm_plain if one not in fickle] if fickle else firm_plain
        self._base = (
            _without_budgets(basis, steady).discount_minor
            + sum(most_minor(basis, one, basis.situation.sheet) for one in fickle)
            + set_bound(basis, sets, firm_plain)
            + _rounding_slack(candidates, loose)
        )
        self._best: Priced | None = None
        self._kept: list[Candidate] = []
        self._chosen: list[Candidate] = []
        self._open_bound = 0

    def run(self) -> BestDeal:
        complete = self._level(0, self._base)
        best = self._best
        if best is None:
            raise RuntimeError("the first deal is always priced")
        kept = set(self._kept)
        if not best.sheet.record:
            best, _bound = SetSearch(self._basis, self._kept, Steps(MAX_STEPS)).best(0, record=True)
        bound = max(best.discount_minor, self._open_bound)
        if not complete:
            goods = self._basis.quote_input.basket.total_minor
            bound = max(min(self._base + self._rest[0], goods), bound)
        given_up = frozenset(one for one in self._candidates if one not in kept)
        return BestDeal(best, given_up, bound)

    def _level(self, at: int, acc: int) -> bool:
        """Decide the clique at `at`; `acc` is the base and what the chosen ones may add. False: out of steps."""
        best = self._best
        if best is not None:
            reach = acc + self._rest[at]
            if reach < best.discount_minor:
                return True
            if reach == best.discount_minor:
                self._ties -= 1
                if self._ties < 0:
                    return True
        if at == len(self._cliques):
            return self._leaf()
        chosen = set(self._chosen)
        for one in self._cliques[at]:
            against = self._conflicts.get(one)
            if against is not None and not chosen.isdisjoint(against):
                continue
            self._chosen.append(one)
            on = self._level(at + 1, acc + self._weights[one])
            self._chosen.pop()
            if not on:
                return False
        return self._level(at + 1, acc)

    def _leaf(self) -> bool:
        kept = [one for one in self._candidates if one in set(self._chosen) or one in set(self._firm)]
        if not self._steps.take(sum(10 + len(one.places) for one in kept)) and self._best is not None:
            return False
        floor = self._best.discount_minor if self._best is not None else 0
        found, proven_minor = SetSearch(self._basis, kept, self._steps).best(floor)
        if proven_minor > found.discount_minor:
            self._open_bound = max(self._open_bound, proven_minor)
        if self._best is None or _better(self._basis, found, self._best):
            self._best, self._kept = found, kept
        return True


def _weights(basis: Basis, loose: Iterable[Candidate], firm: Sequence[Candidate]) -> dict[Candidate, int]:
    """The most that each loose candidate can add: what it takes off alone, after what surely applies anyway."""
    sure = [
        one
        for one in firm
        if isinstance(one.reward, PercentOff)
        and not (one.reward.units or one.reward.max_discount_minor or one.program.conditions)
        and not (one.cost_points or one.of_list or one.budget_minor is not None)
    ]
    sheet = price(basis, sure, heed=False).sheet
    found: dict[Candidate, int] = {}
    for one in loose:
        if one.is_set:
            found[one] = set_bound(basis, [one], sure)
        elif is_fickle(one):
            found[one] = most_minor(basis, one, sheet) + one.rounds
        else:
            found[one] = saving(basis, one, sheet, ladder_reached(one, basis.situation)) + one.rounds
    return found


def _without_budgets(basis: Basis, candidates: Sequence[Candidate]) -> Priced:
    """A pricing in which no budget refuses: with others a discount may be small enough for it."""
    limited = [one for one in candidates if one.budget_minor is not None]
    return price(basis, candidates, heed=not limited)


def _cliques(
    loose: Iterable[Candidate], conflicts: dict[Candidate, set[Candidate]], weights: dict[Candidate, int]
) -> list[list[Candidate]]:
    """The loose candidates in cliques of which at most one applies, the weightiest first; alone where they are free."""
    ranked = sorted(loose, key=lambda one: (-weights[one], one.id))
    cliques: list[list[Candidate]] = []
    for one in ranked:
        against = conflicts.get(one)
        home = None
        if against:
            home = next((clique for clique in cliques if against.issuperset(clique)), None)
        if home is None:
            cliques.append([one])
        else:
            home.append(one)
    return cliques


def _rounding_slack(candidates: Sequence[Candidate], loose: set[Candidate]) -> int:
    """How many minor units roundings may add to what exact figures say."""
    affected: set[int] = set()
    for one in candidates:
        if one in loose or one.is_set:
            affected.update(one.places)
    spreading = [one for one in candidates if not one.rounds and len(one.places) > 1]
    grown = True
    while grown:
        grown = False
        for one in spreading:
            if not affected.isdisjoint(one.places) and not affected.issuperset(one.places):
                affected.update(one.places)
                grown = True
    return sum(one.rounds and not affected.isdisjoint(one.places) for one in candidates)


def _better(basis: Basis, one: Priced, other: Priced) -> bool:
    if one.discount_minor != other.discount_minor:
        return one.discount_minor > other.discount_minor
    return deal_rank(basis, one) < deal_rank(basis, other)
