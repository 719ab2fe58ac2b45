"""The switch "this sale counts": a sale that reaches a tier gets its benefits already.

Otherwise the tier in force is that of past sales. The tier taken is the highest that the sale reaches at the prices of
the tier in force and still reaches at its own, so that HQ, which counts what was paid, reaches it too.
"""

from __future__ import annotations

from collections.abc import Callable

from msgspec.structs import replace

from agent.domain.ledger import points_unit
from agent.domain.program_set import ProgramSet
from agent.domain.quote import Quote
from agent.domain.quote_input import QuoteInput
from agent.domain.tiers import TierRules, progress_counter

Price = Callable[[QuoteInput, ProgramSet], Quote]


def counts_itself(program_set: ProgramSet) -> bool:
    """Whether a sale counts for its own tier."""
    program = program_set.tiers
    return program is not None and program.tiers is not None and program.tiers.this_sale


def in_own_tier(quote_input: QuoteInput, program_set: ProgramSet, price: Price) -> tuple[QuoteInput, Quote]:
    """The input with the tier in which the sale is priced, and its quote, which names a tier that the sale reached.

    `price` is asked once, and once more for each tier that is tried: a lower one each time.
    """
    quote = price(quote_input, program_set)
    found = _counted(quote_input, program_set)
    if found is None:
        return quote_input, quote
    rules, progress = found
    step = rules.reached(progress + added_by(rules, quote))
    while step > rules.step_of(_tier(quote_input)):
        tier = rules.levels[step - 1].tier
        higher = _with_tier(quote_input, tier)
        tried = price(higher, program_set)
        reached = rules.reached(progress + added_by(rules, tried))
        if reached >= step:
            return higher, replace(tried, tier=tier)
        step = reached
    return quote_input, quote


def added_by(rules: TierRules, quote: Quote) -> int:
    """What a sale adds to its member's progress: minor units, or points."""
    if rules.counts == "points":
        unit = points_unit(rules.points_of)
        return sum(one.points for one in quote.earned if one.unit == unit)
    return quote.total_minor


def _counted(quote_input: QuoteInput, program_set: ProgramSet) -> tuple[TierRules, int] | None:
    """The rules and how far the member is; None where this sale does not count, or HQ has not told how far."""
    program, member = program_set.tiers, quote_input.member
    if program is None or program.tiers is None or not program.tiers.this_sale:
        return None
    if member is None or member.provisional:
        return None
    progress = member.counters.get(progress_counter(program.tiers.counts, program.id))
    return (program.tiers, progress) if progress is not None else None


def _tier(quote_input: QuoteInput) -> str:
    return quote_input.member.tier if quote_input.member is not None else ""


def _with_tier(quote_input: QuoteInput, tier: str) -> QuoteInput:
    member = quote_input.member
    return quote_input if member is None else replace(quote_input, member=replace(member, tier=tier))
