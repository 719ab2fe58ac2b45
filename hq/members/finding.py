"""Finding one member by a whole phone number, e-mail address, card or id, as staff and files write them."""

from __future__ import annotations

import uuid
from typing import Final

from agent.domain.errors import LoyaltyError
from agent.domain.identifiers import normal_identifier
from agent.domain.member import IdentifierKind
from hq.devices.models import Store
from hq.feed.state import identity
from hq.members import roll
from hq.members.models import ConsoleMember, Identifier

_KINDS: Final[tuple[IdentifierKind, ...]] = ("phone", "email", "card")


def one_named(text: str) -> ConsoleMember | None:
    """The one member with this whole phone, e-mail, card or id; a second enrolment leads to the member it became."""
    found = set(
        Identifier.objects.filter(digest__in=marks_of(text.strip())).values_list("member_id", flat=True)
    )
    told = as_id(text.strip())
    if told is not None:
        found.add(told)
    if len(found) != 1:
        return None
    member = ConsoleMember.objects.filter(member_id=found.pop()).first()
    while member is not None and member.merged_into is not None:
        member = ConsoleMember.objects.filter(member_id=member.merged_into).first()
    return member


def marks_of(text: str) -> list[str]:
    """HQ's keyed hashes of what this text may be, in the countries of its stores."""
    key = identity().lookup_key
    found = []
    for country in set(Store.objects.values_list("country", flat=True)) or {"RO"}:
        for kind in _KINDS:
            try:
                found.append(roll.digest(key, kind, normal_identifier(kind, text, country)))
            except LoyaltyError:
                continue
    return found


def as_id(text: str) -> uuid.UUID | None:
    """The id that this text is; None for any other."""
    try:
        return uuid.UUID(text)
    except ValueError:
        return None
