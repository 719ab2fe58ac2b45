"""Which of two deals is better: the larger discount; then points kept, then fewer programs, then their ids."""

from __future__ import annotations

from agent.domain.basis import Basis
from agent.domain.earning import points_total
from agent.domain.pricing import Priced


def deal_rank(basis: Basis, priced: Priced) -> tuple[int, int, int, tuple[str, ...]]:
    """Smaller is better: discount, points spent less points earned, how many programs, their ids."""
    earned = points_total(basis, priced)
    ids = sorted(given.candidate.id for given in priced.given)
    spent = sum(priced.spent_points.values())
    return -priced.discount_minor, spent - earned, len(ids), tuple(ids)
