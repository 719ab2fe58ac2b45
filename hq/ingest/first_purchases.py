"""What an entry means for who has bought yet: a first sale, its void, an enrolment."""

from __future__ import annotations

import uuid

from django.db import connection

from hq.columns import as_uuid, key
from hq.ingest.desk import Desk
from hq.members import aliases, first_purchase
from sync.wire.entries import Entry, MemberEntry, SaleEntry, SaleRef, VoidEntry


def note(desk: Desk, entry: Entry) -> None:
    """Tell the registers where this entry may have changed it; nearly every sale is a later one and changes nothing."""
    match entry:
        case SaleEntry():
            member = entry.quote_input.member
            if member is not None and _standing(member.account_id) == 1:
                first_purchase.tell(desk.feed, member.account_id)
        case VoidEntry():
            buyer = _buyer_of(entry.sale)
            if buyer is not None and _standing(buyer) == 0:
                first_purchase.tell(desk.feed, buyer)
        case MemberEntry():
            first_purchase.tell(desk.feed, entry.account_id)
        case _:
            pass


def _standing(account_id: uuid.UUID) -> int:
    """0, 1 or 2 for more."""
    return first_purchase.purchases(aliases.of(aliases.owner_of(account_id)), 2)


def _buyer_of(sale: SaleRef) -> uuid.UUID | None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT account_id FROM sale WHERE chain_id = %s AND seq = %s", [key(sale.chain_id), sale.seq]
        )
        row = cursor.fetchone()
    return as_uuid(row[0]) if row is not None and row[0] is not None else None
