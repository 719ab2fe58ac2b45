"""On which business dates members bought: posted sales that were not voided, each of one member.

A sale of a provisional account, or of a second enrolment, is its owner's; where several share the account it counts
for each of them, but for what one of them bought: that is theirs alone, also after they left the account.
"""

from __future__ import annotations

import datetime
import uuid
from collections import Counter, defaultdict
from collections.abc import Mapping

from django.db import connection

from hq.columns import as_uuid, key, slots
from hq.members import aliases

Days = Counter[datetime.date]


def purchase_days(members: Mapping[uuid.UUID, uuid.UUID]) -> dict[uuid.UUID, Days]:
    """member -> how often they bought on each date; `members` maps each to the account that owns their points.

    A few hundred members at a time: their accounts are bound one by one.
    """
    found: dict[uuid.UUID, Days] = {member_id: Counter() for member_id in members}
    sharing: dict[uuid.UUID, list[uuid.UUID]] = defaultdict(list)
    for member_id, owner in members.items():
        sharing[owner].append(member_id)
    if not members:
        return found
    left = _left(members)
    owner_of = _accounts_of({*members.values(), *(home for home, gone in left if gone in members)})
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT s.account_id, s.member_id, s.business_date, COUNT(*) FROM sale s"  # noqa: S608 - placeholders
            f" WHERE s.account_id IN ({slots(len(owner_of))}) AND s.state <> 'quarantined'"
            " AND NOT EXISTS (SELECT 1 FROM sale_return r WHERE r.sale_id = s.sale_id AND r.kind = 3"
            "  AND r.state <> 'quarantined')"
            " GROUP BY s.account_id, s.member_id, s.business_date",
            [key(one) for one in owner_of],
        )
        for account_id, member_id, on, count in cursor.fetchall():
            buyer = as_uuid(member_id) if member_id is not None else None
            owner = owner_of[as_uuid(account_id)]
            alone = buyer in sharing[owner] or (owner, buyer) in left
            for each in [buyer] if alone else sharing[owner]:
                if each in found:
                    found[each][_date(on)] += count
    return found


def _left(members: Mapping[uuid.UUID, uuid.UUID]) -> set[tuple[uuid.UUID, uuid.UUID]]:
    """(shared account, who left it): of the accounts of these members, and of those that they left themselves."""
    found: set[tuple[uuid.UUID, uuid.UUID]] = set()
    with connection.cursor() as cursor:
        for column, wanted in (("member_id", set(members)), ("left_id", set(members.values()))):
            cursor.execute(
                "SELECT left_id, member_id FROM left_household"  # noqa: S608 - only placeholders are put in
                f" WHERE {column} IN ({slots(len(wanted))})",
                [key(one) for one in wanted],
            )
            found |= {(as_uuid(home), as_uuid(gone)) for home, gone in cursor.fetchall()}
    return found


def _accounts_of(owners: set[uuid.UUID]) -> dict[uuid.UUID, uuid.UUID]:
    """account -> its owner, for these owners and every account that belongs to them."""
    found = {owner: owner for owner in owners}
    newest = sorted(owners)
    for _step in range(aliases.MAX_STEPS):
        if not newest:
            return found
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT provisional_id, account_id FROM alias"  # noqa: S608 - only placeholders are put in
                f" WHERE account_id IN ({slots(len(newest))})",
                [key(one) for one in newest],
            )
            further = {as_uuid(alias): found[as_uuid(owner)] for alias, owner in cursor.fetchall()}
        newest = [alias for alias in further if alias not in found]
        found.update(further)
    raise AssertionError(f"more than {aliases.MAX_STEPS} aliases lead to one of {len(owners)} accounts")


def _date(value: object) -> datetime.date:
    """A date as SQLite and PostgreSQL give it."""
    return value if isinstance(value, datetime.date) else datetime.date.fromisoformat(str(value))
