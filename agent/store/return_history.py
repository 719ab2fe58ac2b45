"""The returns and voids of a period, one after another, each with its journal entry."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Iterator

from agent.store import journal
from agent.store.journal import JournalRow
from agent.store.sqlite import Connection


def returns_between(db: Connection, first: datetime.date, last: datetime.date) -> Iterator[JournalRow]:
    """The journal rows of returns and voids with a business date in this period, in the order of their times."""
    # Only the keys are sorted; each entry is read when its turn comes.
    rows = db.execute(
        "select chain_id, seq from sale_return where business_date between ? and ? order by at_ms, seq",
        (first.isoformat(), last.isoformat()),
    )
    for chain_id, seq in rows:
        row = journal.read_entry(db, uuid.UUID(bytes=chain_id), seq)
        if row is not None:
            yield row
