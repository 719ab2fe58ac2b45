"""What comes after the offers on chosen goods and the sets: basket offers, codes, coupons and points rewards.

Most of these are about the whole basket, so the early offers can be decided without them: a larger early discount
costs the later percentages less than it brings. Only roundings and thresholds can turn that around, and here it is
proven that they do not, or said that they might.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from agent.domain import refusal_codes
from agent.domain.basis import Basis
from agent.domain.candidate import Candidate
from agent.domain.conditions.min_spend import MinSpend
from agent.domain.fickle import is_fickle, most_minor, picks
from agent.domain.later_offers import LaterOffers, gaps, reached, term_of
from agent.domain.near import misses_for_good
from agent.domain.pricing import Priced, after_sets, ladder_reached, saving
from agent.domain.ranking import deal_rank
from agent.domain.rewards.amount_off import AmountOff
from agent.domain.rewards.ladder import Ladder
from agent.domain.situation import Situation
from agent.domain.worksheet import COUNT, EXACT, FINE

MAX_MODES: Final = 256


@dataclass(frozen=True, slots=True)
class LateDeal:
    """The best later offers, `mode`, after the early ones.

    `bound_minor` None: an early offer less might be worth more. `others_minor` is the bound of all other modes,
    and `kept_minor` that of all deals that give up early discounts for a threshold; 0 where there are none.
    """

    priced: Priced
    mode: tuple[Candidate, ...]
    given_up: frozenset[Candidate]
    bound_minor: int | None
    others_minor: int
    kept_minor: int
    # All later offers, given up or not.
    offers: Sequence[Candidate]
    after: Sequence[LaterOffers]

    def most_with_less(self, less_minor: int, rounded: int) -> int | None:
        """The most that any deal takes off whose early offers take `less_minor` less; None where that is not known.

        `rounded` is how many of them may have been rounded otherwise.
        """
        if self.bound_minor is None:
            return None
        return max(each.most(less_minor, rounded) for each in self.after)


def nothing_later(merged: Priced) -> LateDeal:
    """What follows where there are no later offers."""
    early = merged.discount_minor
    return LateDeal(merged, (), frozenset(), early, 0, 0, (), (LaterOffers(early, (), 0),))


def late_deal(
    basis: Basis,
    parts: Sequence[Sequence[Candidate]],
    late: Sequence[Candidate],
    conflicts: Mapping[Candidate, set[Candidate]],
    merged: Priced,
) -> LateDeal:
    """The best of the later offers on what the early ones, `merged`, have left."""
    situation = basis.situation
    # What fails at list prices fails for good; it only says why.
    inert = [one for one in late if misses_for_good(one, situation)]
    live = [one for one in late if one not in inert]
    distinct = _merged_alike(live, conflicts)
    savings = {
        one: most_minor(basis, one, merged.sheet) + one.rounds
        if is_fickle(one)
        else saving(basis, one, merged.sheet, ladder_reached(one, situation)) + one.rounds
        for one in distinct
    }
    modes = list(_modes(distinct, conflicts))
    ranked = sorted(((sum(savings[one] for one in mode), number) for number, mode in enumerate(modes)))
    # Roundings of early offers may move what later ones begin with.
    slack = sum(one.rounds for part in parts for one in part)
    best: Priced | None = None
    kept: Sequence[Candidate] = ()
    bounds: dict[int, int | None] = {}
    after: list[LaterOffers] = []
    best_number = -1
    kept_minor = 0
    for most_late, number in reversed(ranked):
        if best is not None and merged.discount_minor + most_late + slack < best.discount_minor:
            break
        mode = [*inert, *modes[number]]
        found = after_sets(basis, mode, merged.copy())
        later = _later(basis, parts, modes[number], inert, merged, found)
        bounds[number] = max(later[0].most(0), found.discount_minor) if later else None
        after += later
        if len(later) > 1:
            kept_minor = max(kept_minor, *(each.most(0) for each in later[1:]))
        if best is None or deal_rank(basis, found) < deal_rank(basis, best):
            best, kept, best_number = found, mode, number
    if best is None:
        raise RuntimeError("there is always a mode")
    known = [each for each in bounds.values() if each is not None]
    bound = max([kept_minor, *known]) if len(known) == len(bounds) and len(modes) <= MAX_MODES else None
    others = [each for number, each in bounds.items() if number != best_number and each is not None]
    given_up = frozenset(late) - frozenset(kept)
    return LateDeal(best, tuple(kept), given_up, bound, max(others, default=0), kept_minor, late, after)


def _merged_alike(
    live: Sequence[Candidate], conflicts: Mapping[Candidate, set[Candidate]]
) -> list[Candidate]:
    """Without those that exclude an equal one: the first id stands for all of them."""
    kept: list[Candidate] = []
    for one in sorted(live, key=lambda one: one.id):
        against = conflicts.get(one, set())
        alike = any(
            other in against
            and other.reward == one.reward
            and other.phase == one.phase
            and other.program.priority == one.program.priority
            and (other.cost_points, other.budget_minor, other.of_list)
            == (one.cost_points, one.budget_minor, one.of_list)
            and conflicts[other] - {one} == against - {other}
            for other in kept
        )
        if not alike:
            kept.append(one)
    return kept


def choices_of(
    candidates: Sequence[Candidate], conflicts: Mapping[Candidate, set[Candidate]], limit: int
) -> list[list[Candidate]] | None:
    """Every largest choice of candidates that do not exclude one another; None where there are more than `limit`."""
    found = list(_modes(candidates, conflicts))
    return found if len(found) <= limit else None


def _modes(
    late: Sequence[Candidate], conflicts: Mapping[Candidate, set[Candidate]]
) -> Iterator[list[Candidate]]:
    """Every largest choice of later offers that do not exclude one another, and one more than is looked at."""
    told = 0
    stack: list[tuple[int, list[Candidate]]] = [(0, [])]
    while stack and told <= MAX_MODES:
        at, chosen = stack.pop()
        while at < len(late):
            one = late[at]
            against = conflicts.get(one)
            at += 1
            if not against:
                chosen.append(one)
                continue
            if against.isdisjoint(chosen):
                if not against.isdisjoint(late[at:]):
                    stack.append((at, chosen[:]))
                chosen = [*chosen, one]
        told += 1
        yield chosen


def _later(
    basis: Basis,
    parts: Sequence[Sequence[Candidate]],
    mode: Sequence[Candidate],
    inert: Sequence[Candidate],
    merged: Priced,
    found: Priced,
) -> list[LaterOffers]:
    """What bounds the early offers and this mode together; nothing where that cannot be said.

    Giving up so many minor units of early discounts makes later percentages larger, by so much less each. The first
    are those that apply; then those that would, too, if early offers were given up for their thresholds and steps.
    """
    early = merged.discount_minor
    if not mode:
        return [LaterOffers(early, (), 0)]
    everything = {place for one in mode for place in one.places}
    if any(set(one.places) != everything for one in mode):
        return []
    touched = {place for part in parts for one in part for place in one.places}
    if not touched <= everything:
        return []
    if any(one.cost_points or one.in_order or one.of_list or one.budget_minor is not None for one in mode):
        return []
    if any(picks(one) for one in mode):
        return []
    situation = basis.situation.with_sheet(merged.sheet)
    # One that gives nothing may be spoiled by another. What is reached here is reached wherever more is left.
    later = found.touched - merged.touched
    missing = {one: _needed(basis, one, touched, situation, found) for one in mode if one not in later}
    begin = sum(run[COUNT] * run[EXACT] for place in everything for run in merged.sheet.runs[place])
    # What a part with a choice was rounded by may be otherwise; one offer alone keeps its rounding while it is given,
    # and what comes to nothing may be left out for nothing.
    choices = [part for part in parts if len(part) > 1 or part[0].is_set]
    alone = [part[0] for part in parts if len(part) == 1 and not part[0].is_set and part[0].rounds]
    given = {each.candidate for each in merged.given}
    idle = sum(one not in given for one in alone)
    exact = begin + (idle + sum(one.rounds for part in choices for one in part)) * FINE // 2
    applied = [each.candidate for each in found.given if each.candidate in later]
    if None in missing.values() or not all(_is_amount(one) for one in missing):
        return []
    needs = {need for need in missing.values() if need is not None}
    needs.update(gap for one in (*applied, *missing) for gap in gaps(one, situation))
    # A percentage that comes to nothing may come to something of a little more.
    nothing = [one for one in mode if one in later and one not in applied and one.rounds]
    told: list[LaterOffers] = []
    for need in (0, *sorted(needs)):
        # Amounts last: what comes before a percentage makes it smaller.
        more = [one for one, needed in missing.items() if told and needed is not None and needed <= need]
        for first in ((), nothing) if nothing else ((),):
            terms = [term_of(one, situation, need) for one in (*first, *applied, *more)]
            known = [term for term in terms if term is not None]
            if len(known) < len(terms):
                return []
            told.append(LaterOffers(early, known, exact, need, (*inert, *mode), len(alone)))
    return told


def _needed(
    basis: Basis, one: Candidate, touched: set[int], situation: Situation, found: Priced
) -> int | None:
    """How much less early offers must take at least for this offer to reach its thresholds; None: that is not why."""
    refusal = found.missed.get(one)
    if refusal is None or refusal.code != refusal_codes.BELOW_MINIMUM_SPEND:
        return None
    need = 0
    for condition in one.program.conditions:
        if not isinstance(condition, MinSpend):
            continue
        if condition.tax != "included":
            return None
        if touched.issubset(basis.situation.finder.places(condition.goods, "discount")):
            need = max(need, condition.amount_minor - condition.spent_minor(situation))
    if isinstance(one.reward, Ladder):
        need = max(need, one.reward.begins_at(one.reward.steps[0]) - reached(one.reward, situation))
    return need


def _is_amount(one: Candidate) -> bool:
    reward = one.reward
    if isinstance(reward, Ladder):
        return all(step.rate is None for step in reward.steps)
    return isinstance(reward, AmountOff) and reward.off == "sale"
