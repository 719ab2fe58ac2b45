"""Which of several packings that take as much is looked at: those that could keep more points, or need fewer offers."""

from __future__ import annotations

from typing import Final

from agent.domain.basis import Basis
from agent.domain.packing import Packing
from agent.domain.set_plan import Plan
from agent.domain.set_shop import SetShop

# So many packings that take as much as the best are priced.
MAX_PRICED: Final = 16


def earns_apart(basis: Basis, shop: SetShop) -> bool:
    """Whether points depend on which of these units are discounted."""
    places = {place for each in shop.classes for place, _run in each.units}
    if len(places) < 2:
        return False
    finder = basis.situation.finder
    for program in (*basis.earners, *basis.multipliers):
        rules = [finder.places(rule.goods, "points") for rule in program.earning]
        rules += [finder.places(condition.goods, "discount") for condition in program.conditions]
        for found in rules:
            if not places.isdisjoint(found) and not places.issubset(found):
                return True
    return False


def alike(plan: Plan, *, points_differ: bool) -> list[Packing]:
    """The packings to price beside the best one; where points cannot differ, only the one of the first offers."""
    tied = plan.tied()
    if not tied:
        return []
    if points_differ:
        return tied[:MAX_PRICED]
    mine = plan.offers_of(plan.best)
    first = min(tied, key=lambda packing: (len(plan.offers_of(packing)), plan.offers_of(packing)))
    ids = plan.offers_of(first)
    return [first] if (len(ids), ids) < (len(mine), mine) else []
