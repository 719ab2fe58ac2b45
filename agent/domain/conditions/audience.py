"""Whom a program is for."""

from __future__ import annotations

from gettext import gettext as _
from typing import Annotated, Literal

import msgspec

from agent.domain import refusal_codes
from agent.domain.goods import Name
from agent.domain.member import MemberFacts
from agent.domain.problems import Problem
from agent.domain.quote import Refusal


class Audience(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, kw_only=True):
    """Everybody, members, or members of certain tiers."""

    who: Literal["all", "members", "tiers"] = "all"
    tiers: Annotated[tuple[Name, ...], msgspec.Meta(max_length=50)] = ()

    def problem(self) -> Problem | None:
        if (self.who == "tiers") != bool(self.tiers):
            return Problem(
                "tiers", _('must name at least one tier where `who` is "tiers", and none elsewhere')
            )
        return None

    def check(self, member: MemberFacts | None, *, known: bool) -> Refusal | None:
        """`known`: a provisional member, whose identifier is not known here, is not enough."""
        if self.who == "all":
            return None
        if member is None:
            return Refusal(refusal_codes.NEEDS_MEMBER)
        if known and member.provisional:
            return Refusal(refusal_codes.PROVISIONAL_MEMBER)
        if self.who == "tiers" and member.tier not in self.tiers:
            return Refusal(refusal_codes.NEEDS_TIER, at=",".join(self.tiers))
        return None
