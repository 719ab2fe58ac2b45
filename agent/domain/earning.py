"""Points that a sale earns: on what is really paid for the goods, after every discount and points reward.

Fractions are kept as whole thousandths of a point over all rules of a program, and floored once, at the end.
"""

from __future__ import annotations

from fractions import Fraction
from math import lcm

from agent.domain import refusal_codes
from agent.domain.apportion import apportion
from agent.domain.basis import Basis
from agent.domain.ledger import points_unit
from agent.domain.program import Program
from agent.domain.quote import Earned, LineShare, Refusal
from agent.domain.rewards.per_money import MILLI
from agent.domain.situation import Situation
from agent.domain.worksheet import COUNT, LEFT, Worksheet, merged


def earned_points(basis: Basis, sheet: Worksheet) -> tuple[Earned, ...]:
    """What each points program gives, by program id; programs that come to less than one point are left out."""
    situation = basis.situation.with_sheet(sheet)
    found = [earned_or_refused(program, situation) for program in basis.earners]
    return tuple(each for each in found if isinstance(each, Earned))


def earned_or_refused(program: Program, situation: Situation) -> Earned | Refusal:
    """What this program gives for what is left to pay, or why it gives nothing."""
    for condition in program.conditions:
        refusal = condition.check(situation)
        if refusal is not None:
            return refusal
    factors, bottom = _factors(program, situation)
    sheet = situation.sheet
    runs = [(place, run) for place in sorted(factors) for run in sheet.runs[place]]
    weights = [run[LEFT] * factors[place] for place, run in runs]
    counts = [run[COUNT] for _, run in runs]
    milli = sum(count * weight for count, weight in zip(counts, weights, strict=True)) // bottom
    if milli < MILLI:
        return Refusal(refusal_codes.NOTHING_EARNED)
    parts = apportion(milli, counts, weights, [milli] * len(runs))
    shares: dict[int, list[tuple[int, int]]] = {}
    for (place, run), (share, extra) in zip(runs, parts, strict=True):
        shares.setdefault(place, []).extend(((extra, share + 1), (run[COUNT] - extra, share)))
    lines = [
        LineShare(situation.lines[place].line_id, merged(pieces))
        for place, pieces in shares.items()
        if any(count * share for count, share in pieces)
    ]
    lines.sort(key=lambda line: line.line_id)
    return Earned(program.id, points_unit(program.id), milli // MILLI, tuple(lines))


def _factors(program: Program, situation: Situation) -> tuple[dict[int, int], int]:
    """For each line concerned its milli-points per minor unit, as whole numbers over one common denominator."""
    rates = [Fraction(rule.milli_points, rule.per_minor) for rule in program.earning]
    bottom = lcm(*(rate.denominator for rate in rates))
    factors: dict[int, int] = {}
    for rule, rate in zip(program.earning, rates, strict=True):
        for place in situation.finder.places(rule.goods, "points"):
            factors[place] = factors.get(place, 0) + rate.numerator * (bottom // rate.denominator)
    return factors, bottom
