"""How far a member is on the way to the next tier: HQ's figure, plus what this register has sold them since."""

from __future__ import annotations

import uuid
from typing import Final

import msgspec

from agent.domain.tiers import progress_counter
from agent.store.sqlite import Connection
from sync.wire.feed import TierRow

_ROW: Final = msgspec.json.Decoder(TierRow)
# The sales of an account, and of those that turned out to be its own.
_ITS_OWN: Final = (
    "account_id in (select ?1 union all select provisional_id from alias where account_id = ?1)"
    " and seq > coalesce((select value from json_each(?2)"
    " where replace(key, '-', '') = lower(hex(chain_id))), 0)"
)


def put_tier(db: Connection, row: TierRow) -> None:
    """Keep HQ's row."""
    db.execute(
        "insert into tier_standing (account_id, body) values (?, ?)"
        " on conflict (account_id) do update set body = excluded.body",
        (row.account_id.bytes, msgspec.json.encode(row)),
    )


def read_tier(db: Connection, account_id: uuid.UUID) -> TierRow | None:
    """HQ's row of an account, or None where it has sent none."""
    found = db.execute("select body from tier_standing where account_id = ?", (account_id.bytes,)).fetchone()
    return _ROW.decode(found[0]) if found else None


def progress_of(db: Connection, account_id: uuid.UUID) -> dict[str, int]:
    """The counters of an account's progress for the member's facts; none before HQ has told one.

    Points that this register's own sales earned since are not in it: HQ says when they count.
    """
    known = read_tier(db, account_id)
    if known is None:
        return {}
    own = paid_here(db, account_id, known) if known.counts == "spend" else 0
    return {progress_counter(known.counts, known.program_id): max(0, known.progress + own)}


def paid_here(db: Connection, account_id: uuid.UUID, known: TierRow) -> int:
    """What the account paid at this register, less what it got back, that HQ's row does not include yet."""
    includes = msgspec.json.encode(known.includes_seq).decode()
    values = (account_id.bytes, includes)
    (paid,) = db.execute(
        f"select coalesce(sum(total_minor), 0) from sale where {_ITS_OWN}",
        values,
    ).fetchone()
    (back,) = db.execute(
        f"select coalesce(sum(refund_minor), 0) from sale_return where {_ITS_OWN}",
        values,
    ).fetchone()
    return int(paid) - int(back)
