"""What an entry means for its member's tier: a sale or a return counts, an enrolment may bring an account its sales."""

from __future__ import annotations

import uuid

from django.db import connection

from hq.columns import as_uuid, key
from hq.ingest.desk import Desk
from hq.ingest.replay import program_set_of
from hq.programs import publishing
from hq.tiers import standings
from sync.wire.entries import (
    AdjustmentEntry,
    Entry,
    MemberChangeEntry,
    MemberEntry,
    ReturnEntry,
    SaleEntry,
    SaleRef,
    VoidEntry,
)


def count(desk: Desk, entry: Entry) -> None:
    """Work out the tier of whoever the entry is about, once it is posted."""
    account_id = _account_of(entry)
    if account_id is None:
        return
    sha256 = publishing.active_hash()
    programs = program_set_of(sha256, desk.chain.register.store.currency) if sha256 else None
    if programs is not None and programs.tiers is not None:
        standings.refresh(desk.feed, account_id, desk.now_ms, programs)


def _account_of(entry: Entry) -> uuid.UUID | None:
    match entry:
        case SaleEntry():
            return entry.quote_input.member.account_id if entry.quote_input.member else None
        case ReturnEntry() | VoidEntry():
            return _buyer_of(entry.sale)
        case MemberEntry() | MemberChangeEntry():
            return entry.account_id
        case AdjustmentEntry():
            return entry.member.account_id if entry.member else None
        case _:
            return None


def _buyer_of(sale: SaleRef) -> uuid.UUID | None:
    """Whose sale it is, also where a forgotten card was attached to it after it was printed."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT account_id FROM sale WHERE chain_id = %s AND seq = %s", [key(sale.chain_id), sale.seq]
        )
        row = cursor.fetchone()
    return as_uuid(row[0]) if row is not None and row[0] is not None else None
