"""For whom electronic coupons are: accounts of the stores' members, all of them or those of a segment or a file."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from gettext import gettext as _

from hq.csv_lines import FileProblem, no_progress, read_lines
from hq.devices.models import Store
from hq.members import aliases
from hq.members.finding import one_named
from hq.members.models import AccountStore, Member
from hq.segments.models import MemberSegment


@dataclass(slots=True)
class Owners:
    """The accounts, each once, or what is wrong with the file that names them."""

    accounts: list[uuid.UUID] = field(default_factory=list)
    problems: list[FileProblem] = field(default_factory=list)


def members_of(stores: Sequence[Store], segment: str = "") -> Owners:
    """The accounts of the members whom a register of these stores knows; of a household one. With `segment` only those in it."""
    known = _known_in(stores)
    members = Member.objects.filter(merged_into=None, blocked=False).order_by("enrolled_ms", "member_id")
    inside: set[uuid.UUID] | None = None
    if segment:
        inside = set(MemberSegment.objects.filter(segment=segment).values_list("member_id", flat=True))
    accounts = [
        account_id
        for member_id, account_id in members.values_list("member_id", "account_id")
        if inside is None or member_id in inside
    ]
    owners = aliases.owners_of(accounts)
    found = dict.fromkeys(owners.get(each, each) for each in accounts)
    return Owners([each for each in found if each in known])


def members_in(data: bytes, stores: Sequence[Store], progress: Callable[[int], None] = no_progress) -> Owners:
    """The members of a CSV file with the column `member`: a whole phone number, e-mail address, card or id."""
    found = Owners()
    known = _known_in(stores)
    seen: set[uuid.UUID] = set()

    def take(told: dict[str, str]) -> None:
        member = one_named(told["member"]) if told["member"] else None
        if member is None:
            raise ValueError(_("no member has this phone, e-mail, card or id"))
        account_id = aliases.owner_of(member.account_id)
        if account_id not in known:
            names = ", ".join(one.name for one in stores)
            raise ValueError(_("the member is not known to the store {store}").format(store=names))
        if account_id in seen:
            raise ValueError(_("the member, or their household, is on a line above"))
        seen.add(account_id)
        found.accounts.append(account_id)

    found.problems = read_lines(data, ("member",), ("member",), take, progress)
    if found.problems:
        found.accounts.clear()
    return found


def _known_in(stores: Sequence[Store]) -> set[uuid.UUID]:
    found = AccountStore.objects.filter(store_id__in=[one.pk for one in stores])
    return set(found.values_list("account_id", flat=True))
