"""Early offers in parts that have nothing to do with one another.

Rewards on chosen goods and sets that share no line, directly or through others, and that do not exclude one another,
are decided apart: what one part takes changes nothing in the other.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from agent.domain.basis import Basis
from agent.domain.candidate import BASKET_PHASE, SET_PHASE, Candidate
from agent.domain.conditions.min_spend import MinSpend


def early_parts(
    basis: Basis, early: Sequence[Candidate], conflicts: Mapping[Candidate, set[Candidate]]
) -> list[list[Candidate]]:
    """The candidates of the first two phases in independent parts, each in the order given."""
    home: dict[Candidate, int] = {}
    at: dict[int, int] = {}
    parts: list[list[Candidate]] = []
    for one in early:
        joined = {at[place] for place in (*one.places, *_watched(basis, one)) if place in at}
        joined |= {home[other] for other in conflicts.get(one, ()) if other in home}
        number = min(joined, default=len(parts))
        if number == len(parts):
            parts.append([])
        for other in joined - {number}:
            for each in parts[other]:
                home[each] = number
                for place in (*each.places, *_watched(basis, each)):
                    at[place] = number
            parts[number] += parts[other]
            parts[other] = []
        parts[number].append(one)
        home[one] = number
        for place in (*one.places, *_watched(basis, one)):
            at[place] = number
    rank = {one: number for number, one in enumerate(early)}
    return [sorted(part, key=rank.__getitem__) for part in parts if part]


def _watched(basis: Basis, one: Candidate) -> tuple[int, ...]:
    """Lines whose discounts decide about an early candidate: those of its thresholds, where others come before."""
    if one.phase != SET_PHASE and not one.in_order:
        return ()
    finder = basis.situation.finder
    return tuple(
        place
        for condition in one.program.conditions
        if isinstance(condition, MinSpend)
        for place in finder.places(condition.goods, "discount")
    )


def places_of(part: Sequence[Candidate]) -> list[int]:
    """The lines that these are about."""
    return sorted({place for one in part for place in one.places})


def focused(basis: Basis, part: Sequence[Candidate]) -> Basis:
    """The basis that knows the lines of a part only."""
    return basis.on(places_of(part))


def is_early(candidate: Candidate) -> bool:
    """Whether it belongs to the first two phases."""
    return candidate.phase < BASKET_PHASE
