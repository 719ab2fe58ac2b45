"""Offers on some units only, which may give more when others come before them.

A ladder whose higher step may give less gives more below it. Whoever takes the last minor unit off the cheapest piece leaves a dearer one to be the cheapest, so an offer that
picks cheap units, or picks by what is left and gives by the list price, can grow with what others take. A search
that bounds it by what it would give alone would miss such a deal; here is what it can give at the very most.
"""

from __future__ import annotations

from agent.domain.basis import Basis
from agent.domain.candidate import Candidate
from agent.domain.pricing import affordable_blocks, ladder_reached, saving
from agent.domain.rates import millionths
from agent.domain.rewards.amount_off import AmountOff
from agent.domain.rewards.ladder import Ladder
from agent.domain.rewards.percent_off import PercentOff
from agent.domain.worksheet import COUNT, EXACT, FINE, LEFT, LIST, WHOLE, Run, Worksheet


def picks(candidate: Candidate) -> bool:
    """Whether it is about so many units only, so that which ones they are depends on what others take."""
    reward = candidate.reward
    return isinstance(reward, PercentOff | AmountOff) and reward.units > 0


def is_fickle(candidate: Candidate) -> bool:
    """Whether it can give more when others take something off before it."""
    reward = candidate.reward
    if isinstance(reward, Ladder):
        return not reward.rising
    if not isinstance(reward, PercentOff | AmountOff) or not reward.units:
        return False
    return reward.pick == "cheapest" or candidate.of_list


def most_minor(basis: Basis, candidate: Candidate, sheet: Worksheet) -> int:
    """The most that a candidate which `picks` can take off, whatever others take off this sheet before it."""
    reward = candidate.reward
    if isinstance(reward, Ladder):
        reached = ladder_reached(candidate, basis.situation)
        return max(
            saving(basis, candidate, sheet, reward.begins_at(step))
            for step in reward.steps
            if reward.begins_at(step) <= reached or step is reward.steps[0]
        )
    if not isinstance(reward, PercentOff | AmountOff):
        return 0
    blocks = 1
    if candidate.cost_points:
        blocks, _refusal = affordable_blocks(basis, candidate, 0)
    wanted = reward.units * blocks
    groups = [candidate.places] if reward.units_per == "sale" else [(place,) for place in candidate.places]
    most = sum(_most_of(candidate, reward, sheet, places, wanted) for places in groups)
    minor = -(-most // FINE)
    cap = reward.max_discount_minor * blocks if isinstance(reward, PercentOff) else 0
    return min(minor, cap) if cap else minor


def _most_of(
    candidate: Candidate,
    reward: PercentOff | AmountOff,
    sheet: Worksheet,
    places: tuple[int, ...],
    wanted: int,
) -> int:
    """The units that would bring most, in 10^-12 of a minor unit."""
    worth = sorted(
        ((_worth(candidate, reward, run), run[COUNT]) for _place, run in sheet.units_left(places)),
        reverse=True,
    )
    total = 0
    for each, count in worth:
        total += each * min(count, wanted)
        wanted -= min(count, wanted)
    return total


def _worth(candidate: Candidate, reward: PercentOff | AmountOff, run: Run) -> int:
    if isinstance(reward, AmountOff):
        return min(reward.amount_minor, run[LEFT]) * FINE
    base = run[LIST] * FINE if candidate.of_list else max(run[EXACT], run[LEFT] * FINE)
    return -(-base * millionths(reward.rate) // WHOLE)
