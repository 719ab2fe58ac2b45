"""Whether an account has bought yet: told to registers, so that an offer for the first purchase is given once, anywhere.

What happened counts, also a sale that waits for a person; a voided one is none. HQ knows that somebody never bought
only where it saw them enrol: who came with a shop's list may have bought for years. Who left a household has bought
with it (docs/decisions/first-purchase.md).
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence

from django.db import connection

from hq.columns import key, slots
from hq.feed.writer import FeedWriter, store_scope
from hq.members import aliases, roll
from sync.wire.feed import FirstPurchaseRow


def tell(feed: FeedWriter, account_id: uuid.UUID, stores: Iterable[str] | None = None) -> None:
    """Whether the owner of this account has bought, to the stores that know them, or to these; nothing where it is
    not known."""
    owner = aliases.owner_of(account_id)
    accounts = aliases.of(owner)
    bought = purchases(accounts, 1) > 0 or _left_a_household(accounts)
    if not bought and not _seen_to_enrol(accounts):
        return
    row = FirstPurchaseRow(account_id=owner, bought=bought)
    for store_id in roll.stores_of(owner) if stores is None else stores:
        feed.add(store_scope(store_id), str(owner), row)


def purchases(
    accounts: Sequence[uuid.UUID], most: int, besides: tuple[uuid.UUID, int] = (uuid.UUID(int=0), 0)
) -> int:
    """How many sales of these accounts stand, counted up to `most`, `besides` one (its entry's chain and seq)."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT 1 FROM sale s"  # noqa: S608 - only placeholders are put in
            f" WHERE s.account_id IN ({slots(len(accounts))})"
            " AND NOT EXISTS (SELECT 1 FROM sale_return r WHERE r.sale_chain_id = s.chain_id"
            "  AND r.sale_seq = s.seq AND r.kind = 3 AND r.state <> 'quarantined')"
            " AND NOT (s.chain_id = %s AND s.seq = %s) LIMIT %s",
            [*(key(one) for one in accounts), key(besides[0]), besides[1], most],
        )
        return len(cursor.fetchall())


def _left_a_household(accounts: Sequence[uuid.UUID]) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT 1 FROM left_household"  # noqa: S608 - only placeholders are put in
            f" WHERE account_id IN ({slots(len(accounts))}) LIMIT 1",
            [key(one) for one in accounts],
        )
        return cursor.fetchone() is not None


def _seen_to_enrol(accounts: Sequence[uuid.UUID]) -> bool:
    """Whether every member of the account joined at a register: that is where they gave their consent."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT COUNT(*), COUNT(c.member_id) FROM member m LEFT JOIN ("  # noqa: S608 - only placeholders
            "SELECT DISTINCT member_id FROM consent WHERE kind = 'program' AND given"
            f" AND account_id IN ({slots(len(accounts))})) c ON c.member_id = m.member_id"
            f" WHERE m.account_id IN ({slots(len(accounts))}) AND m.merged_into IS NULL",
            [key(one) for one in accounts] * 2,
        )
        members, enrolled = cursor.fetchone()
    return bool(members) and members == enrolled
