"""Points that a sale spends, apportioned over the units whose price they paid, so that a return gives them back."""

from __future__ import annotations

from collections.abc import Sequence

from agent.domain.apportion import apportion
from agent.domain.quote import Discount, LineShare
from agent.domain.rewards.milli_points import MILLI
from agent.domain.worksheet import merged


def spent_shares(points: int, discounts: Sequence[Discount]) -> tuple[LineShare, ...]:
    """The points in thousandths over the unit runs that they discounted; the shares add up exactly."""
    runs = [(discount.line_id, run) for discount in discounts for run in discount.runs]
    total = points * MILLI
    parts = apportion(
        total, [run.count for _, run in runs], [run.share for _, run in runs], [total] * len(runs)
    )
    shares: dict[int, list[tuple[int, int]]] = {}
    for (line_id, run), (share, extra) in zip(runs, parts, strict=True):
        shares.setdefault(line_id, []).extend(((extra, share + 1), (run.count - extra, share)))
    return tuple(LineShare(line_id, merged(pieces)) for line_id, pieces in shares.items())
