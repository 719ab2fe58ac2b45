"""The best deal where nothing has to give way to anything, which is the usual basket: told without a search.

Everything that can apply is priced once, and then it is proven that to leave any of it out would take less off. A
discount that is given up leaves more for the percentages after it, but only their part of it, and what roundings can
move; so it is enough that every discount is worth more than that. Amounts that are given whole, thresholds that
list prices miss, and steps that list prices reach too are the same in every deal. What cannot be told so is not
plain, and is searched.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from agent.domain.basis import Basis
from agent.domain.best_deal import best_deal
from agent.domain.candidate import BASKET_PHASE, LINE_PHASE, SET_PHASE, Candidate
from agent.domain.deal_search import BestDeal
from agent.domain.idle_sets import could_make_a_set
from agent.domain.near import misses_for_good
from agent.domain.pricing import Priced, after_sets, before_sets, ladder_reached, passes
from agent.domain.rewards.amount_off import AmountOff
from agent.domain.rewards.ladder import Ladder
from agent.domain.rewards.percent_off import PercentOff
from agent.domain.worksheet import COUNT, LEFT

_WHOLE = Decimal(1)


def deal_for(basis: Basis) -> BestDeal:
    """The best deal of all candidates: the plain one where there is one, else the one that the search finds."""
    deal = plain_deal(basis, basis.candidates)
    return deal if deal is not None else best_deal(basis, basis.candidates)


def plain_deal(basis: Basis, candidates: Sequence[Candidate]) -> BestDeal | None:
    """All candidates together, where that is proven to be the best deal; None where it has to be searched.

    Sets that could be made are searched by themselves with the early offers on their lines, which is quick; they
    are not plain where a later percentage could turn around what is best for them.
    """
    if not _stand_together(candidates):
        return None
    late = [one for one in candidates if one.phase >= BASKET_PHASE]
    missing: list[Candidate] = []
    moving: list[Candidate] = []
    for one in candidates:
        if one.phase == LINE_PHASE:
            (missing if misses_for_good(one, basis.situation) else moving).append(one)
        elif one.phase == SET_PHASE:
            if one.program.conditions:
                return None
            if could_make_a_set(basis, one):
                moving.append(one)
    knots = _knots(moving)
    priced = before_sets(basis, [knot[0] for knot in knots if _alone(knot)], record=True)
    for one in missing:
        passes(one, basis.situation, priced)
    deals: list[Sequence[Candidate]] = []
    for knot in knots:
        if _alone(knot):
            deals.append(knot)
        elif any(one.is_set for one in knot):
            if not _decide(basis, knot, priced):
                return None
        else:
            places = sorted({place for one in knot for place in one.places})
            priced.take_over(before_sets(basis.on(places), knot, record=True), places)
            deals.append(knot)
    early_minor = priced.discount_minor
    after_sets(basis, late, priced)
    searched = sum(map(len, deals)) < len(moving)
    if _nothing_to_gain(basis, deals, late, priced, early_minor, searched=searched):
        return BestDeal(priced, frozenset(), priced.discount_minor)
    return None


def _alone(knot: Sequence[Candidate]) -> bool:
    return len(knot) == 1 and not knot[0].is_set


def _knots(early: Sequence[Candidate]) -> list[list[Candidate]]:
    """The early offers in knots that share no line with one another, directly or through others."""
    at: dict[int, list[Candidate]] = {}
    knots: list[list[Candidate]] = []
    for one in early:
        mine = [one]
        met: list[list[Candidate]] = []
        for place in one.places:
            other = at.get(place)
            if other is not None and other not in met:
                met.append(other)
        if met:
            mine = met[0]
            for other in met[1:]:
                mine += other
                knots.remove(other)
                for each in other:
                    for place in each.places:
                        at[place] = mine
            mine.append(one)
        else:
            knots.append(mine)
        for place in one.places:
            at[place] = mine
    return knots


def _decide(basis: Basis, knot: Sequence[Candidate], priced: Priced) -> bool:
    """The best deal of early offers that share lines; False where they are not all in it, or it is not proven."""
    places = sorted({place for one in knot for place in one.places})
    ranked = [one for one in basis.candidates if one in knot]
    deal = best_deal(basis.on(places), ranked)
    if deal.given_up or deal.bound_minor != deal.priced.discount_minor:
        return False
    priced.take_over(deal.priced, places)
    return True


def _stand_together(candidates: Sequence[Candidate]) -> bool:
    """Whether no group, exclusion, budget or price in points sets one against another."""
    seen: set[str] = set()
    excluded: set[str] = set()
    for one in candidates:
        if one.cost_points or one.budget_minor is not None:
            return False
        group = one.group
        if group.choose != "all":
            if group.choose == "in_order" or group.id in seen:
                return False
            seen.add(group.id)
        if group.percent_of == "original":
            return False
        excluded.update(one.program.not_with)
    return not excluded or excluded.isdisjoint([one.program.id for one in candidates])


@dataclass(slots=True)
class _Part:
    """What an offer gave, and the part of a discount before it that it would take as well."""

    candidate: Candidate
    amount_minor: int
    fraction: Decimal


def _nothing_to_gain(
    basis: Basis,
    knots: Sequence[Sequence[Candidate]],
    late: Sequence[Candidate],
    priced: Priced,
    early_minor: int,
    *,
    searched: bool,
) -> bool:
    """Whether every deal without some of these would take less off. `searched`: there are sets besides."""
    given = {each.candidate: each.amount_minor for each in priced.given}
    after: list[_Part] = []
    for one in late:
        amount = given.get(one)
        if amount is None:
            # Only what misses its threshold at list prices misses it in every deal.
            if not misses_for_good(one, basis.situation):
                return False
            continue
        before = sum([given.get(other, 0) for other in late if other.phase < one.phase])
        fraction = _steady_fraction(basis, one, amount, early_minor + before)
        if fraction is None:
            return False
        after.append(_Part(one, amount, fraction))
    percentages = [part for part in after if part.fraction]
    # Where units are chosen for sets, a later percentage may turn the choice around.
    if percentages and searched:
        return False
    for knot in knots:
        parts: list[_Part] = []
        for one in knot:
            amount = given.get(one)
            fraction = _steady_fraction(basis, one, amount, 0) if amount is not None else None
            if amount is None or fraction is None:
                return False
            if len(knot) > 1 and isinstance(one.reward, PercentOff | AmountOff) and one.reward.units:
                return False
            parts.append(_Part(one, amount, fraction))
        if not all(_worth_it(part, [*percentages, *parts]) for part in parts):
            return False
    return all(_worth_it(part, percentages) for part in after)


def _worth_it(part: _Part, beside: Sequence[_Part]) -> bool:
    """Whether a discount is more than what percentages beside and after it, and their roundings, would make of it."""
    stays, moved = _WHOLE, 0
    for other in beside:
        if other.fraction and other is not part:
            stays *= _WHOLE - other.fraction
            # Its own rounding, and those of amounts between, one for each line.
            moved += 1 + len(other.candidate.places)
    return not moved or part.amount_minor * stays > moved + 1


def _steady_fraction(basis: Basis, one: Candidate, amount_minor: int, earlier_minor: int) -> Decimal | None:
    """The part of what is left that an offer takes, 0 for an amount; None where other deals might change its step,
    or make more of an amount that is not given whole. `earlier_minor` was taken off before it."""
    reward = one.reward
    if isinstance(reward, PercentOff):
        if one.phase >= BASKET_PHASE and (reward.units or reward.rate == 1):
            return None
        return reward.rate
    if isinstance(reward, Ladder):
        reached = ladder_reached(one, basis.situation)
        step = reward.step(reached)
        if step is None or (not reward.by_units and step is not reward.step(reached - earlier_minor)):
            return None
        if step.rate is not None:
            return step.rate if step.rate != 1 else None
        return Decimal() if amount_minor == step.amount_minor else None
    if isinstance(reward, AmountOff):
        if reward.off == "unit":
            runs = basis.situation.sheet.runs
            most = sum(
                run[COUNT] * min(reward.amount_minor, run[LEFT])
                for place in one.places
                for run in runs[place]
            )
            return Decimal() if amount_minor == most and not reward.units else None
        return Decimal() if amount_minor == reward.amount_minor else None
    return None
