"""What a member is on the way to: the tier above theirs, and what is missing to it."""

from __future__ import annotations

from dataclasses import dataclass

from agent.domain.member import MemberFacts
from agent.domain.own_tier import added_by
from agent.domain.program_set import ProgramSet
from agent.domain.quote import Quote
from agent.domain.tiers import progress_counter


@dataclass(frozen=True, slots=True)
class NextTier:
    """The tier above. `missing` is in minor units, or in points; 0 where it is reached and HQ has not given it yet."""

    tier: str
    missing: int
    in_points: bool


def next_tier(
    facts: MemberFacts, programs: ProgramSet, after: Quote | None = None, *, refunded_minor: int = 0
) -> NextTier | None:
    """The next tier of a member, with what the quote adds once it is paid, less a refund; None at the top.

    None, too, where the shop has no tiers, or where HQ has not said yet how far the member is.
    """
    program = programs.tiers
    if program is None or program.tiers is None:
        return None
    rules = program.tiers
    tier = after.tier if after is not None and after.tier else facts.tier
    progress = facts.counters.get(progress_counter(rules.counts, program.id))
    following = rules.after(tier)
    if progress is None or following is None:
        return None
    in_points = rules.counts == "points"
    if after is not None:
        progress += added_by(rules, after) - (0 if in_points else refunded_minor)
    return NextTier(following.tier, max(0, following.reach - progress), in_points)
