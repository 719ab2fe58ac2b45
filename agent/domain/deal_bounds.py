"""What a search of deals may still hope for: the most that each candidate, and all that are certain, can take off."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from agent.domain.basis import Basis
from agent.domain.candidate import Candidate
from agent.domain.fickle import is_fickle, most_minor
from agent.domain.pricing import Priced, ladder_reached, price, saving
from agent.domain.rewards.percent_off import PercentOff
from agent.domain.set_search import set_bound


def weights_of(basis: Basis, loose: Iterable[Candidate], firm: Sequence[Candidate]) -> dict[Candidate, int]:
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
            most = set_bound(basis, [one], sure)
            found[one] = most if one.budget_minor is None else min(most, one.budget_minor)
        elif is_fickle(one):
            found[one] = most_minor(basis, one, sheet) + one.rounds
        else:
            found[one] = saving(basis, one, sheet, ladder_reached(one, basis.situation)) + one.rounds
    return found


def without_budgets(basis: Basis, candidates: Sequence[Candidate]) -> Priced:
    """A pricing in which no budget refuses: with others a discount may be small enough for it."""
    limited = [one for one in candidates if one.budget_minor is not None]
    return price(basis, candidates, heed=not limited)


def cliques_of(
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


def rounding_slack(candidates: Sequence[Candidate], loose: set[Candidate]) -> int:
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
