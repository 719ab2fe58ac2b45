"""Offers on chosen goods of which any two exclude one another: the largest one is the deal, so nothing is searched."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from agent.domain.basis import Basis
from agent.domain.candidate import LINE_PHASE, Candidate
from agent.domain.pricing import ladder_reached, saving


def largest_of(
    basis: Basis, candidates: Sequence[Candidate], conflicts: Mapping[Candidate, set[Candidate]]
) -> Candidate | None:
    """The one that saves more than each of the others; None where they are not such offers, or two save as much."""
    for one in candidates:
        if one.phase != LINE_PHASE or one.program.conditions or one.in_order or one.budget_minor is not None:
            return None
        if len(conflicts.get(one, ())) < len(candidates) - 1:
            return None
    sheet = basis.situation.sheet.fresh(record=False)
    ranked = sorted(
        (
            (saving(basis, one, sheet, ladder_reached(one, basis.situation)), at)
            for at, one in enumerate(candidates)
        ),
        reverse=True,
    )
    (best, at), (second, _other) = ranked[0], ranked[1]
    return candidates[at] if best > second else None
