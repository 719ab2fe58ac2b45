"""Finding members as staff type them: the beginning or middle of a name, or a whole phone, e-mail or card.

Who may not see members sees no name anywhere, and cannot find out by searching sales or the ledger whose they are.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable

from django.db.models import QuerySet
from django.http import HttpRequest

from agent.domain.fold import fold
from hq.members import aliases
from hq.members.finding import as_id, marks_of
from hq.members.models import ConsoleMember, Identifier


def may_see(request: HttpRequest) -> bool:
    """Whether this person may know who a member is."""
    return request.user.has_perm("members.view_consolemember")


def search(members: QuerySet[ConsoleMember], text: str) -> QuerySet[ConsoleMember]:
    """The members whom this text means. An identifier is found by its whole value only."""
    text = text.strip()
    found = set(Identifier.objects.filter(digest__in=marks_of(text)).values_list("member_id", flat=True))
    told = as_id(text)
    if told is not None:
        found |= set(members.filter(member_id=told).values_list("member_id", flat=True))
        found |= set(members.filter(account_id=told).values_list("member_id", flat=True))
    if found:
        return members.filter(member_id__in=found)
    for word in fold(text).split():
        members = members.filter(search_name__contains=word)
    return members


def names(account_ids: Iterable[uuid.UUID | None]) -> dict[uuid.UUID, ConsoleMember]:
    """account -> the first member of its owner, for lists that show an account; of a household its first joined."""
    owners = aliases.owners_of(account_id for account_id in account_ids if account_id is not None)
    theirs = {each: owner for owner in set(owners.values()) for each in aliases.of(owner)}
    first: dict[uuid.UUID, ConsoleMember] = {}
    members = ConsoleMember.objects.filter(account_id__in=theirs, merged_into=None)
    for member in members.order_by("-enrolled_ms"):
        first[theirs[member.account_id]] = member
    return {account_id: first[owner] for account_id, owner in owners.items() if owner in first}
