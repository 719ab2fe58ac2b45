"""Publishing programs in the middle of a test, and the programs that HQ runs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from agent.domain.program_set import ProgramSet
from hq.programs import publishing
from tests import builders


def publish(*programs: Mapping[str, Any], version: int = 2) -> ProgramSet:
    """Make these programs, with points per money, the active set."""
    every = (builders.points_per_money(audience={"who": "members"}), *programs)
    data = builders.program_set_bytes(*every, version=version)
    publishing.publish(publishing.upload(data, "andrei", builders.NOW_MS), "andrei", builders.NOW_MS)
    return builders.a_program_set(*every, version=version)


def of_hq(
    kind: str, program_id: str = "", *, fields: Mapping[str, Any] | None = None, **occasion: Any
) -> dict[str, Any]:
    """A program of this kind; `fields` are those of the program, the others of its occasion."""
    return builders.a_program(program_id or kind, kind, occasion={"type": kind, **occasion}, **(fields or {}))


def welcome(points: int = 100, **fields: Any) -> dict[str, Any]:
    return of_hq("welcome", points_of="points", points=points, fields=fields)


def coming_by(points: int = 5, **occasion: Any) -> dict[str, Any]:
    facts = {"activity": "visit", "once": "day", "at_till": True, "points_of": "points", "points": points}
    return of_hq("activity", "coming-by", **{**facts, **occasion})


def a_survey(points: int = 40, **occasion: Any) -> dict[str, Any]:
    facts = {"activity": "survey", "per_subject": True, "points_of": "points", "points": points}
    return of_hq("activity", "survey", **{**facts, **occasion})
