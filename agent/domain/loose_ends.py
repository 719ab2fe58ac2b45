"""Which candidates the best deal might do without: those that exclude one another, and those that spoil another.

Everything else belongs to every best deal, so it is never searched. A candidate spoils another where it takes the
goods below a threshold, leaves too little for a whole points reward, needs the same points, or moves a rounding.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from agent.domain.basis import Basis
from agent.domain.candidate import POINTS_PHASE, SET_PHASE, Candidate
from agent.domain.conditions.min_spend import MinSpend
from agent.domain.pricing import Priced, affordable_blocks, ladder_reached
from agent.domain.reach import Reach
from agent.domain.rewards.amount_off import AmountOff
from agent.domain.rewards.bundle import Bundle
from agent.domain.rewards.cheapest_of import CheapestOf
from agent.domain.rewards.ladder import Ladder
from agent.domain.rewards.percent_off import PercentOff
from agent.domain.rounding import Roundings
from agent.domain.worksheet import LEFT, LIST


def conflicts_of(candidates: Sequence[Candidate]) -> dict[Candidate, set[Candidate]]:
    """For each candidate that may not be with another one, those others."""
    found: dict[Candidate, set[Candidate]] = {}
    groups: dict[str, list[Candidate]] = {}
    by_id: dict[str, list[Candidate]] = {}
    excluding: list[Candidate] = []
    for one in candidates:
        if one.group.choose == "one":
            groups.setdefault(one.group.id, []).append(one)
        if one.program.not_with:
            excluding.append(one)
    for members in groups.values():
        if len(members) > 1:
            for one in members:
                found.setdefault(one, set()).update(other for other in members if other is not one)
    if excluding:
        for one in candidates:
            by_id.setdefault(one.id, []).append(one)
    for one in excluding:
        for program_id in one.program.not_with:
            for other in by_id.get(program_id, ()):
                found.setdefault(one, set()).add(other)
                found.setdefault(other, set()).add(one)
    return found


def spoilers_of(
    basis: Basis, candidates: Sequence[Candidate], lowest: Priced, set_bound_minor: int
) -> set[Candidate]:
    """Candidates that may have to give way to others for thresholds, points or roundings.

    `lowest` is everything priced together, heeding nothing, without sets, which may take `set_bound_minor` more.
    """
    found: set[Candidate] = set()
    wanted = _wanted_points(basis, candidates)
    reach = Reach(candidates)
    for one in candidates:
        watched = _watched(basis, one, lowest, set_bound_minor, wanted)
        if watched:
            same_phase = one.phase == POINTS_PHASE
            found |= reach.of(watched, one, same_phase=same_phase)
        shifting = _shifting(basis, candidates, one)
        if shifting:
            found |= reach.of(shifting, one, same_phase=True)
    found |= _needless(candidates, lowest)
    plain = [one for one in candidates if one.phase != SET_PHASE]
    if _share_lines(plain):
        roundings = Roundings(plain)
        begin = basis.situation.sheet
        in_sets = {place for one in candidates if one.is_set for place in one.places}
        # What these left nothing of may be there all the same: `lowest` does not heed what may refuse them.
        doubtful = {place for one in plain if _may_be_refused(one) for place in one.places}
        for one in plain:
            if one.in_order:
                continue
            if one in lowest.touched or not doubtful.isdisjoint(one.places):
                sets_minor = 0 if in_sets.isdisjoint(one.places) else set_bound_minor
                if roundings.weak(one, begin, lowest.sheet, sets_minor):
                    found.add(one)
    return found


def _may_be_refused(one: Candidate) -> bool:
    return bool(one.budget_minor is not None or one.cost_points or one.program.conditions)


def _shifting(basis: Basis, candidates: Sequence[Candidate], one: Candidate) -> set[int]:
    """The lines of an offer that moves a discount from some of its units to others that are worth something else later.

    A bundle divides its saving by what is left of its units, and who picks the dearest or the cheapest picks
    another when something was taken off before; a later offer, or threshold, about some of these units only may
    then come to less.
    """
    reward = one.reward
    if isinstance(reward, PercentOff | AmountOff):
        if not reward.units:
            return set()
        if one.of_list:
            # It picks by what is left and gives by the list price.
            return set(one.places)
        if reward.units_per == "line":
            return set()
    elif not isinstance(reward, Bundle | CheapestOf):
        return set()
    if len(one.places) < 2:
        return set()
    units = set(one.places)
    finder = basis.situation.finder
    for other in candidates:
        if other is one or other.phase < one.phase or (other.phase == one.phase and other.is_set):
            continue
        if _splits(units, other.places):
            return units
        for condition in other.program.conditions:
            if isinstance(condition, MinSpend) and _splits(units, finder.places(condition.goods, "discount")):
                return units
    return set()


def _splits(units: set[int], places: Sequence[int]) -> bool:
    """Whether some of these units are meant, and others are not."""
    return not units.isdisjoint(places) and not units.issubset(places)


def _needless(candidates: Sequence[Candidate], lowest: Priced) -> set[Candidate]:
    """Points rewards that leave nothing of a unit between them: one of them may be enough, for fewer points."""
    found: set[Candidate] = set()
    rewards = [one for one in candidates if one.cost_points]
    for at, one in enumerate(rewards):
        for other in rewards[:at]:
            shared = set(one.places).intersection(other.places)
            if any(not run[LEFT] and run[LIST] for place in shared for run in lowest.sheet.runs[place]):
                found.update(each for each in (one, other) if not each.in_order)
    return found


def _share_lines(candidates: Iterable[Candidate]) -> bool:
    seen: set[int] = set()
    for one in candidates:
        if not seen.isdisjoint(one.places):
            return True
        seen.update(one.places)
    return False


def _wanted_points(basis: Basis, candidates: Sequence[Candidate]) -> dict[str, int]:
    """The points of each unit that rewards would spend, each alone: in `lowest` some may find nothing left."""
    found: dict[str, int] = {}
    for one in candidates:
        if one.cost_points:
            blocks, _refusal = affordable_blocks(basis, one, 0)
            found[one.unit] = found.get(one.unit, 0) + blocks * one.cost_points
    return found


def _watched(
    basis: Basis, one: Candidate, lowest: Priced, set_bound_minor: int, wanted: Mapping[str, int]
) -> set[int]:
    """The lines whose discounts may decide what this candidate gives; none where nothing can change it."""
    begin, end = basis.situation, basis.situation.with_sheet(lowest.sheet)
    places: set[int] = set()
    for condition in one.program.conditions:
        if condition.check(begin) is not None:
            return set()
        if isinstance(condition, MinSpend) and condition.spent_minor(end) < (
            condition.amount_minor + set_bound_minor
        ):
            places.update(begin.finder.places(condition.goods, "discount"))
    reward = one.reward
    if isinstance(reward, Ladder) and not reward.by_units:
        least = max(ladder_reached(one, end) - set_bound_minor, 0)
        if reward.step(least) is not reward.step(ladder_reached(one, begin)):
            places.update(one.places)
    if one.cost_points:
        affordable, _refusal = affordable_blocks(basis, one, 0)
        member = basis.quote_input.member
        if member is not None and wanted.get(one.unit, 0) > member.spendable.get(one.unit, 0):
            places.update(one.places)
        if isinstance(reward, AmountOff) and reward.off == "sale":
            worth = affordable * reward.amount_minor
            if lowest.sheet.left_minor(one.places) - set_bound_minor < worth:
                places.update(one.places)
    if one.budget_minor is not None:
        places.update(one.places)
    return places
