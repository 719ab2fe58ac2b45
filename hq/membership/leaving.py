"""Leaving a household: the account and all that it holds stay with the others, who leaves begins an account of nothing.

Nothing is posted, so nothing can be lost or doubled: only the member stands somewhere else from then on. The account
of their enrolment stays the household's, and with it whatever comes late for it (docs/decisions/leaving-a-household.md).
"""

from __future__ import annotations

import uuid
from typing import Final

from django.db import connection, transaction
from django.utils.translation import gettext as _

from agent.domain.errors import LoyaltyError
from hq.columns import key
from hq.feed import news
from hq.feed.state import identity, next_commit
from hq.feed.writer import FeedWriter
from hq.ids import new_id
from hq.ledger.books import Books
from hq.limits import uses
from hq.members import aliases, roll
from hq.membership import joining
from hq.membership.models import LeftHousehold
from hq.tiers import standings

# Tables whose key holds the account: the member's rows are written anew under the other one.
_UNDER_THE_ACCOUNT: Final = {
    "member": "name, given_name, search_name, locale, birthday, blocked, enrolled_ms, enrolled_store, merged_into",
    "consent": "kind, chain_id, seq, given, how, terms_version, at_ms",
    "member_detail": "interests, channel",
}


def leave(member_id: uuid.UUID, by_name: str, now_ms: int) -> uuid.UUID:
    """The member has an account of their own from now on, with nothing on it; that account.

    Raises LoyaltyError, and changes nothing, for one who shares with nobody: the last keeps what is there.
    """
    with transaction.atomic():
        member = joining.on_roll(member_id)
        home = aliases.owner_of(member.account_id)
        joining.lock((home,))
        if len(joining.living(home)) < 2:
            raise LoyaltyError(
                _("This member shares the account with nobody."),
                _("All that is on it is theirs."),
                code="shares_with_nobody",
            )
        feed, own = FeedWriter(), new_id(now_ms)
        # A tier that the household had before tiers were counted is on record before anybody goes.
        standings.refresh(feed, home, now_ms)
        roll.open_account(own, "member", now_ms)
        _move(member.account_id, member_id, own)
        LeftHousehold.objects.create(
            account_id=own, left_id=home, member_id=member_id, at_ms=now_ms, by_name=by_name[:150]
        )
        uses.take_along(identity().origin, next_commit, member_id, own)
        stores = roll.stores_of(home)
        for store_id in stores:
            roll.join_store(own, store_id, now_ms)
        standings.refresh(feed, own, now_ms)
        for store_id in stores:
            news.tell_joined(feed, Books(), own, store_id)
        feed.write()
    return own


def _move(account_id: uuid.UUID, member_id: uuid.UUID, own: uuid.UUID) -> None:
    """The member's rows stand under the new account; a tier was the household's."""
    was = [key(account_id), key(member_id)]
    with connection.cursor() as cursor:
        for table, columns in _UNDER_THE_ACCOUNT.items():
            tier = ("tier, ", "'', ") if table == "member" else ("", "")
            cursor.execute(
                f"INSERT INTO {table} (account_id, member_id, {tier[0]}{columns})"  # noqa: S608 - our own names
                f" SELECT %s, member_id, {tier[1]}{columns} FROM {table} WHERE account_id = %s AND member_id = %s",
                [key(own), *was],
            )
            cursor.execute(f"DELETE FROM {table} WHERE account_id = %s AND member_id = %s", was)  # noqa: S608
        for table in ("identifier", "lost_card"):
            cursor.execute(
                f"UPDATE {table} SET account_id = %s WHERE member_id = %s",  # noqa: S608
                [key(own), key(member_id)],
            )
