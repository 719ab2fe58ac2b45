"""Whom a program is for."""

from __future__ import annotations

from gettext import gettext as _
from typing import Annotated, Final, Literal

import msgspec

from agent.domain import refusal_codes
from agent.domain.goods import Name
from agent.domain.member import MemberFacts
from agent.domain.problems import Problem
from agent.domain.quote import Refusal

# The counter in the member's facts that says how many sales they had before this one.
VISITS: Final = "visits"


class Audience(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, kw_only=True):
    """Everybody, members, members of certain tiers or segments, or the members to whom HQ offers it personally.

    A segment is any list of members that HQ keeps: invited, lapsed, a pilot's arm. Of `not_segments` none may be.
    `birthday_week` and `first_purchase` narrow it further.
    """

    who: Literal["all", "members", "tiers", "segments", "offered"] = "all"
    tiers: Annotated[tuple[Name, ...], msgspec.Meta(max_length=50)] = ()
    segments: Annotated[tuple[Name, ...], msgspec.Meta(max_length=200)] = ()
    not_segments: Annotated[tuple[Name, ...], msgspec.Meta(max_length=200)] = ()
    birthday_week: bool = False
    first_purchase: bool = False

    def problem(self) -> Problem | None:
        if (self.who == "tiers") != bool(self.tiers):
            return Problem(
                "tiers", _('must name at least one tier where `who` is "tiers", and none elsewhere')
            )
        if (self.who == "segments") != bool(self.segments):
            return Problem(
                "segments", _('must name at least one segment where `who` is "segments", and none elsewhere')
            )
        if self.who == "all" and (self.not_segments or self.birthday_week or self.first_purchase):
            return Problem("who", _('must not be "all" where only some members are meant'))
        return None

    def check(self, member: MemberFacts | None, *, known: bool) -> Refusal | None:
        """`known`: a provisional member, whose identifier is not known here, is not enough. Whether this very program is
        offered to the member is for the caller to ask, who knows its id."""
        if self.who == "all":
            return None
        if member is None:
            return Refusal(refusal_codes.NEEDS_MEMBER)
        if known and member.provisional:
            return Refusal(refusal_codes.PROVISIONAL_MEMBER)
        if self.who == "tiers" and member.tier not in self.tiers:
            return Refusal(refusal_codes.NEEDS_TIER, at=",".join(self.tiers))
        if self.segments and not set(self.segments).intersection(member.segments):
            return Refusal(refusal_codes.NOT_INVITED)
        if self.not_segments and set(self.not_segments).intersection(member.segments):
            return Refusal(refusal_codes.NOT_INVITED)
        if self.birthday_week and not member.in_birthday_week:
            return Refusal(refusal_codes.NOT_BIRTHDAY_WEEK)
        # Where the number of visits is not known, a first purchase cannot be claimed.
        if self.first_purchase and (member.provisional or member.counters.get(VISITS, 1)):
            return Refusal(refusal_codes.NOT_FIRST_PURCHASE)
        return None
