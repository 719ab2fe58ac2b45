"""How often a program may be used, and how much it may give away.

A total, or a budget, is divided into shares, one for each register: a register refuses rather than overruns its
own, and one that has no share of a limited program refuses it. A limit per member is checked against what the
register knows of the member.
"""

from __future__ import annotations

from typing import Annotated, Final, Literal

import msgspec

from agent.domain import refusal_codes
from agent.domain.bounds import MAX_LINE_MINOR
from agent.domain.quote import Refusal
from agent.domain.quote_input import QuoteInput, Share

_MAX_USES = 10**9

Period = Literal["day", "week", "month", "year", "always"]
Uses = Annotated[int, msgspec.Meta(ge=0, le=_MAX_USES)]

USED: Final = "used:"


class Limits(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, kw_only=True):
    """0 is no limit. A use is a sale in which the program gave something.

    `member_uses` are counted in `member_period`, by the shop's business dates; `total_uses` and `budget_minor`
    over all stores and members.
    """

    member_uses: Uses = 0
    member_period: Period = "always"
    total_uses: Uses = 0
    budget_minor: Annotated[int, msgspec.Meta(ge=0, le=MAX_LINE_MINOR)] = 0

    @property
    def any(self) -> bool:
        return bool(self.member_uses or self.shared)

    @property
    def shared(self) -> bool:
        """Whether it has a total, of which each register has a share."""
        return bool(self.total_uses or self.budget_minor)


NO_LIMITS: Final = Limits()


def limit_refusal(limits: Limits, program_id: str, quote_input: QuoteInput) -> Refusal | None:
    """Whether a limit is used up before this sale."""
    member = quote_input.member
    if limits.member_uses:
        if member is None:
            return Refusal(refusal_codes.NEEDS_MEMBER)
        if member.provisional:
            return Refusal(refusal_codes.PROVISIONAL_MEMBER)
        if member.counters.get(USED + program_id, 0) >= limits.member_uses:
            last = member.last_used.get(program_id)
            on = last.isoformat() if last is not None else ""
            return Refusal(refusal_codes.USED_UP, at=limits.member_period, on=on)
    share = _share(program_id, quote_input)
    if limits.total_uses and (share is None or share.uses < 1):
        return Refusal(refusal_codes.LIMIT_REACHED)
    if limits.budget_minor and (share is None or share.budget_minor < 1):
        return Refusal(refusal_codes.LIMIT_REACHED)
    return None


def budget_left(limits: Limits, program_id: str, quote_input: QuoteInput) -> int | None:
    """What this register may still give away of the program's budget; None where it has no budget."""
    if not limits.budget_minor:
        return None
    share = _share(program_id, quote_input)
    return share.budget_minor if share is not None else 0


def _share(program_id: str, quote_input: QuoteInput) -> Share | None:
    shares = quote_input.shares
    return shares.get(program_id) if isinstance(shares, dict) else None
