"""A program that may take something off in this quote, with everything that pricing asks of it."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from typing import Final

from agent.domain.program import Program, SetOffer
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


@dataclass(frozen=True, slots=True, eq=False)
class Candidate:
    """`places` are the lines that it is about, as positions in the canonical order.

    `blocks` are what was asked of a points reward, each for `cost_points` of `unit`. `budget_minor` is what this
    register may still give away of the program's budget; None is no budget.
    """

    program: Program
    reward: Discounting
    phase: int
    places: tuple[int, ...]
    group: StackingGroup
    blocks: int = 0
    coupon_id: uuid.UUID | None = None
    unit: str = ""
    cost_points: int = 0
    budget_minor: int | None = None
    # Whether its discount may have to be rounded to whole minor units.
    rounds: bool = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "rounds", _rounds(self.reward))

    @property
    def id(self) -> str:
        return self.program.id

    @property
    def is_set(self) -> bool:
        """Whether it makes sets of units, which the search has to choose."""
        return self.phase == SET_PHASE

    @property
    def in_order(self) -> bool:
        """Whether its group applies in list order, without a choice."""
        return self.group.choose == "in_order"

    @property
    def of_list(self) -> bool:
        """Whether its percentage is taken of list prices."""
        return self.group.percent_of == "original"


def _rounds(reward: Discounting) -> bool:
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
