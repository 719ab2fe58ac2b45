"""Which offers can change what is left of some goods before another one looks at them, and which may leave nothing."""

from __future__ import annotations

from collections.abc import Sequence

from agent.domain.basis import Basis
from agent.domain.candidate import SET_PHASE, Candidate
from agent.domain.pricing import before_sets
from agent.domain.rates import millionths
from agent.domain.rewards.amount_off import AmountOff
from agent.domain.rewards.ladder import Ladder
from agent.domain.rewards.percent_off import PercentOff
from agent.domain.worksheet import LIST, WHOLE, Worksheet


class Reach:
    """Which candidates can change what is left of some lines, directly or through others that spread a discount."""

    def __init__(self, candidates: Sequence[Candidate]) -> None:
        self._candidates = candidates
        self._spreading = [one for one in candidates if _spreads(one)]

    def of(self, watched: set[int], watcher: Candidate, *, same_phase: bool) -> set[Candidate]:
        """Those that come before the watcher, or with it, and are free to be left out."""
        last = watcher.phase if same_phase else watcher.phase - 1
        before = [one for one in self._candidates if one is not watcher and one.phase <= last]
        lines = set(watched)
        grown = True
        while grown:
            grown = False
            for one in self._spreading:
                if one.phase > last or lines.isdisjoint(one.places) or lines.issuperset(one.places):
                    continue
                lines.update(one.places)
                grown = True
        return {
            one
            for one in before
            if one.phase != SET_PHASE and not one.in_order and not lines.isdisjoint(one.places)
        }


def _spreads(one: Candidate) -> bool:
    """Whether what is taken off one of its lines changes what it takes off another."""
    if len(one.places) < 2:
        return False
    reward = one.reward
    if isinstance(reward, PercentOff):
        return bool(reward.max_discount_minor) or (reward.units > 0 and reward.units_per == "sale")
    if isinstance(reward, AmountOff):
        return reward.off == "sale" or (reward.units > 0 and reward.units_per == "sale")
    if isinstance(reward, Ladder):
        return any(step.rate is None for step in reward.steps)
    return True


def emptying(basis: Basis, candidates: Sequence[Candidate]) -> set[Candidate]:
    """Early offers that may take the last of a unit which a set could use: what costs nothing is in no set."""
    in_sets = {place for one in candidates if one.is_set for place in one.places}
    early = [one for one in candidates if one.phase < SET_PHASE and not in_sets.isdisjoint(one.places)]
    if not early:
        return set()
    lowest = before_sets(basis, early, heed=False).sheet
    emptied: set[int] = set()
    for place in in_sets:
        mine = [one for one in early if place in one.places]
        if mine and any(_may_empty(run[LIST], mine, lowest) for run in basis.situation.sheet.runs[place]):
            emptied.add(place)
    if not emptied:
        return set()
    watcher = next(one for one in candidates if one.is_set)
    return Reach(early).of(emptied, watcher, same_phase=False)


def _may_empty(price: int, offers: Sequence[Candidate], lowest: Worksheet) -> bool:
    """Whether these offers together may leave nothing of a unit of this list price."""
    left = price
    for one in offers:
        left -= min(_most_of_unit(one, price, left, lowest), left)
    return price > 0 and left <= 0


def _most_of_unit(one: Candidate, price: int, left: int, lowest: Worksheet) -> int:
    """The most that an offer can take off one unit, roundings included."""
    reward = one.reward
    base = price if one.of_list else left
    if isinstance(reward, PercentOff):
        return base if reward.rate == 1 else base * millionths(reward.rate) // WHOLE + 1
    if isinstance(reward, AmountOff):
        if reward.off == "unit":
            return reward.amount_minor
        return _share_of(reward.amount_minor * max(one.blocks, 1), left, one, lowest)
    if isinstance(reward, Ladder):
        return max(
            _share_of(step.amount_minor, left, one, lowest)
            if step.rate is None
            else base * millionths(step.rate) // WHOLE + 1
            for step in reward.steps
        )
    return 0


def _share_of(amount_minor: int, left: int, one: Candidate, lowest: Worksheet) -> int:
    """At most the unit's part of an amount, when everything else that is early has been taken off its goods."""
    total = lowest.left_minor(one.places) + amount_minor
    return left if amount_minor >= total else left * amount_minor // total + 1
