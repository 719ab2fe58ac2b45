"""Pricing a given set of candidates: the phases in their order, and inside a phase one fixed order.

Price list, rewards on chosen goods, rewards on the basket, coupons, points rewards. Within a phase: priority,
percentages before amounts, the larger saving, the id. Conditions look at what the earlier phases have left, so
nothing depends on its own discount.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from agent.domain import refusal_codes
from agent.domain.basis import PHASES, Basis, Candidate
from agent.domain.quote import Refusal
from agent.domain.rewards.points_money_off import PointsMoneyOff
from agent.domain.situation import Situation
from agent.domain.worksheet import Taken, Worksheet


@dataclass(frozen=True, slots=True)
class Given:
    """What one candidate takes off. `cost_points` are spent for `blocks` of a points reward.

    `taken` is filled where the pricing was recorded.
    """

    candidate: Candidate
    amount_minor: int
    taken: list[Taken]
    blocks: int = 0
    cost_points: int = 0


@dataclass(slots=True)
class Priced:
    """One pricing.

    `missed` says why a candidate gives nothing, and `reached` how far it came, in thousandths; `fitting` says
    how many blocks of a points reward can be given; `touched` are the candidates that changed anything.
    """

    sheet: Worksheet
    given: list[Given] = field(default_factory=list)
    missed: dict[Candidate, Refusal] = field(default_factory=dict)
    reached: dict[Candidate, int] = field(default_factory=dict)
    fitting: dict[Candidate, int] = field(default_factory=dict)
    touched: set[Candidate] = field(default_factory=set)
    spent_points: dict[str, int] = field(default_factory=dict)
    discount_minor: int = 0


def price(
    basis: Basis, candidates: Sequence[Candidate], *, heed: bool = True, record: bool = False
) -> Priced:
    """Price these candidates.

    Without `heed`, conditions refuse nothing, and points rewards need not fit whole nor share the points: an
    upper bound of the discount. With `record`, what is taken is kept by line and unit.
    """
    sheet = basis.situation.sheet.fresh(record=record)
    situation = basis.situation.with_sheet(sheet)
    priced = Priced(sheet)
    for phase in PHASES:
        group = [one for one in candidates if one.phase == phase]
        if group:
            passing = [one for one in group if _passes(one, situation, priced) or not heed]
            for one in _in_order(passing, basis, priced):
                _give(basis, one, priced, heed=heed)
    return priced


def _passes(candidate: Candidate, situation: Situation, priced: Priced) -> bool:
    for condition in candidate.program.conditions:
        refusal = condition.check(situation)
        if refusal is not None:
            priced.missed[candidate] = refusal
            priced.reached[candidate] = condition.reached(situation)
            return False
    return True


def _in_order(candidates: list[Candidate], basis: Basis, priced: Priced) -> list[Candidate]:
    if len(candidates) < 2:
        return candidates
    savings = {one: _saving(one, basis, priced) for one in candidates}
    return sorted(
        candidates, key=lambda one: (-one.program.priority, one.rank, -savings[one], one.program.id)
    )


def _saving(candidate: Candidate, basis: Basis, priced: Priced) -> int:
    """What it would take off now; at list prices, where every pricing of a quote begins, that is kept."""
    if not priced.touched:
        saving = basis.list_savings.get(candidate)
        if saving is None:
            saving = basis.list_savings[candidate] = _saving_on(candidate, priced.sheet)
        return saving
    return _saving_on(candidate, priced.sheet)


def _saving_on(candidate: Candidate, sheet: Worksheet) -> int:
    reward = candidate.reward
    if isinstance(reward, PointsMoneyOff):
        return reward.amount_minor * reward.blocks(sheet, candidate.places, candidate.blocks)
    return reward.saving_minor(sheet, candidate.places)


def _give(basis: Basis, candidate: Candidate, priced: Priced, *, heed: bool) -> None:
    reward = candidate.reward
    if not priced.sheet.left_minor(candidate.places):
        priced.missed.setdefault(candidate, Refusal(refusal_codes.NOTHING_LEFT))
        return
    blocks = cost = 0
    if isinstance(reward, PointsMoneyOff):
        blocks, refusal = blocks_possible(basis, candidate, priced)
        priced.fitting[candidate] = blocks
        if refusal is not None:
            priced.missed.setdefault(candidate, refusal)
        if not heed:
            blocks, refusal = affordable_blocks(basis, candidate, 0)
        if refusal is not None:
            return
        amount, taken = reward.take(priced.sheet, candidate.places, blocks)
        cost = reward.cost_points * blocks
        priced.spent_points[reward.unit] = priced.spent_points.get(reward.unit, 0) + cost
    else:
        amount, taken = reward.take(priced.sheet, candidate.places)
    priced.touched.add(candidate)
    if amount:
        priced.given.append(Given(candidate, amount, taken, blocks, cost))
        priced.discount_minor += amount
    else:
        priced.missed.setdefault(candidate, Refusal(refusal_codes.NOTHING_LEFT))


def blocks_possible(basis: Basis, candidate: Candidate, priced: Priced) -> tuple[int, Refusal | None]:
    """How many blocks of a points reward can be given now, and why none can."""
    reward = candidate.reward
    if not isinstance(reward, PointsMoneyOff):
        raise TypeError("only points rewards come in blocks")
    asked, refusal = affordable_blocks(basis, candidate, priced.spent_points.get(reward.unit, 0))
    if refusal is not None:
        return 0, refusal
    blocks = reward.blocks(priced.sheet, candidate.places, asked)
    if blocks:
        return blocks, None
    gap = reward.amount_minor - priced.sheet.left_minor(candidate.places)
    return 0, Refusal(refusal_codes.BASKET_TOO_SMALL, gap_minor=gap)


def affordable_blocks(basis: Basis, candidate: Candidate, spent: int) -> tuple[int, Refusal | None]:
    """How many of the blocks asked for can be paid with the points that this register holds, less those `spent`."""
    reward, member = candidate.reward, basis.quote_input.member
    if not isinstance(reward, PointsMoneyOff) or member is None:
        return 0, Refusal(refusal_codes.NEEDS_MEMBER)
    balance = member.balances.get(reward.unit, 0) - spent
    held = min(member.spendable.get(reward.unit, 0) - spent, balance)
    if balance < reward.cost_points:
        return 0, Refusal(refusal_codes.NOT_ENOUGH_POINTS, gap_points=reward.cost_points - balance)
    if held < reward.cost_points:
        return 0, Refusal(refusal_codes.POINTS_NOT_HELD, gap_points=reward.cost_points - held)
    return min(candidate.blocks, held // reward.cost_points), None
