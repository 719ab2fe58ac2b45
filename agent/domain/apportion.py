"""Largest remainder: dividing a whole amount over units so that the parts always add up to it, exactly.

Each unit first gets the whole part of its quota; what is left goes, one each, to the units with the largest
fraction, the earlier run first where fractions are equal. No unit gets more than its cap. Units come as runs, so
that 999 bottles on one line cost no more work than one. (Hamilton's method, as described in M. L. Balinski and
H. P. Young, "Fair Representation", 1982.)
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

# For each run: what every unit gets, and how many of its first units get one more.
Part = tuple[int, int]


def apportion(
    total: int, counts: Sequence[int], weights: Sequence[int], caps: Sequence[int] | None = None
) -> list[Part]:
    """Divide `total` over runs of `counts[i]` units that weigh `weights[i]` each and take at most `caps[i]` each.

    The parts add up to `total`, or to all that weighted units can take where that is less. Units without weight
    get nothing. Without `caps` a unit may take it all.
    """
    weight_sum = sum([count * weight for count, weight in zip(counts, weights, strict=True)])
    if caps is None:
        total = total if weight_sum else 0
    elif caps is weights:
        total = min(total, weight_sum)
    else:
        sized = zip(counts, weights, caps, strict=True)
        total = min(total, sum([count * cap for count, weight, cap in sized if weight > 0]))
    if total <= 0:
        return [(0, 0)] * len(counts)
    if len(counts) == 1:
        return [divmod(total, counts[0])]
    # Who is weighed by his cap gets no more than it.
    if caps is not None and caps is not weights:
        for weight, cap in zip(weights, caps, strict=True):
            if total * weight > cap * weight_sum:
                return _with_full_runs(total, counts, weights, caps)
    return _by_remainder(total, counts, weights, weight_sum)


def _by_remainder(total: int, counts: Sequence[int], weights: Sequence[int], weight_sum: int) -> list[Part]:
    """The plain method: no quota is above its cap, so rounding up never passes it either."""
    shares: list[int] = []
    ranked: list[tuple[int, int]] = []
    left = total
    for place, weight in enumerate(weights):
        share, rest = divmod(total * weight, weight_sum)
        shares.append(share)
        left -= share * counts[place]
        if rest:
            ranked.append((-rest, place))
    extra = [0] * len(counts)
    if left:
        ranked.sort()
        for _, place in ranked:
            extra[place] = min(counts[place], left)
            left -= extra[place]
            if not left:
                break
    # One more for every unit of a run is a larger share.
    return [
        (share + 1, 0) if more == count else (share, more)
        for share, more, count in zip(shares, extra, counts, strict=True)
    ]


def _with_full_runs(
    total: int, counts: Sequence[int], weights: Sequence[int], caps: Sequence[int]
) -> list[Part]:
    """Runs whose quota is above their cap are filled first; the others share what is left in proportion."""
    weighing = [place for place, weight in enumerate(weights) if weight > 0]
    weighing.sort(key=lambda place: (Fraction(caps[place], weights[place]), place))
    weight_left = sum(counts[place] * weights[place] for place in weighing)
    full: set[int] = set()
    for place in weighing:
        if total * weights[place] <= caps[place] * weight_left:
            break
        full.add(place)
        total -= caps[place] * counts[place]
        weight_left -= weights[place] * counts[place]
    open_weights = [0 if place in full else weight for place, weight in enumerate(weights)]
    parts = (
        _by_remainder(total, counts, open_weights, weight_left) if weight_left > 0 else [(0, 0)] * len(counts)
    )
    return [(caps[place], 0) if place in full else part for place, part in enumerate(parts)]
