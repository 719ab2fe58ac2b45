"""How far HQ's feed was applied, what it said of our own entries, and who a provisional account turned out to be."""

from __future__ import annotations

import uuid

from agent.store.sqlite import Connection
from sync.wire.feed import OutcomeRow


def read_cursor(db: Connection) -> str:
    """The opaque cursor after the last applied page; empty before the first."""
    row = db.execute("select cursor from feed_cursor").fetchone()
    return str(row[0]) if row else ""


def set_cursor(db: Connection, cursor: str) -> None:
    """Move the cursor, in the unit of work that applied the rows before it."""
    db.execute(
        "insert into feed_cursor (id, cursor) values (1, ?) on conflict (id) do update set cursor = excluded.cursor",
        (cursor,),
    )


def put_outcome(db: Connection, row: OutcomeRow) -> None:
    """Note what became of an entry; one that is posted needs no note."""
    if row.state == "posted":
        db.execute("delete from outcome where chain_id = ? and seq = ?", (row.chain_id.bytes, row.seq))
        return
    db.execute(
        "insert into outcome (chain_id, seq, state, code) values (?, ?, ?, ?)"
        " on conflict (chain_id, seq) do update set state = excluded.state, code = excluded.code",
        (row.chain_id.bytes, row.seq, row.state, row.code),
    )


def count_waiting_at_hq(db: Connection) -> int:
    """How many of our entries wait for a person at HQ."""
    (count,) = db.execute("select count(*) from outcome where state = 'quarantined'").fetchone()
    return int(count)


def forget_outcomes(db: Connection, chain_id: uuid.UUID) -> None:
    """Nobody will tell us any more what becomes of this chain's entries."""
    db.execute("delete from outcome where chain_id = ?", (chain_id.bytes,))


def put_alias(db: Connection, provisional_id: uuid.UUID, account_id: uuid.UUID) -> None:
    """Note whose a provisional account is. Each alias leads straight to the owner, also when that was one too."""
    owner = alias_of(db, account_id)
    if owner == provisional_id:
        return
    db.execute(
        "insert into alias (provisional_id, account_id) values (?, ?)"
        " on conflict (provisional_id) do update set account_id = excluded.account_id",
        (provisional_id.bytes, owner.bytes),
    )
    db.execute("update alias set account_id = ? where account_id = ?", (owner.bytes, provisional_id.bytes))


def alias_of(db: Connection, account_id: uuid.UUID) -> uuid.UUID:
    """The account that this one belongs to: itself where HQ has said nothing."""
    row = db.execute("select account_id from alias where provisional_id = ?", (account_id.bytes,)).fetchone()
    return uuid.UUID(bytes=row[0]) if row else account_id
