"""How far a program's conditions are from being met."""

from __future__ import annotations

from agent.domain.program import Program
from agent.domain.quote import NearMiss
from agent.domain.situation import Situation


def missed_by(program: Program, situation: Situation) -> NearMiss | None:
    """The first condition of the program that refuses now, with how far it came."""
    for condition in program.conditions:
        refusal = condition.check(situation)
        if refusal is not None:
            return NearMiss(program.id, refusal, condition.reached(situation))
    return None
