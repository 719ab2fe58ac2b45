"""How far a program's conditions are from being met."""

from __future__ import annotations

from agent.domain.candidate import Candidate
from agent.domain.pricing import ladder_reached
from agent.domain.program import Program
from agent.domain.quote import NearMiss
from agent.domain.rewards.ladder import Ladder
from agent.domain.situation import Situation


def missed_by(program: Program, situation: Situation) -> NearMiss | None:
    """The first condition of the program that refuses now, with how far it came."""
    for condition in program.conditions:
        refusal = condition.check(situation)
        if refusal is not None:
            return NearMiss(program.id, refusal, condition.reached(situation))
    return None


def misses_for_good(one: Candidate, listed: Situation) -> bool:
    """Whether a condition, or the first step, is not reached at list prices: then it is not in any deal."""
    for condition in one.program.conditions:
        if condition.check(listed) is not None:
            return True
    reward = one.reward
    return isinstance(reward, Ladder) and reward.step(ladder_reached(one, listed)) is None
