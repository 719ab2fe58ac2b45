"""Points and stamps that a sale earns: on what is really paid for the goods, after every discount and points reward.

Fractions are kept as whole thousandths over all rules of a program, and floored once, at the end.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import lcm
from typing import Final

from agent.domain import refusal_codes
from agent.domain.apportion import Part, apportion
from agent.domain.basis import Basis
from agent.domain.candidate import BASKET_PHASE, COUPON_PHASE, POINTS_PHASE
from agent.domain.pricing import Given, Priced
from agent.domain.program import Program
from agent.domain.quote import Earned, LineShare, Refusal, UnitRun
from agent.domain.rewards.amount_off import AmountOff
from agent.domain.rewards.back import Back
from agent.domain.rewards.ladder import Ladder
from agent.domain.rewards.milli_points import MILLI
from agent.domain.rewards.multiply import Multiply
from agent.domain.rewards.per_money import MoneyBase, PerMoney
from agent.domain.rewards.per_unit import PerUnit
from agent.domain.rewards.percent_off import PercentOff
from agent.domain.situation import Situation
from agent.domain.worksheet import COUNT, LEFT, LIST, Run, merged

_ONCE: Final = 1_000

GivenBack = tuple[tuple[MoneyBase, int], ...]
TakenOff = dict[int, list[list[tuple[int, int]]]]


def earned_points(basis: Basis, priced: Priced) -> tuple[Earned, ...]:
    """What each points or stamps program gives, by program id; those that come to less than one are left out."""
    if not basis.earners:
        return ()
    found = [earned_or_refused(basis, program, priced) for program in basis.earners]
    return tuple(each for each in found if isinstance(each, Earned))


def points_total(basis: Basis, priced: Priced) -> int:
    """How many points and stamps all programs together give, without their shares; money back is none of them."""
    if not basis.earners:
        return 0
    situation = basis.situation.with_sheet(priced.sheet)
    total = 0
    for program in basis.earners:
        if program.kind == "cashback" or any(
            condition.check(situation) is not None for condition in program.conditions
        ):
            continue
        rules = _rules(basis, program, situation)
        weighed, bottom = _weighed(rules, situation, priced)
        total += sum([run[COUNT] * weight for _, run, weight in weighed]) // bottom // MILLI
    return total


def earned_or_refused(basis: Basis, program: Program, priced: Priced) -> Earned | Refusal:
    """What this program gives for what is left to pay, or why it gives nothing."""
    situation = basis.situation.with_sheet(priced.sheet)
    for condition in program.conditions:
        refusal = condition.check(situation)
        if refusal is not None:
            return refusal
    rules = _rules(basis, program, situation)
    weighed, bottom = _weighed(rules, situation, priced)
    counts = [run[COUNT] for _, run, _weight in weighed]
    weights = [weight for _, _run, weight in weighed]
    milli = sum([count * weight for count, weight in zip(counts, weights, strict=True)]) // bottom
    if milli < MILLI:
        return Refusal(refusal_codes.NOTHING_EARNED)
    parts = apportion(milli, counts, weights)
    line_shares = _by_line(situation.sheet.runs, rules, weighed, parts)
    lines = [LineShare(situation.lines[place].line_id, found) for place, found in line_shares]
    lines.sort(key=lambda line: line.line_id)
    unit = basis.program_set.unit_of(program.id)
    return Earned(program.id, unit, milli // MILLI, tuple(lines))


def _by_line(
    runs: list[list[Run]],
    rules: EarningRules,
    weighed: list[tuple[int, Run, int]],
    parts: list[Part],
) -> list[tuple[int, tuple[UnitRun, ...]]]:
    """What the units of each line earn, in milli-points; lines that earn nothing are left out."""
    found: list[tuple[int, tuple[UnitRun, ...]]] = []
    pieces: dict[int, list[tuple[int, int]]] = {}
    unsplit = len(weighed) == sum([len(runs[line[0]]) for line in rules.lines])
    for (place, run, _weight), (share, extra) in zip(weighed, parts, strict=True):
        if unsplit and not extra and len(runs[place]) == 1:
            # A line whose units are all alike, and earn alike.
            if share:
                found.append((place, (UnitRun(run[COUNT], share),)))
        elif share or extra:
            pieces.setdefault(place, []).extend(((extra, share + 1), (run[COUNT] - extra, share)))
        elif place in pieces or len(runs[place]) > 1:
            pieces.setdefault(place, []).append((run[COUNT], 0))
    for place, shares in pieces.items():
        if any(share for _count, share in shares):
            found.append((place, merged(shares)))
    return found


@dataclass(frozen=True, slots=True)
class EarningRules:
    """The rules of one program for one basket: milli-points over `bottom` by line, for each minor unit paid, for each
    unit, and for each minor unit that a base gives back; and points for the visit with their lines."""

    bottom: int
    lines: list[tuple[int, int, int, GivenBack]]
    visits: list[tuple[int, tuple[int, ...]]]
    times: dict[int, int]


def _rules(basis: Basis, program: Program, situation: Situation) -> EarningRules:
    """Made once for a quote, unless a multiplier waits for a condition."""
    found = basis.earning_rules.get(program.id)
    if isinstance(found, EarningRules):
        return found
    finder = situation.finder
    times = _times(basis, program, situation)
    # All rates over one denominator, so that lines are weighed in whole numbers.
    base = lcm(*[rule.per_minor for rule in program.earning if isinstance(rule, PerMoney | Back)])
    by_money: dict[int, int] = {}
    by_base: dict[int, dict[MoneyBase, int]] = {}
    by_unit: dict[int, int] = {}
    visits: list[tuple[int, tuple[int, ...]]] = []
    for rule in program.earning:
        if isinstance(rule, Multiply):
            continue
        places = finder.places(rule.goods, "points")
        if isinstance(rule, PerMoney | Back):
            rate = rule.milli_points * (base // rule.per_minor)
            for place in places:
                by_money[place] = by_money.get(place, 0) + rate
                if rule.base != "paid":
                    rates = by_base.setdefault(place, {})
                    rates[rule.base] = rates.get(rule.base, 0) + rate
        elif isinstance(rule, PerUnit):
            points = rule.milli_points * base
            for place in places:
                by_unit[place] = by_unit.get(place, 0) + points
        else:
            visits.append((rule.milli_points, places))
    bottom = base * _ONCE
    lines: list[tuple[int, int, int, GivenBack]] = []
    met = {*by_money, *by_unit}
    for _, places in visits:
        met.update(places)
    for place in sorted(met):
        factor = times.get(place, _ONCE)
        money, unit = by_money.get(place, 0), by_unit.get(place, 0)
        back = by_base.get(place)
        given_back = tuple([(base_of, rate * factor) for base_of, rate in back.items()]) if back else ()
        lines.append((place, money * factor, unit * factor, given_back))
    rules = EarningRules(bottom, lines, visits, times)
    if not any(each.conditions for each in basis.multipliers):
        basis.earning_rules[program.id] = rules
    return rules


def _weighed(
    rules: EarningRules, situation: Situation, priced: Priced
) -> tuple[list[tuple[int, Run, int]], int]:
    """Every run that earns with the milli-points of each of its units, over a denominator, the second answer."""
    runs = situation.sheet.runs
    paid = {places: situation.sheet.left_minor(places) for _, places in rules.visits}
    paid = {places: amount for places, amount in paid.items() if amount}
    times = lcm(*paid.values()) if paid else 1
    visit: dict[int, int] = {}
    for points, places in rules.visits:
        if places in paid:
            each = points * (rules.bottom // _ONCE) * (times // paid[places])
            for place in places:
                visit[place] = visit.get(place, 0) + each * rules.times.get(place, _ONCE)
    given_back = {base: _given_back(priced, base) for line in rules.lines for base, _rate in line[3]}
    weighed: list[tuple[int, Run, int]] = []
    if not given_back and not visit:
        weighed = [
            (place, run, run[LEFT] * each_minor + (each_unit if run[LIST] else 0))
            for place, each_minor, each_unit, _back in rules.lines
            for run in runs[place]
        ]
        return weighed, rules.bottom
    for place, each_minor, each_unit, back in rules.lines:
        each = each_minor * times + visit.get(place, 0)
        more = [(rate * times, given_back[base][place]) for base, rate in back if place in given_back[base]]
        for run, extra in _split(runs[place], more) if more else ((run, 0) for run in runs[place]):
            weight = run[LEFT] * each + extra + (each_unit * times if run[LIST] else 0)
            weighed.append((place, run, weight))
    return weighed, rules.bottom * times


def _given_back(priced: Priced, base: MoneyBase) -> TakenOff:
    """For each line the (units, share) runs of what this base counts as if it had not been taken off."""
    return before_order_offers(priced) if base == "before_order_offers" else _before_points_rewards(priced)


def before_order_offers(priced: Priced) -> TakenOff:
    """For each line the (units, share) runs that offers, codes and coupons for the whole basket took off it."""
    found: TakenOff = {}
    for each in priced.given:
        reward = each.candidate.reward
        if each.candidate.phase not in (BASKET_PHASE, COUPON_PHASE):
            continue
        if isinstance(reward, PercentOff | AmountOff | Ladder) and reward.goods.everything:
            _take(found, each)
    return found


def _before_points_rewards(priced: Priced) -> TakenOff:
    """For each line the (units, share) runs that rewards for points took off it."""
    found: TakenOff = {}
    for each in priced.given:
        if each.candidate.phase == POINTS_PHASE:
            _take(found, each)
    return found


def _take(found: TakenOff, given: Given) -> None:
    for place, _amount, shares in given.taken:
        found.setdefault(place, []).append([(share.count, share.share) for share in shares])


def _split(runs: list[Run], more: list[tuple[int, list[list[tuple[int, int]]]]]) -> list[tuple[Run, int]]:
    """The units of a line in runs that are alike in what is left and in what is given back, each with the weight of the
    latter. `more`: (weight of a minor unit, what was taken off the line's units)."""
    units = [0] * sum([run[COUNT] for run in runs])
    for rate, taken in more:
        for shares in taken:
            for at, share in enumerate(_expanded(shares)):
                units[at] += rate * share
    found: list[tuple[Run, int]] = []
    at = 0
    for run in runs:
        for extra in units[at : at + run[COUNT]]:
            if found and found[-1][0][1:] == run[1:] and found[-1][1] == extra:
                found[-1][0][COUNT] += 1
            else:
                found.append(([1, *run[1:]], extra))
        at += run[COUNT]
    return found


def _expanded(shares: list[tuple[int, int]]) -> list[int]:
    return [share for count, share in shares for _unit in range(count)]


def _times(basis: Basis, program: Program, situation: Situation) -> dict[int, int]:
    """For each line the largest multiplier of this program, in thousandths; lines without one are left out."""
    found: dict[int, int] = {}
    for each in basis.multipliers:
        if any(condition.check(situation) is not None for condition in each.conditions):
            continue
        for rule in each.earning:
            if isinstance(rule, Multiply) and rule.points_of == program.id:
                for place in situation.finder.places(rule.goods, "points"):
                    found[place] = max(found.get(place, 0), rule.milli_times)
    return found
