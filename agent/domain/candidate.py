"""A program that may take something off in this quote, with everything that pricing asks of it."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from typing import Final

from agent.domain.program import Program, Reward, SetOffer
from agent.domain.rewards.amount_off import AmountOff
from agent.domain.rewards.bundle import Bundle
from agent.domain.rewards.buy_get import BuyGet
from agent.domain.rewards.cheapest_of import CheapestOf
from agent.domain.rewards.ladder import Ladder
from agent.domain.rewards.percent_off import PercentOff
from agent.domain.stacking import StackingGroup

LINE_PHASE: Final = 1
SET_PHASE: Final = 2
BASKET_PHASE: Final = 3
COUPON_PHASE: Final = 4
POINTS_PHASE: Final = 5
PLAIN_PHASES: Final = (LINE_PHASE, BASKET_PHASE, COUPON_PHASE, POINTS_PHASE)

Discounting = PercentOff | AmountOff | Ladder | SetOffer
SETS: Final = (CheapestOf, BuyGet, Bundle)


@dataclass(slots=True, eq=False)
class Candidate:
    """`places` are the lines that it is about, as positions in the canonical order. Nothing of it ever changes.

    `blocks` are what was asked of a points reward, each for `cost_points` of `unit`. `budget_minor` is what this
    register may still give away of the program's budget; None is no budget. `rounds`: whether its discount may have
    to be rounded to whole minor units.
    """

    program: Program
    reward: Discounting
    phase: int
    places: tuple[int, ...]
    group: StackingGroup
    rounds: bool
    blocks: int = 0
    coupon_id: uuid.UUID | None = None
    unit: str = ""
    cost_points: int = 0
    budget_minor: int | None = None
    id: str = field(init=False)
    # Whether it makes sets of units, which the search has to choose.
    is_set: bool = field(init=False)
    # Whether its group applies in list order, without a choice.
    in_order: bool = field(init=False)
    # Whether its percentage is taken of list prices.
    of_list: bool = field(init=False)

    def __post_init__(self) -> None:
        self.id = self.program.id
        self.is_set = self.phase == SET_PHASE
        group = self.group
        self.in_order = group.choose == "in_order"
        self.of_list = group.percent_of == "original"


def rounds(reward: Reward) -> bool:
    """Whether a discount of this reward may have to be rounded to whole minor units."""
    if isinstance(reward, PercentOff | CheapestOf | BuyGet):
        return reward.rate != 1
    if isinstance(reward, Ladder):
        return any(step.rate is not None and step.rate != 1 for step in reward.steps)
    return False


def by_rank(candidate: Candidate) -> tuple[int, str]:
    """List order: priority, then id."""
    return -candidate.program.priority, candidate.program.id


def phase_of(program: Program) -> int:
    """The phase in which a program of discounts is priced; the reward's goods and the trigger decide."""
    reward = program.rewards[0]
    if isinstance(reward, SETS):
        return SET_PHASE
    if program.cost is not None:
        return POINTS_PHASE
    if program.trigger in ("code", "coupon"):
        return COUPON_PHASE
    if isinstance(reward, PercentOff | AmountOff | Ladder) and not reward.goods.everything:
        return LINE_PHASE
    return BASKET_PHASE
