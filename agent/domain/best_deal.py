"""Which candidates apply: the set with the largest discount of the whole quote, over all phases jointly.

Usually that is simply all of them. Two things can make less more: a discount that takes the basket below the
threshold of a better one, and roundings of overlapping percentages that differ by a minor unit. Only candidates
that can be in such a conflict are searched, by branch and bound under a limit counted in pricings.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from agent.domain.basis import POINTS_PHASE, Basis, Candidate
from agent.domain.conditions.min_spend import MinSpend
from agent.domain.earning import earned_points
from agent.domain.pricing import Priced, price
from agent.domain.worksheet import Worksheet

MAX_PRICINGS: Final = 200


@dataclass(frozen=True, slots=True)
class BestDeal:
    """The best pricing found, the candidates given up for it, and the discount that no other can exceed."""

    priced: Priced
    given_up: tuple[Candidate, ...]
    bound_minor: int


def best_deal(basis: Basis, candidates: Sequence[Candidate]) -> BestDeal:
    """Exact unless the bound says otherwise; ties by points kept, then fewer programs, then ids."""
    possible = [one for one in candidates if _could_pass(one, basis)]
    everything = price(basis, possible)
    hopeless = [one for one in candidates if one not in possible]
    for one in hopeless:
        _say_why(basis, one, everything)
    ceiling = everything
    contested = [one for one in possible if one in everything.missed or one in everything.short]
    if contested:
        ceiling = price(basis, possible, heed=False)
        contested = [one for one in possible if one in ceiling.missed or one in ceiling.short]
    crowded = _crowded(possible)
    slack = len(crowded)
    loose = [
        one
        for one in possible
        if _blocks_another(one, contested, basis) or (one in crowded and _weak(one, basis, ceiling.sheet, slack))
    ]
    if not loose:
        return BestDeal(everything, (), everything.discount_minor)
    return _search(basis, possible, loose, everything, ceiling.discount_minor + slack)
