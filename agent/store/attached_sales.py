"""Sales that were nobody's and whose points went to a member afterwards: each once, here or elsewhere."""

from __future__ import annotations

import datetime
import uuid

from agent.store.feed_state import alias_of
from agent.store.sqlite import Connection
from sync.wire.feed import AttachedRow


def add_attached(db: Connection, row: AttachedRow) -> bool:
    """Note it, in the unit of work of its journal entry or of the feed's page; False when it was noted before."""
    done = db.execute(
        "insert into attached_sale (sale_id, account_id, business_date) values (?, ?, ?)"
        " on conflict (sale_id) do nothing",
        (row.sale_id.bytes, row.account_id.bytes, row.business_date.isoformat()),
    )
    return done.rowcount == 1


def put_attached(db: Connection, row: AttachedRow) -> None:
    """HQ's word on whose the sale is: where two lanes attached it, the first that HQ posted."""
    db.execute(
        "insert into attached_sale (sale_id, account_id, business_date) values (?, ?, ?)"
        " on conflict (sale_id) do update set account_id = excluded.account_id,"
        " business_date = excluded.business_date",
        (row.sale_id.bytes, row.account_id.bytes, row.business_date.isoformat()),
    )


def attached_to(db: Connection, sale_id: uuid.UUID) -> uuid.UUID | None:
    """The account that the sale was attached to, or None."""
    row = db.execute("select account_id from attached_sale where sale_id = ?", (sale_id.bytes,)).fetchone()
    return uuid.UUID(bytes=row[0]) if row else None


def count_attached(db: Connection, account_id: uuid.UUID, since: datetime.date) -> int:
    """How many sales were attached to the account, and to those that turned out to be its, on or after a day."""
    owner = alias_of(db, account_id)
    (count,) = db.execute(
        "select count(*) from attached_sale where business_date >= ?2 and (account_id = ?1 or account_id in"
        " (select provisional_id from alias where account_id = ?1))",
        (owner.bytes, since.isoformat()),
    ).fetchone()
    return int(count)
