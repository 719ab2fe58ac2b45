"""How much roundings can matter when discounts overlap, so that the best deal is searched only where they do.

Each percentage is rounded once. Giving one up changes the rounding of those that share goods with it, and of
later ones, by at most one minor unit each.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from agent.domain.candidate import LINE_PHASE, Candidate
from agent.domain.rates import millionths
from agent.domain.rewards.amount_off import AmountOff
from agent.domain.rewards.percent_off import PercentOff
from agent.domain.worksheet import WHOLE, Worksheet

_NOWHERE: Final[frozenset[int]] = frozenset()


class Roundings:
    """Candidates that overlap, and by how many minor units giving one up can change the roundings of others.

    A percentage changes only what is taken off its own goods, since remainders are carried exact; an amount moves
    between goods, so whatever shares goods with it is concerned too.
    """

    def __init__(self, candidates: Sequence[Candidate]) -> None:
        self._at: dict[int, list[Candidate]] = {}
        for one in candidates:
            for place in one.places:
                self._at.setdefault(place, []).append(one)
        self._later = [one.phase for one in candidates if one.phase != LINE_PHASE and one.rounds]
        self._moved = _joined_places(
            [one for one in candidates if one.phase == LINE_PHASE and not one.rounds]
        )

    def slack_minor(self, candidate: Candidate) -> int:
        """How much the roundings of others can bring when this one is given up."""
        if candidate.phase != LINE_PHASE:
            return sum(phase >= candidate.phase for phase in self._later)
        places = set(candidate.places)
        for place in candidate.places:
            places |= self._moved.get(place, _NOWHERE)
        percents = {
            one for place in places for one in self._at[place] if one.phase == LINE_PHASE and one.rounds
        }
        return len(percents) + len(self._later)

    def weak(self, candidate: Candidate, begin: Worksheet, final: Worksheet, less_minor: int = 0) -> bool:
        """Whether roundings may decide if this candidate should apply.

        Even as the last of all it would take its part of what is left at the end, which may be `less_minor` less
        than in `final`; where that is more than roundings can bring, it belongs to the best deal.
        """
        if all(len(self._at[place]) == 1 for place in candidate.places):
            return False
        slack = self.slack_minor(candidate)
        left = max(final.left_minor(candidate.places) - less_minor, 0)
        reward = candidate.reward
        if isinstance(reward, PercentOff) and not (reward.units or reward.max_discount_minor):
            return left * millionths(reward.rate) <= slack * WHOLE
        if isinstance(reward, AmountOff) and reward.off == "sale":
            worth = min(reward.amount_minor * max(candidate.blocks, 1), left)
            return worth * left <= slack * begin.left_minor(candidate.places)
        # What it takes depends on single units or on steps: let the search look.
        return True


def _joined_places(candidates: Sequence[Candidate]) -> dict[int, set[int]]:
    """For each line of these candidates all lines that they join it with, directly or through one another."""
    joined: dict[int, set[int]] = {}
    for one in candidates:
        places = set(one.places)
        for place in one.places:
            places |= joined.get(place, _NOWHERE)
        for place in places:
            joined[place] = places
    return joined
