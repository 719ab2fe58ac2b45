"""Largest remainder, one unit at a time: the parts add up, and no unit gives more than its ceiling."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal


def shared(amount: int, weights: Sequence[Decimal | int], ceilings: Sequence[int]) -> list[int]:
    """`amount` over units in proportion to their weights; ties go to the earlier unit.

    Decimals must be exact here: the caller works under `EXACTLY`. A unit whose part would be above its ceiling gives its ceiling, and the others share the rest again.
    """
    heavy = [Decimal(weight) for weight in weights]
    parts = [0] * len(heavy)
    open_units = [at for at, weight in enumerate(heavy) if weight > 0]
    amount = min(amount, sum(ceilings[at] for at in open_units))
    while True:
        whole = sum((heavy[at] for at in open_units), Decimal(0))
        full = [at for at in open_units if amount * heavy[at] > ceilings[at] * whole]
        if not full:
            break
        for at in full:
            parts[at] = ceilings[at]
            amount -= ceilings[at]
            open_units.remove(at)
    fractions: list[tuple[Decimal, int]] = []
    for at in open_units:
        floor, fraction = divmod(amount * heavy[at], whole)
        parts[at] = int(floor)
        fractions.append((-fraction, at))
    odd = amount - sum(parts[at] for at in open_units)
    for _fraction, at in sorted(fractions)[:odd]:
        parts[at] += 1
    return parts
