"""The best deal of candidates that are decided together: those that exclude or spoil one another by branch and bound."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from agent.domain.basis import Basis
from agent.domain.candidate import LINE_PHASE, Candidate
from agent.domain.conditions.min_spend import MinSpend
from agent.domain.deal_bounds import cliques_of, rounding_slack, weights_of, without_budgets
from agent.domain.fickle import is_fickle, most_minor, picks
from agent.domain.loose_ends import spoilers_of
from agent.domain.one_of_them import largest_of
from agent.domain.packing import Steps
from agent.domain.pricing import Priced, price
from agent.domain.ranking import deal_rank
from agent.domain.reach import emptying
from agent.domain.rewards.ladder import Ladder
from agent.domain.set_search import SetSearch, pricing_steps, set_bound

# A step is one node of a search, or as much work.
MAX_STEPS: Final = 30_000
# Deals of equal discount are compared only so far.
MAX_TIES: Final = 64
_NONE: Final[set[Candidate]] = set()


@dataclass(frozen=True, slots=True)
class BestDeal:
    """The best pricing found, the candidates given up for it, and the discount that no deal can exceed.

    `calm`: candidates may exclude one another or compete for units, but none spoils another.
    """

    priced: Priced
    given_up: frozenset[Candidate]
    bound_minor: int
    calm: bool = False


def deal_of(
    basis: Basis,
    candidates: Sequence[Candidate],
    conflicts: dict[Candidate, set[Candidate]],
    steps: Steps,
) -> BestDeal:
    """The best deal of candidates that are decided together; `conflicts` may name others too."""
    mine = set(candidates)
    conflicts = {one: met for one in candidates if (met := conflicts.get(one, _NONE) & mine)}
    only = largest_of(basis, candidates, conflicts) if 1 < len(conflicts) == len(candidates) else None
    if only is not None:
        return _alone(basis, candidates, only)
    sets = [one for one in candidates if one.is_set]
    loose = set(conflicts) | emptying(basis, candidates)
    # With too many sets an offer would give none, and keep others from the units.
    loose |= {one for one in sets if one.budget_minor is not None and not one.in_order and len(sets) > 1}
    if loose or not _harmless(candidates):
        plain = [one for one in candidates if not one.is_set]
        lowest = price(basis, plain, heed=False)
        bound = set_bound(basis, sets, [one for one in plain if one not in loose])
        # Which units are picked, and which step is reached, may be otherwise than in `lowest`.
        shifting = sum(
            most_minor(basis, one, basis.situation.sheet)
            for one in plain
            if picks(one) or isinstance(one.reward, Ladder)
        )
        loose |= spoilers_of(basis, candidates, lowest, bound + shifting)
    if not loose:
        found, proven_minor = SetSearch(basis, candidates, steps).best(0, record=True)
        return BestDeal(found, frozenset(), max(proven_minor, found.discount_minor), calm=True)
    deal = DealSearch(basis, candidates, conflicts, loose, steps).run()
    return replace(deal, calm=loose == set(conflicts))


def _alone(basis: Basis, candidates: Sequence[Candidate], only: Candidate) -> BestDeal:
    """The deal of one that excludes all others."""
    priced = price(basis, [only], record=True)
    given_up = frozenset(one for one in candidates if one is not only)
    return BestDeal(priced, given_up, priced.discount_minor, calm=True)


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


class DealSearch:
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
        self._weights = weights_of(basis, loose, firm_plain)
        self._cliques = cliques_of(loose, conflicts, self._weights)
        self._rest = [0]
        for clique in reversed(self._cliques):
            self._rest.append(self._rest[-1] + max(self._weights[one] for one in clique))
        self._rest.reverse()
        sets = [one for one in firm if one.is_set]
        fickle = [one for one in firm_plain if is_fickle(one)]
        steady = [one for one in firm_plain if one not in fickle] if fickle else firm_plain
        self._base = (
            without_budgets(basis, steady).discount_minor
            + sum(most_minor(basis, one, basis.situation.sheet) for one in fickle)
            + set_bound(basis, sets, firm_plain)
            + rounding_slack(candidates, loose)
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
            return self._leaf(acc)
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

    def _leaf(self, reach_minor: int) -> bool:
        """Price what is chosen; by the bound it comes to `reach_minor` at most."""
        taken = {*self._chosen, *self._firm}
        kept = [one for one in self._candidates if one in taken]
        if not self._lists_are_whole(taken):
            return True
        if not self._steps.take(pricing_steps(kept)) and self._best is not None:
            return False
        floor = self._best.discount_minor if self._best is not None else 0
        found, proven_minor = SetSearch(self._basis, kept, self._steps).best(floor)
        if proven_minor > found.discount_minor:
            self._open_bound = max(self._open_bound, min(proven_minor, reach_minor))
        if self._best is None or _better(self._basis, found, self._best):
            self._best, self._kept = found, kept
        return True

    def _lists_are_whole(self, taken: set[Candidate]) -> bool:
        """Whether everything that applies in list order is in, except for what something in the deal excludes."""
        return all(
            one in taken or not taken.isdisjoint(self._conflicts[one])
            for one in self._conflicts
            if one.in_order
        )


def _better(basis: Basis, one: Priced, other: Priced) -> bool:
    if one.discount_minor != other.discount_minor:
        return one.discount_minor > other.discount_minor
    return deal_rank(basis, one) < deal_rank(basis, other)
