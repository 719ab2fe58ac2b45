"""Limited programs that a stored sale could not know of: they are counted from the first sale of the back-test on.

What the sale itself was told of a program (its share, its uses by the member) stands as it was told.
"""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Mapping, Set

import msgspec

from agent.domain.limit_period import first_day
from agent.domain.limits import USED
from agent.domain.program import Program
from agent.domain.program_set import ProgramSet
from agent.domain.quote import Quote
from agent.domain.quote_input import QuoteInput, Share


class LimitsSoFar:
    """The limits of one program set over the sales replayed so far.

    This register is given a program's whole total and budget, since nobody knows what its share would have been.
    `known` are the programs of the sets that are still here, by hash.
    """

    def __init__(self, program_set: ProgramSet, known: Mapping[str, Set[str]]) -> None:
        self._hash = program_set.hash
        self._known = known
        self._limited = [program for program in program_set.programs if program.limits.any]
        self._shares = {
            program.id: Share(uses=program.limits.total_uses, budget_minor=program.limits.budget_minor)
            for program in self._limited
        }
        self._uses: dict[tuple[uuid.UUID, str], tuple[datetime.date, int]] = {}

    def told(self, asked: QuoteInput, original_hash: str) -> QuoteInput:
        """The input with the shares and the uses that a sale under this set would have been told."""
        programs = self._untold(asked, original_hash)
        if not programs:
            return asked
        stored = asked.shares if isinstance(asked.shares, dict) else {}
        totals = {
            each.id: self._shares[each.id]
            for each in programs
            if each.limits.total_uses or each.limits.budget_minor
        }
        changed = (
            msgspec.structs.replace(asked, shares={**totals, **stored})
            if totals.keys() - stored.keys()
            else asked
        )
        member = asked.member
        if member is None:
            return changed
        uses = {USED + each.id: self._count(each, asked) for each in programs if each.limits.member_uses}
        counters = {name: count for name, count in uses.items() if count} | member.counters
        return msgspec.structs.replace(changed, member=msgspec.structs.replace(member, counters=counters))

    def note(self, asked: QuoteInput, quote: Quote, original_hash: str) -> None:
        """Count the programs that gave something."""
        untold = {program.id: program for program in self._untold(asked, original_hash)}
        if not untold:
            return
        off: dict[str, int] = {}
        for applied in quote.applied:
            off[applied.program_id] = off.get(applied.program_id, 0) + applied.discount_minor
        gave = {*off, *(each.program_id for each in quote.earned)}
        gave |= {each.program_id for each in quote.coupons_issued}
        for program_id in gave & untold.keys():
            left = self._shares[program_id]
            self._shares[program_id] = Share(
                uses=max(0, left.uses - 1), budget_minor=max(0, left.budget_minor - off.get(program_id, 0))
            )
            if asked.member is not None:
                program = untold[program_id]
                since = first_day(program.limits.member_period, asked.context.business_date)
                key = (asked.member.account_id, program_id)
                self._uses[key] = (since, self._count(program, asked) + 1)

    def _untold(self, asked: QuoteInput, original_hash: str) -> list[Program]:
        """The limited programs that the sale's own set did not have, as far as that set is known."""
        if original_hash == self._hash or not self._limited:
            return []
        known = self._known.get(original_hash, frozenset())
        return [program for program in self._limited if program.id not in known]

    def _count(self, program: Program, asked: QuoteInput) -> int:
        if asked.member is None:
            return 0
        since = first_day(program.limits.member_period, asked.context.business_date)
        day, count = self._uses.get((asked.member.account_id, program.id), (since, 0))
        return count if day == since else 0
