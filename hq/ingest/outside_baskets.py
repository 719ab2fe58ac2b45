"""What HQ's own programs make of a posted entry: a welcome, a friend who was brought, a purchase that counts.

Each decides from what stands in the books, so that an entry projected again, or later than another, changes nothing.
"""

from __future__ import annotations

import uuid

from django.db import connection

from hq.columns import as_uuid, key
from hq.daily_look import look_at_account
from hq.ingest.desk import Desk
from hq.members import aliases
from hq.occasions.welcome import give_welcome
from hq.occasions.whom import When
from hq.referrals.linking import link
from hq.referrals.settling import settle_account
from sync.wire.entries import MemberEntry, SaleRef


def after_enrolment(desk: Desk, entry: MemberEntry, *, is_new: bool) -> None:
    """`is_new`: nobody had any of the member's identifiers before."""
    joined = When(entry.stamp.at_ms, entry.stamp.offset_min, entry.stamp.business_date)
    if is_new:
        give_welcome(desk.office, entry.member_id, desk.store, joined)
    if entry.referral_code:
        link(desk.office, entry.member_id, entry.referral_code, desk.store, joined, is_new=is_new)
    # What they bought with the same phone may have been posted before.
    after_purchase(desk, entry.account_id)


def after_purchase(desk: Desk, account_id: uuid.UUID) -> None:
    """A sale of the account was posted, or something of one came back."""
    owner = aliases.owner_of(account_id)
    settle_account(desk.office, owner)
    look_at_account(desk.office, owner)


def after_return(desk: Desk, sale: SaleRef) -> None:
    """Something of a sale came back: whose it was stands with the sale, also where it was attached afterwards."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT account_id FROM sale WHERE chain_id = %s AND seq = %s AND account_id IS NOT NULL",
            [key(sale.chain_id), sale.seq],
        )
        row = cursor.fetchone()
    if row is not None:
        after_purchase(desk, as_uuid(row[0]))
