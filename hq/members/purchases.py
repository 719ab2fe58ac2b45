"""On which business dates members bought: posted sales that were not voided, each of one member.

A sale of a provisional account, or of a second enrolment, is its owner's; where several share the account it counts
for each of them.
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
    owner_of = _accounts_of(set(members.values()))
    if not owner_of:
        return found
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
            for each in [buyer] if buyer in sharing[owner] else sharing[owner]:
                if each is not None:
                    found[each][_date(on)] += count
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
