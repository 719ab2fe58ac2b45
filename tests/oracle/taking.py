"""What one reward takes off which units: percentages, amounts, steps, and the units that it is about."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

from agent.domain.rewards.amount_off import AmountOff
from agent.domain.rewards.ladder import Ladder, Step
from agent.domain.rewards.percent_off import PercentOff
from tests.oracle.goods import Shelf, Units, finely
from tests.oracle.sharing import shared
from tests.oracle.standing import Candidate

_WHOLE: Final = Decimal(1)


@dataclass(frozen=True)
class Taking:
    """What each unit concerned gives (by its place among all units), and its exact remainder after that."""

    parts: dict[int, int]
    exact: dict[int, Decimal]
    blocks: int = 1

    @property
    def amount(self) -> int:
        return sum(self.parts.values())

    def done(self, units: Units) -> Units:
        """The same units, each in its place, after it."""
        return tuple(
            unit._replace(left=unit.left - self.parts[at], exact=self.exact[at]) if at in self.parts else unit
            for at, unit in enumerate(units)
        )


NOTHING: Final = Taking({}, {})


def percent(units: Units, concerned: Sequence[int], rate: Decimal, *, of_list: bool) -> Taking:
    """One percentage of all these units together, rounded once; the whole of them leaves nothing to pay."""
    if rate == 1 and not of_list:
        return Taking({at: units[at].left for at in concerned}, dict.fromkeys(concerned, Decimal(0)))
    bases = [Decimal(units[at].price) if of_list else units[at].exact for at in concerned]
    discount = int((sum(bases, Decimal(0)) * rate).quantize(_WHOLE, rounding=ROUND_HALF_UP))
    lefts = [units[at].left for at in concerned]
    parts = shared(min(discount, sum(lefts)), bases, lefts)
    exact = {
        at: max(finely(units[at].exact - base * rate), Decimal(0))
        for at, base in zip(concerned, bases, strict=True)
    }
    return Taking(dict(zip(concerned, parts, strict=True)), exact)


def amount(units: Units, concerned: Sequence[int], minor: int) -> Taking:
    """An amount off these units together, in proportion to what is left of them."""
    lefts = [units[at].left for at in concerned]
    return _fallen(units, dict(zip(concerned, shared(min(minor, sum(lefts)), lefts, lefts), strict=True)))


def amount_each(units: Units, concerned: Sequence[int], minor: int) -> Taking:
    """An amount off each of these units."""
    return _fallen(units, {at: min(minor, units[at].left) for at in concerned})


def _fallen(units: Units, parts: dict[int, int]) -> Taking:
    return Taking(parts, {at: max(units[at].exact - part, Decimal(0)) for at, part in parts.items()})


def taken_by(one: Candidate, shelf: Shelf, units: Units, begin: Units, most_blocks: int) -> Taking:
    """What a candidate that makes no sets takes off `units`, where `begin` is how its phase began.

    `most_blocks` is what was claimed, cut to what the points pay for.
    """
    reward = one.reward
    if most_blocks < 1 or not isinstance(reward, PercentOff | AmountOff | Ladder):
        return NOTHING
    lines = shelf.among(reward.goods)
    concerned = [at for at, unit in enumerate(units) if unit.line in lines and unit.left > 0]
    if isinstance(reward, Ladder):
        step = step_reached(reward, shelf, begin)
        if step is None:
            return NOTHING
        if step.rate is not None:
            return percent(units, concerned, step.rate, of_list=one.of_list)
        return amount(units, concerned, step.amount_minor)
    if isinstance(reward, AmountOff) and reward.off == "sale":
        blocks = most_blocks
        if one.points:
            blocks = min(blocks, sum(units[at].left for at in concerned) // reward.amount_minor)
        return _with_blocks(amount(units, concerned, reward.amount_minor * blocks), blocks)
    blocks, picked = 1, concerned
    if reward.units:
        # Points are never spent on more units than there are.
        choices = [_picked(reward, units, concerned, number) for number in range(1, most_blocks + 1)]
        blocks = 1 + next(at for at, choice in enumerate(choices) if choice == choices[-1])
        picked = sorted(choices[-1])
    if isinstance(reward, AmountOff):
        return _with_blocks(amount_each(units, picked, reward.amount_minor), blocks)
    whole = percent(units, picked, reward.rate, of_list=one.of_list)
    cap = reward.max_discount_minor * blocks
    if cap and whole.amount > cap:
        whole = amount(units, picked, cap)
    return _with_blocks(whole, blocks)


def step_reached(ladder: Ladder, shelf: Shelf, begin: Units) -> Step | None:
    """The highest step that its goods had reached when the phase began."""
    if any(step.from_units for step in ladder.steps):
        bought = shelf.bought_of(ladder.goods, begin)
        reached = [step for step in ladder.steps if step.from_units <= bought]
    else:
        left = shelf.left_of(ladder.goods, begin)
        reached = [step for step in ladder.steps if step.from_minor <= left]
    return reached[-1] if reached else None


def is_amount(one: Candidate, shelf: Shelf, begin: Units) -> bool:
    """Whether it counts as an amount and not as a percentage in its phase."""
    if isinstance(one.reward, Ladder):
        step = step_reached(one.reward, shelf, begin)
        return step is None or step.rate is None
    return isinstance(one.reward, AmountOff)


def _picked(reward: PercentOff | AmountOff, units: Units, concerned: Iterable[int], blocks: int) -> list[int]:
    sign = -1 if reward.pick == "dearest" else 1
    ranked = sorted(concerned, key=lambda at: (sign * units[at].left, sign * units[at].exact, at))
    most = reward.units * blocks
    if reward.units_per == "sale":
        return ranked[:most]
    picked: list[int] = []
    for at in ranked:
        if sum(units[other].line == units[at].line for other in picked) < most:
            picked.append(at)
    return picked


def _with_blocks(taking: Taking, blocks: int) -> Taking:
    return Taking(taking.parts, taking.exact, blocks)
