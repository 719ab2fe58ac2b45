"""What an entry means for its member's tier: a sale or a return counts, an enrolment may bring an account its sales."""

from __future__ import annotations

import uuid

from hq.ingest.desk import Desk
from hq.ingest.replay import program_set_of
from hq.programs import publishing
from hq.tiers import standings
from sync.wire.entries import Entry, MemberEntry, ReturnEntry, SaleEntry, VoidEntry


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
        case ReturnEntry() | VoidEntry() | MemberEntry():
            return entry.account_id
        case _:
            return None
