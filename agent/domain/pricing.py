"""Pricing a given set of candidates: the phases in their order, and inside a phase one fixed order.

docs/engine.md is the definition. Conditions look at what the earlier phases have left, so nothing depends on its
own discount.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from agent.domain import refusal_codes
from agent.domain.basis import Basis
from agent.domain.candidate import (
    BASKET_PHASE,
    COUPON_PHASE,
    LINE_PHASE,
    POINTS_PHASE,
    SET_PHASE,
    Candidate,
    by_rank,
)
from agent.domain.quote import Refusal
from agent.domain.rewards.amount_off import AmountOff
from agent.domain.rewards.ladder import Ladder
from agent.domain.rewards.percent_off import PercentOff
from agent.domain.set_choices import SetChoice, UnitClass
from agent.domain.set_making import discount_of, make_sets
from agent.domain.situation import Situation
from agent.domain.worksheet import Taken, Took, Worksheet

# Phase, 0 for list order, then what decides within it.
Order = tuple[int | str, ...]


@dataclass(slots=True, eq=False)
class Given:
    """What one candidate takes off; nothing of it ever changes. `cost_points` are spent for `blocks` of a points reward.

    `taken` is filled where the pricing was recorded. `order` sorts the discounts of a quote as they were priced.
    """

    candidate: Candidate
    amount_minor: int
    taken: list[Taken]
    blocks: int = 0
    cost_points: int = 0
    order: Order = ()


@dataclass(slots=True)
class Priced:
    """One pricing, as far as it has come.

    `missed` says why a candidate gives nothing, and `reached` how far it came, in thousandths; `fitting` says
    how many blocks of a points reward can be given; `touched` are the candidates that changed anything.
    """

    sheet: Worksheet
    heed: bool = True
    given: list[Given] = field(default_factory=list)
    missed: dict[Candidate, Refusal] = field(default_factory=dict)
    reached: dict[Candidate, int] = field(default_factory=dict)
    fitting: dict[Candidate, int] = field(default_factory=dict)
    touched: set[Candidate] = field(default_factory=set)
    spent_points: dict[str, int] = field(default_factory=dict)
    discount_minor: int = 0

    def copy(self) -> Priced:
        """This moment, to go on from in another way."""
        return Priced(
            self.sheet.copy(),
            self.heed,
            self.given[:],
            self.missed.copy(),
            self.reached.copy(),
            self.fitting.copy(),
            self.touched.copy(),
            self.spent_points.copy(),
            self.discount_minor,
        )

    def take_over(self, part: Priced, places: Iterable[int]) -> None:
        """What another pricing did to these lines, to which this one has done nothing."""
        for place in places:
            self.sheet.runs[place] = part.sheet.runs[place]
        self.given += part.given
        self.missed.update(part.missed)
        self.reached.update(part.reached)
        self.touched |= part.touched
        self.discount_minor += part.discount_minor

    def give(
        self, candidate: Candidate, took: Took, order: Order, blocks: int = 0, cost_points: int = 0
    ) -> None:
        """Write down what a candidate took."""
        amount, taken = took
        self.touched.add(candidate)
        if amount:
            self.given.append(Given(candidate, amount, taken, blocks, cost_points, order))
            self.discount_minor += amount
        else:
            self.missed.setdefault(candidate, Refusal(refusal_codes.NOTHING_LEFT))


def price(
    basis: Basis, candidates: Sequence[Candidate], *, heed: bool = True, record: bool = False
) -> Priced:
    """Price these candidates without any sets.

    Without `heed`, conditions and budgets refuse nothing, and points rewards need not fit whole nor share the
    points: an upper bound of the discount. With `record`, what is taken is kept by line and unit.
    """
    return after_sets(basis, candidates, before_sets(basis, candidates, heed=heed, record=record))


def before_sets(
    basis: Basis, candidates: Sequence[Candidate], *, heed: bool = True, record: bool = False
) -> Priced:
    """The first phase."""
    priced = Priced(basis.situation.sheet.fresh(record=record), heed)
    _phase(basis, [one for one in candidates if one.phase == LINE_PHASE], priced)
    return priced


def with_sets(priced: Priced, chosen: Sequence[SetChoice], classes: Sequence[UnitClass]) -> None:
    """Make these sets, on the sheet of which `classes` were made; a program beyond its budget makes none."""
    by_offer: dict[Candidate, list[SetChoice]] = {}
    for choice in chosen:
        by_offer.setdefault(choice.candidate, []).append(choice)
    affordable: list[SetChoice] = []
    for offer, choices in by_offer.items():
        if priced.heed and offer.budget_minor is not None:
            over = discount_of(choices, classes) - offer.budget_minor
            if over > 0:
                priced.missed[offer] = Refusal(refusal_codes.BUDGET_TOO_SMALL, gap_minor=over)
                continue
        affordable += choices
    made = make_sets(priced.sheet, affordable, classes)
    for offer, took in made:
        order = (SET_PHASE, 1, -offer.program.priority, 0 if offer.rounds else 1, -took[0], offer.id)
        priced.give(offer, took, order)


def after_sets(basis: Basis, candidates: Sequence[Candidate], priced: Priced) -> Priced:
    """The other phases."""
    for phase in (BASKET_PHASE, COUPON_PHASE, POINTS_PHASE):
        _phase(basis, [one for one in candidates if one.phase == phase], priced)
    priced.given.sort(key=lambda each: each.order)
    return priced


def _phase(basis: Basis, group: list[Candidate], priced: Priced) -> None:
    if not group:
        return
    situation = basis.situation.with_sheet(priced.sheet)
    listed = [one for one in group if one.in_order]
    if listed:
        group = [one for one in group if not one.in_order]
    steps = {one: ladder_reached(one, situation) for one in group if isinstance(one.reward, Ladder)}
    passing = [one for one in group if passes(one, situation, priced)]
    for number, one in enumerate(sorted(listed, key=lambda one: (one.group.id, *by_rank(one)))):
        if passes(one, situation, priced):
            # In list order a ladder, too, looks at what is left at its own turn.
            _give(basis, one, priced, ladder_reached(one, situation), (one.phase, 0, number))
    if len(passing) < 2 or not _overlap(passing):
        for one in passing:
            _give(basis, one, priced, steps.get(one, 0), None)
        return
    ranked = [
        (
            -one.program.priority,
            _rank(one, steps.get(one, 0)),
            -saving(basis, one, priced.sheet, steps.get(one, 0)),
            one.id,
            one,
        )
        for one in passing
    ]
    ranked.sort(key=lambda each: each[:4])
    for priority, rank, less, program_id, one in ranked:
        _give(basis, one, priced, steps.get(one, 0), (one.phase, 1, priority, rank, less, program_id))


def _overlap(candidates: Sequence[Candidate]) -> bool:
    """Whether two of them are about the same line, or about the same points."""
    seen: set[int] = set()
    total = 0
    points = 0
    for one in candidates:
        seen.update(one.places)
        total += len(one.places)
        points += one.cost_points > 0
    return len(seen) < total or points > 1


def _rank(candidate: Candidate, reached: int) -> int:
    """Percentages before amounts."""
    reward = candidate.reward
    if isinstance(reward, Ladder):
        step = reward.step(reached)
        return 0 if step is not None and step.rate is not None else 1
    return 0 if isinstance(reward, PercentOff) else 1


def ladder_reached(candidate: Candidate, situation: Situation) -> int:
    """What a ladder's goods have come to at this moment: minor units, or units."""
    reward = candidate.reward
    if not isinstance(reward, Ladder):
        return 0
    return situation.units(reward.goods) if reward.by_units else situation.spent_minor(reward.goods)


def passes(candidate: Candidate, situation: Situation, priced: Priced) -> bool:
    for condition in candidate.program.conditions:
        refusal = condition.check(situation)
        if refusal is not None:
            priced.missed[candidate] = refusal
            priced.reached[candidate] = condition.reached(situation)
            return not priced.heed
    reward = candidate.reward
    if isinstance(reward, Ladder):
        reached = ladder_reached(candidate, situation)
        step = reward.step(reached)
        if step is None:
            target = reward.begins_at(reward.steps[0])
            priced.missed[candidate] = (
                Refusal(refusal_codes.NOT_ENOUGH_UNITS, gap_units=target - reached)
                if reward.by_units
                else Refusal(refusal_codes.BELOW_MINIMUM_SPEND, gap_minor=target - reached)
            )
            priced.reached[candidate] = reached * 1000 // target
            return False
    return True


def saving(basis: Basis, candidate: Candidate, sheet: Worksheet, reached: int) -> int:
    """What it would take off now."""
    reward, places = candidate.reward, candidate.places
    blocks = candidate.blocks
    if candidate.cost_points:
        blocks, _refusal = affordable_blocks(basis, candidate, 0)
        if not blocks:
            return 0
    if isinstance(reward, AmountOff):
        if reward.off == "sale":
            return min(reward.amount_minor * max(blocks, 1), sheet.left_minor(places))
        return sum(
            [run[0] * min(reward.amount_minor, run[1]) for _, run in reward.chosen(sheet, places, blocks)]
        )
    if isinstance(reward, PercentOff):
        return reward.discount_minor(sheet, places, blocks, of_list=candidate.of_list)
    if isinstance(reward, Ladder):
        return reward.discount_minor(sheet, places, reached, of_list=candidate.of_list)
    raise TypeError("the saving of sets is found by the search")


def _take(candidate: Candidate, sheet: Worksheet, reached: int, blocks: int) -> Took:
    reward = candidate.reward
    if isinstance(reward, PercentOff):
        return reward.take(sheet, candidate.places, blocks, of_list=candidate.of_list)
    if isinstance(reward, AmountOff):
        return reward.take(sheet, candidate.places, blocks)
    if isinstance(reward, Ladder):
        return reward.take(sheet, candidate.places, reached, of_list=candidate.of_list)
    raise TypeError("sets are made by the search")


def _give(basis: Basis, candidate: Candidate, priced: Priced, reached: int, order: Order | None) -> None:
    """`order` None: nothing else of its phase is about its goods, so it takes what it would have taken first."""
    sheet = priced.sheet
    blocks = 0
    if candidate.cost_points:
        blocks, refusal = blocks_possible(basis, candidate, priced)
        priced.fitting[candidate] = blocks
        if refusal is not None:
            priced.missed.setdefault(candidate, refusal)
        if not priced.heed:
            blocks, refusal = affordable_blocks(basis, candidate, 0)
        if refusal is not None:
            return
    if candidate.budget_minor is not None and priced.heed:
        over = saving(basis, candidate, sheet, reached) - candidate.budget_minor
        if over > 0:
            priced.missed[candidate] = Refusal(refusal_codes.BUDGET_TOO_SMALL, gap_minor=over)
            return
    took = _take(candidate, sheet, reached, blocks)
    cost = candidate.cost_points * blocks if took[0] else 0
    if cost:
        priced.spent_points[candidate.unit] = priced.spent_points.get(candidate.unit, 0) + cost
    elif not took[0] and not sheet.left_minor(candidate.places):
        priced.missed.setdefault(candidate, Refusal(refusal_codes.NOTHING_LEFT))
        return
    if order is None:
        rank = _rank(candidate, reached)
        order = (candidate.phase, 1, -candidate.program.priority, rank, -took[0], candidate.id)
    priced.give(candidate, took, order, blocks, cost)


def blocks_possible(basis: Basis, candidate: Candidate, priced: Priced) -> tuple[int, Refusal | None]:
    """How many blocks of a points reward can be given now, and why none can.

    An amount off the sale is given in whole blocks only: a point is never spent for nothing.
    """
    asked, refusal = affordable_blocks(basis, candidate, priced.spent_points.get(candidate.unit, 0))
    if refusal is not None:
        return 0, refusal
    left = priced.sheet.left_minor(candidate.places)
    reward = candidate.reward
    if isinstance(reward, AmountOff) and reward.off == "sale":
        blocks = min(asked, left // reward.amount_minor)
        if blocks:
            return blocks, None
        return 0, Refusal(refusal_codes.BASKET_TOO_SMALL, gap_minor=reward.amount_minor - left)
    if not left:
        return 0, Refusal(refusal_codes.NOTHING_LEFT)
    if isinstance(reward, PercentOff | AmountOff) and reward.units:
        return min(asked, reward.most_blocks(priced.sheet, candidate.places)), None
    return 1, None


def affordable_blocks(basis: Basis, candidate: Candidate, spent: int) -> tuple[int, Refusal | None]:
    """How many of the blocks asked for can be paid with the points that this register holds, less those `spent`."""
    member = basis.quote_input.member
    if member is None:
        return 0, Refusal(refusal_codes.NEEDS_MEMBER)
    cost = candidate.cost_points
    balance = member.balances.get(candidate.unit, 0) - spent
    held = min(member.spendable.get(candidate.unit, 0) - spent, balance)
    if balance < cost:
        return 0, Refusal(refusal_codes.NOT_ENOUGH_POINTS, gap_points=cost - balance)
    if held < cost:
        return 0, Refusal(refusal_codes.POINTS_NOT_HELD, gap_points=cost - held)
    return min(candidate.blocks, held // cost), None
